"""Budgets in the API: what is declared, projects, the count and its public file."""

from alliance.budgeting.api.reading import router

__all__ = ["router"]
