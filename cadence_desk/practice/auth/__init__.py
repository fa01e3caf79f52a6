"""Who may talk to the practice org: OAuth server, tokens, sign-in page, and the TLS certificates."""
