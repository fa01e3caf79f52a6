"""Readiness: what is checked about an org, by which rules, and what each line means."""
