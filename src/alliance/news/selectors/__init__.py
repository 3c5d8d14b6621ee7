"""The content of a digest."""
