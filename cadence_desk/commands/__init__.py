"""The command line: a twin of every job of the window."""
