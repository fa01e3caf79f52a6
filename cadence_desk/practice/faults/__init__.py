"""Fates: what may happen to a request on its way, decided by rules that a test or a person arms."""
