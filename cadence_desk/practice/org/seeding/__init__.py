"""Fills a new practice org: users, words, cadences, people, and cadences already under way."""
