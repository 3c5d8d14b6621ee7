"""Budgets in the API: terms, projects, the count and its public file."""

from alliance.budgeting.api.reading import router

__all__ = ["router"]
