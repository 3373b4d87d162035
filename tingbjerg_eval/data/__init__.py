"""From delivered files or a database to checked tables."""
