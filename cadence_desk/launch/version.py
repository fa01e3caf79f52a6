"""The version of the program, as text. Reading the installed package's metadata takes 20 ms: a check compares the two."""

VERSION = "0.1.0"
