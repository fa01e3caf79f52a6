"""The Trackers screen and the actions on trackers."""
