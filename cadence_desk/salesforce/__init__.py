"""The only room that speaks to an org: OAuth, REST, actions and the Pub/Sub stream."""
