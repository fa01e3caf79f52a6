"""The log-call panel."""
