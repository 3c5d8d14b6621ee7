from alliance.writing.models.drafts import (
    Attachment,
    Draft,
    DraftRevision,
    Question,
    Review,
    ReviewComment,
    Submission,
)
from alliance.writing.models.fact_checks import FactAnswer, FactCheck, FactCheckRequest
from alliance.writing.models.imports import (
    CaseFile,
)

__all__ = [
    "Attachment",
    "CaseFile",
    "Draft",
    "DraftRevision",
    "FactAnswer",
    "FactCheck",
    "FactCheckRequest",
    "Question",
    "Review",
    "ReviewComment",
    "Submission",
]
