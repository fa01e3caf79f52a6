"""The Activity screen: what the org reported."""
