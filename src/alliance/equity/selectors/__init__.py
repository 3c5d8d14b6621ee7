"""Queries of areas and fairness checks."""
