"""Runs cadences: enrolls, moves targets from step to step, waits, branches, ends."""
