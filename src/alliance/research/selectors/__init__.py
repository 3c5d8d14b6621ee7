"""Queries for questions, researchers and answers."""
