"""Planning: pure previews over a snapshot; nothing here reads or writes."""
