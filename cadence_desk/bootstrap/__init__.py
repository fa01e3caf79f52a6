"""Composition without Qt: opens a profile and builds a desk."""
