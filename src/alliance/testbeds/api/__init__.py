"""Pilots, testbeds and challenges in the API.

Reading and writing of pilots share a router: of two, one address would answer once.
"""

from ninja import Router

from alliance.testbeds.api import acts, fit, writing
from alliance.testbeds.api.challenges import router as challenges_router
from alliance.testbeds.api.reading import router as pilots_router
from alliance.testbeds.api.testbeds import router as testbeds_router

router = Router()
for part in (pilots_router, testbeds_router, challenges_router):
    router.add_router("", part)

__all__ = ["acts", "fit", "router", "writing"]
