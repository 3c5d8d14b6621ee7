"""Testbeds and pilots in the API. Each part has a router of its own."""

from ninja import Router

router = Router()

__all__ = ["router"]
