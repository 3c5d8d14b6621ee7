"""Queries for adoptions, steps and links."""
