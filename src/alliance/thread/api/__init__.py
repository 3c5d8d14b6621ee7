"""The thread in the API."""

from ninja import Router

from alliance.thread.api.reading import router as reading_router

router = Router()
for part in (reading_router,):
    router.add_router("", part)

__all__ = ["router"]
