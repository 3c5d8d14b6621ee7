"""Reviewing drafts: two named people, four criteria, remarks by field, and what follows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction

from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed
from alliance.knowledge import rules
from alliance.knowledge.enums import CaseStatus, DraftState, ReviewCriterion, ReviewState
from alliance.knowledge.models import CaseStudy, Draft, Review, ReviewComment
from alliance.knowledge.services.drafts import publish_draft
from alliance.knowledge.services.grading import regrade
from alliance.knowledge.validation import plain_text_fault
from alliance.network.access import actor_for

if TYPE_CHECKING:
    from alliance.accounts.models import User

#: Reviewers who must approve a submission before it is published.
REVIEWERS = 2
SCORES = range(4)
LONGEST_REMARK = 5_000


def _locked(draft: Draft) -> Draft:
    return (
        Draft.objects.select_for_update(of=("self",))
        .select_related("organisation", "case")
        .get(pk=draft.pk)
    )


def _plain_text(where: str, text: str, *, required: bool = False) -> list[Fault]:
    if required and not text.strip():
        return [Fault(where, "is missing")]
    if len(text) > LONGEST_REMARK:
        return [Fault(where, f"is {len(text):,} characters long; at most {LONGEST_REMARK:,}")]
    fault = plain_text_fault(text)
    return [Fault(where, fault)] if fault else []


def take_review(
    draft: Draft, *, actor: audit.Actor, at: dt.datetime, reviewer: User | None = None
) -> Review:
    """Take a draft to review, or as the secretariat ask `reviewer` to.

    A reviewer who took it already gets the same review. Raises NotAllowed, also where two others
    review it.
    """
    chosen = reviewer or actor.user
    if chosen is None:
        raise NotAllowed("only a person reviews")
    if reviewer is not None and reviewer != actor.user and not rules.is_secretariat(actor):
        raise NotAllowed("only the secretariat asks others to review")
    with transaction.atomic():
        current = _locked(draft)
        if not rules.may_review(actor_for(chosen, at=at), current):
            raise NotAllowed(
                "a reviewer reviews drafts that are handed in by teams that are not the "
                "reviewer's own"
            )
        present = Review.objects.filter(draft=current, submission=current.submission)
        mine = present.filter(reviewer=chosen).first()
        if mine is not None and mine.state != ReviewState.GIVEN_BACK:
            return mine
        if mine is not None and mine.has_conflict:
            raise NotAllowed("who declared a conflict of interest does not review this draft")
        if present.exclude(state=ReviewState.GIVEN_BACK).count() >= REVIEWERS:
            raise NotAllowed(f"{REVIEWERS} people review this draft already")
        review = mine or Review(
            draft=current,
            submission=current.submission,
            reviewer=chosen,
            reviewer_name=chosen.name,
            taken_at=at,
        )
        review.state = ReviewState.TAKEN
        review.save()
        audit.record(
            actor=actor,
            at=at,
            verb="take review",
            kind="draft",
            public_id=current.public_id,
            reviewer=chosen.public_id,
        )
    return review


def give_back_review(
    review: Review, *, conflict: bool, note: str, actor: audit.Actor, at: dt.datetime
) -> Review:
    """Give a review back, for a conflict of interest or for want of time.

    An approval that turns out to have a conflict is taken back with it, while the draft waits.
    """
    faults = _plain_text("note", note, required=conflict)
    if len(note) > 500:
        faults.append(Fault("note", "is longer than 500 characters"))
    if faults:
        raise InvalidData(faults)
    with transaction.atomic():
        draft = _locked(review.draft)
        current = Review.objects.select_for_update().get(pk=review.pk)
        own = actor.user is not None and current.reviewer_id == actor.user.pk
        if not (own or rules.is_secretariat(actor)) or draft.state != DraftState.IN_REVIEW:
            raise NotAllowed("only the reviewer gives a review back, while the draft is in review")
        current.state = ReviewState.GIVEN_BACK
        current.has_conflict = conflict or None
        current.conflict_note = note if conflict else ""
        current.save()
        audit.record(
            actor=actor,
            at=at,
            verb="give review back",
            kind="draft",
            public_id=draft.public_id,
            conflict=conflict,
        )
    return current


def remark(
    draft: Draft, *, field: str, text: str, actor: audit.Actor, at: dt.datetime
) -> ReviewComment:
    """Remark on a field of a draft: its reviewers, its team in answer, the secretariat."""
    faults = _plain_text("text", text, required=True)
    if len(field) > 120 or plain_text_fault(field):
        faults.append(Fault("field", "is not a field of the case"))
    if faults:
        raise InvalidData(faults)
    if actor.user is None or not rules.may_read_draft(actor, draft):
        raise NotAllowed("only the team, its reviewers and the secretariat remark on a draft")
    with transaction.atomic():
        comment = ReviewComment.objects.create(
            draft=draft,
            submission=draft.submission,
            field=field,
            text=text.strip(),
            author=actor.user,
            author_name=actor.label[:120],
            at=at,
        )
        audit.record(
            actor=actor,
            at=at,
            verb="remark",
            kind="draft",
            public_id=draft.public_id,
            field=field,
        )
    return comment


def resolve_remark(comment: ReviewComment, *, actor: audit.Actor, at: dt.datetime) -> ReviewComment:
    """Mark a remark as dealt with: its author or the team. A second time changes nothing."""
    draft = comment.draft
    is_author = actor.user is not None and comment.author_id == actor.user.pk
    if not (is_author or rules.may_write_for(actor, draft.organisation)):
        raise NotAllowed("only its author and the team mark a remark as dealt with")
    with transaction.atomic():
        current = ReviewComment.objects.select_for_update().get(pk=comment.pk)
        if current.resolved_at is None:
            current.resolved_at = at
            current.resolved_by_name = actor.label[:120]
            current.save(update_fields=["resolved_at", "resolved_by_name"])
            audit.record(
                actor=actor, at=at, verb="resolve remark", kind="draft", public_id=draft.public_id
            )
    return current


def _criteria_faults(criteria: Mapping[str, Mapping[str, Any]]) -> list[Fault]:
    faults = [
        Fault(f"criteria.{name}", "is not a criterion")
        for name in criteria
        if name not in ReviewCriterion.values
    ]
    for name in ReviewCriterion.values:
        given = criteria.get(name, {})
        score = given.get("score")
        if not isinstance(score, int) or isinstance(score, bool) or score not in SCORES:
            faults.append(Fault(f"criteria.{name}.score", "must be 0, 1, 2 or 3"))
        faults += _plain_text(f"criteria.{name}.reason", str(given.get("reason", "")))
    return faults


def give_review(
    review: Review,
    *,
    approve: bool,
    criteria: Mapping[str, Mapping[str, Any]],
    no_conflict: bool,
    note: str = "",
    actor: audit.Actor,
    at: dt.datetime,
) -> CaseStudy | None:
    """Judge a draft on the four criteria, and approve it or ask for changes.

    The second approval of a submission publishes the case, which is returned; None else. A
    reviewer who asks for changes must say which, in the note or in remarks. Raises InvalidData,
    NotAllowed.
    """
    faults = _criteria_faults(criteria) + _plain_text("note", note)
    if not no_conflict:
        faults.append(
            Fault("no_conflict", "declare that you have no conflict of interest, or give it back")
        )
    with transaction.atomic():
        draft = _locked(review.draft)
        current = Review.objects.select_for_update().get(pk=review.pk)
        if (
            actor.user is None
            or current.reviewer_id != actor.user.pk
            or current.state != ReviewState.TAKEN
            or current.submission != draft.submission
            or not rules.may_review(actor, draft)
        ):
            raise NotAllowed("the review is not yours to give now")
        has_remark = ReviewComment.objects.filter(
            draft=draft, submission=draft.submission, author=actor.user, resolved_at=None
        ).exists()
        if not approve and not note.strip() and not has_remark:
            faults.append(Fault("note", "say what is to be changed, here or in remarks on fields"))
        if faults:
            raise InvalidData(faults)
        current.state = ReviewState.APPROVED if approve else ReviewState.CHANGES_ASKED
        current.criteria = {
            name: {
                "score": criteria[name]["score"],
                "reason": str(criteria[name].get("reason", "")).strip(),
            }
            for name in ReviewCriterion.values
        }
        current.has_conflict = False
        current.note = note.strip()
        current.given_at = at
        current.save()
        audit.record(
            actor=actor,
            at=at,
            verb="approve" if approve else "ask for changes",
            kind="draft",
            public_id=draft.public_id,
            submission=draft.submission,
        )
        if not approve:
            draft.state = DraftState.CHANGES_ASKED
            draft.save(update_fields=["state"])
            return None
        approved = Review.objects.filter(
            draft=draft, submission=draft.submission, state=ReviewState.APPROVED
        ).count()
        return publish_draft(draft, actor=actor, at=at) if approved >= REVIEWERS else None


def withdraw_case(
    case: CaseStudy, *, reason: str, actor: audit.Actor, at: dt.datetime
) -> CaseStudy:
    """Take a case out of the public record, with a reason that its address goes on to tell."""
    faults = _plain_text("reason", reason, required=True)
    if faults:
        raise InvalidData(faults)
    with transaction.atomic():
        current = CaseStudy.objects.select_for_update(of=("self",)).get(pk=case.pk)
        if not rules.may_withdraw(actor, current):
            raise NotAllowed(
                "only the team that answers for a case and the secretariat withdraw it"
            )
        current.status = CaseStatus.WITHDRAWN
        current.withdrawn_because = reason.strip()
        current.edited_at = at
        current.save(update_fields=["status", "withdrawn_because", "edited_at", "updated_at"])
        audit.record(actor=actor, at=at, verb="withdraw", kind="case", public_id=current.public_id)
        _regrade_siblings(current, at)
    return current


def restore_case(case: CaseStudy, *, actor: audit.Actor, at: dt.datetime) -> CaseStudy:
    """Put a withdrawn case back, as it was: the secretariat alone."""
    with transaction.atomic():
        current = CaseStudy.objects.select_for_update(of=("self",)).get(pk=case.pk)
        if current.status != CaseStatus.WITHDRAWN or not rules.is_secretariat(actor):
            raise NotAllowed("only the secretariat puts a withdrawn case back")
        current.status = CaseStatus.PUBLISHED
        current.withdrawn_because = ""
        current.save(update_fields=["status", "withdrawn_because", "updated_at"])
        audit.record(actor=actor, at=at, verb="restore", kind="case", public_id=current.public_id)
        _regrade_siblings(current, at)
    return current


def _regrade_siblings(case: CaseStudy, at: dt.datetime) -> None:
    """What a case said of its solution counts no more, or again."""
    for public_id in regrade(case.solution):
        if public_id != case.public_id:
            audit.record(
                actor=audit.WORKER, at=at, verb="regrade", kind="case", public_id=public_id
            )
