"""The knowledge base in the API: cases, solutions, methods, lists and downloads."""

from ninja import Router

from alliance.knowledge.api.cases import router as cases
from alliance.knowledge.api.downloads import router as downloads
from alliance.knowledge.api.solutions import router as solutions
from alliance.knowledge.api.vocabularies import router as vocabularies

router = Router()
for part in (cases, solutions, vocabularies, downloads):
    router.add_router("", part)

__all__ = ["router"]
