"""Shows: the reading room, a Datasette plugin with its templates."""
