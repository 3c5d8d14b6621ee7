"""Queries of processes."""
