"""The detail side: one person with everything known."""
