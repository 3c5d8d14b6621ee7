"""The knowledge base in the API: cases, solutions, methods, lists and downloads."""

from ninja import Router

from alliance.knowledge.api.cases import router as cases_router
from alliance.knowledge.api.downloads import router as downloads_router
from alliance.knowledge.api.solutions import router as solutions_router
from alliance.knowledge.api.vocabularies import router as vocabularies_router

router = Router()
for part in (cases_router, solutions_router, vocabularies_router, downloads_router):
    router.add_router("", part)

__all__ = ["router"]
