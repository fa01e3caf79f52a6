"""The REST API of the practice org: versions, queries, records, metadata, actions, composites."""
