"""Public processes, contributions and participants in the API."""

from alliance.participation.api.reading import router

__all__ = ["router"]
