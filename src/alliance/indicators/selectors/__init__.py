"""Queries for pages, downloads and the engine."""
