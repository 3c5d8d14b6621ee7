"""Taking figures in."""
