"""Words and rules of Sales Engagement: frozen dataclasses, enums, pure functions and ports. Imports no other room."""
