"""Drafts on their way through a review, for tests."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from alliance.cases.models import CaseStudy
from alliance.core.audit import Actor
from alliance.network.models import Organisation
from alliance.writing.models import Draft
from alliance.writing.services import drafts, reviews
from tests.factories.drafts import document
from tests.factories.kept_rows import laid
from tests.factories.knowledge import lay_ground
from tests.factories.people import NOW, acting, join, person, team

LATER = NOW + dt.timedelta(days=1)
CRITERIA = {
    name: {"score": score, "reason": f"Reason for {name}."}
    for score, name in enumerate(("relevance", "participation", "evidence", "transferability"))
}


@dataclass(frozen=True)
class Review:
    """Umeå's team with its editor, two reviewers and the secretariat, as they act at NOW."""

    umea: Organisation
    editor: Actor
    rosa: Actor
    ravi: Actor
    secretariat: Actor


@laid
def lay_review() -> Review:
    """The vocabularies, a team and everybody who takes part in a review."""
    lay_ground()
    umea = team("umea")
    editor = person("Elin Berg", language="sv")
    join(editor, umea)
    return Review(
        umea,
        acting(editor),
        acting(person("Rosa Petit", "reviewer", language="fr")),
        acting(person("Ravi Lind", "reviewer")),
        acting(person("Sara Ny", "secretariat")),
    )


@laid
def handed_in(by: Review, *, at: dt.datetime = NOW, **changes: Any) -> Draft:
    """A draft of Umeå's team that waits for review."""
    draft = drafts.start_draft(
        by.umea, language="sv", actor=by.editor, at=at, content=document(**changes)
    )
    return drafts.submit_draft(draft, expected_revision=draft.revision, actor=by.editor, at=at)


@laid
def approve(draft: Draft, reviewer: Actor, at: dt.datetime = LATER) -> CaseStudy | None:
    """One approval; the case, where it was the second."""
    review = reviews.take_review(draft, actor=reviewer, at=at)
    return reviews.give_review(
        review, approve=True, criteria=CRITERIA, no_conflict=True, actor=reviewer, at=at
    )


def published(by: Review, **changes: Any) -> CaseStudy:
    """A case of Umeå's team that both reviewers approved."""
    draft = handed_in(by, **changes)
    approve(draft, by.rosa)
    case = approve(draft, by.ravi)
    assert case is not None
    return case


@laid
def ask_for_changes(draft: Draft, reviewer: Actor, note: str, at: dt.datetime = LATER) -> Draft:
    """The draft after a reviewer asked for changes."""
    review = reviews.take_review(draft, actor=reviewer, at=at)
    reviews.give_review(
        review, approve=False, criteria=CRITERIA, no_conflict=True, note=note, actor=reviewer, at=at
    )
    return Draft.objects.get(pk=draft.pk)


@laid
def hand_in_again(by: Review, draft: Draft, *, at: dt.datetime = LATER, **changes: Any) -> Draft:
    """The draft with changes, handed in once more."""
    draft = drafts.save_draft(
        draft,
        content=document(**changes),
        expected_revision=draft.revision,
        actor=by.editor,
        at=at,
    )
    return drafts.submit_draft(draft, expected_revision=draft.revision, actor=by.editor, at=at)
