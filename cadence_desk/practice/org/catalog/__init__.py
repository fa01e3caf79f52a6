"""What objects and fields the practice org has: the source of describe, queries and events alike."""
