"""Generated Pub/Sub code and nothing by hand; the source is resources/proto/pubsub_api.proto."""
