"""The launcher: picks window, command line or practice org, and is the only place that knows the practice org."""
