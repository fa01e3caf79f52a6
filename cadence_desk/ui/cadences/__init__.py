"""The Cadences screen, read only."""
