"""One module per family of operations: all knowledge of a kind in one place."""
