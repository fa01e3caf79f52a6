"""The Sales Engagement invocable actions: what describe lists and what each one does."""
