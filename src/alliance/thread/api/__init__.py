"""API of the thread."""

from ninja import Router

from alliance.thread.api.broken import router as broken_router
from alliance.thread.api.reading import router as reading_router
from alliance.thread.api.writing import router as writing_router

router = Router()
# Fixed paths first, because the graph accepts any kind in their place.
for part in (broken_router, writing_router, reading_router):
    router.add_router("", part)

__all__ = ["router"]
