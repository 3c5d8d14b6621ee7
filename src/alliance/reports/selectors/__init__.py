"""Queries for reports, and the content of briefs from the pages of the knowledge base."""
