"""Which org the window works with: the list to switch by keys, connection settings, the page for admins."""
