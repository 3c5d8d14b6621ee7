"""Queries for the secretariat's dashboard."""
