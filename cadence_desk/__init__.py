"""Cadence Desk: a desktop app for Salesforce Sales Engagement."""
