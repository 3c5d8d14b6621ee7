"""The knowledge base in the API: reading cases, solutions, methods and lists, and
writing drafts, reviews, questions and translations."""

from ninja import Router

from alliance.knowledge.api.cases import router as cases_router
from alliance.knowledge.api.solutions import router as solutions_router
from alliance.knowledge.api.vocabularies import router as vocabularies_router
from alliance.writing.api.case_acts import router as case_acts_router
from alliance.writing.api.drafts import router as drafts_router
from alliance.writing.api.files import router as files_router
from alliance.writing.api.questions import router as questions_router
from alliance.writing.api.remarks import router as remarks_router
from alliance.writing.api.reviews import router as reviews_router
from alliance.writing.api.revisions import router as revisions_router
from alliance.writing.api.translations import router as translations_router

router = Router()
for part in (
    cases_router,
    solutions_router,
    vocabularies_router,
    drafts_router,
    revisions_router,
    files_router,
    remarks_router,
    reviews_router,
    questions_router,
    case_acts_router,
    translations_router,
):
    router.add_router("", part)

__all__ = ["router"]
