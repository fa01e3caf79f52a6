"""Typed preferences, folders, org profiles and the key store."""
