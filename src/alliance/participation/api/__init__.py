"""Processes, contributions and who took part in the API, as everybody reads them."""

from alliance.participation.api.reading import router

__all__ = ["router"]
