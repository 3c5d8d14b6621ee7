"""Views of the thread."""
