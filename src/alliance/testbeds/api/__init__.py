"""Pilots in the API. Reading and writing share a router: of two, one address would answer once."""

from alliance.testbeds.api import fit, writing
from alliance.testbeds.api.reading import router

__all__ = ["fit", "router", "writing"]
