"""The only way from an id to a draft, a file, a question or an import."""

from __future__ import annotations

from functools import partial

from alliance.core.audit import Actor
from alliance.core.ids import get_by_public_id
from alliance.knowledge import rules, writing_rules
from alliance.knowledge.models import Attachment, CaseFile, Draft, Question
from alliance.knowledge.selectors.access import READ

#: The pages that a team writes on, with its people and the place of the case.
READ_WRITING = "read-writing"
EDIT = "edit"
REVIEW = "review"
ANSWER = "answer"
MODERATE = "moderate"
#: Who may do what with a draft; an action that is not named here is nobody's.
_DRAFT_RULES = {
    READ: writing_rules.may_read_draft,
    READ_WRITING: writing_rules.may_read_writing,
    EDIT: writing_rules.may_edit_draft,
    REVIEW: writing_rules.may_review,
}
_QUESTION_RULES = {
    READ: writing_rules.may_read_question,
    ANSWER: writing_rules.may_answer,
    MODERATE: lambda actor, question: rules.is_moderator(actor),
}


def get_case_file_for(actor: Actor, public_id: str) -> CaseFile:
    """A table of cases on its way, for those who write for its team. Raises NotFound."""
    rows = CaseFile.objects.select_related("organisation")
    may = rules.may_write_for
    return get_by_public_id(
        rows, "table", public_id, lambda case_file: may(actor, case_file.organisation)
    )


def get_question_for(actor: Actor, public_id: str, action: str = READ) -> Question:
    """The question of that id, with its case. Raises NotFound, also where it is hidden."""
    if action not in _QUESTION_RULES:
        raise ValueError(f"no rule says who may {action!r}")
    may = partial(_QUESTION_RULES[action], actor)
    return get_by_public_id(Question.objects.all(), "question", public_id, may)


def get_draft_for(actor: Actor, public_id: str, action: str = READ) -> Draft:
    """The draft of that id, with its team and case. Raises NotFound, also where it is hidden."""
    if action not in _DRAFT_RULES:
        raise ValueError(f"no rule says who may {action!r}")
    drafts = Draft.objects.select_related(
        "organisation", "case__solution", "case__owner", "started_by"
    )
    return get_by_public_id(drafts, "draft", public_id, partial(_DRAFT_RULES[action], actor))


def get_attachment_for(actor: Actor, public_id: str) -> Attachment:
    """The file of that id, with what it belongs to. Raises NotFound, also where it is hidden."""
    files = Attachment.objects.select_related("draft__organisation", "case")
    return get_by_public_id(
        files, "file", public_id, partial(writing_rules.may_read_attachment, actor)
    )
