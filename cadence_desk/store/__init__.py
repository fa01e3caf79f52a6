"""Two SQLite files per org and user: writers, readers, migrations, column encryption, profile lock."""
