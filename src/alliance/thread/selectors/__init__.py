"""Queries of the thread."""
