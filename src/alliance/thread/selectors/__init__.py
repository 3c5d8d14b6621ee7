"""Reading the thread."""
