"""Runs: one plan over many rows, carried out in slices through the outbox."""
