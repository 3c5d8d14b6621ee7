"""Statements with their votes and what they say, in the API."""

from alliance.dialogues.api.reading import router

__all__ = ["router"]
