"""The Outbox screen: work that waits."""
