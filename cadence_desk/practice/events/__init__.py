"""Change events of the practice org: schemas, bitmaps, the bus and the gRPC Pub/Sub service."""
