"""The control surface of the practice org: fates, drills, edits, clock and history on a port of its own."""
