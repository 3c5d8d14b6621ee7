"""Statements with their votes and the results, in the API."""

from alliance.dialogues.api.reading import router

__all__ = ["router"]
