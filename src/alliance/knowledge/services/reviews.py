"""Reviewing drafts: named people, four criteria, remarks by field, and what follows."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.errors import Fault, NotAllowed, refuse
from alliance.knowledge import masking, rules, writing_rules
from alliance.knowledge.enums import CaseStatus, DraftState, ReviewCriterion, ReviewState
from alliance.knowledge.models import CaseStudy, Draft, Review, ReviewComment
from alliance.knowledge.selectors.masked import hidden_by_draft
from alliance.knowledge.services import review_letters as letters
from alliance.knowledge.services.drafts import publish_draft
from alliance.network.access import actor_for
from alliance.network.text_checks import text_faults

if TYPE_CHECKING:
    from alliance.accounts.models import User

SCORES = range(4)
LONGEST_CONFLICT_NOTE = 500
#: A path in the case document, such as `texts.sv.summary` or `effects[0].value`.
_PATH = re.compile(r"^([a-z_]+(\[[0-9]{1,3}\])?(\.[a-z_]+(\[[0-9]{1,3}\])?)*)?$")
_LONGEST_PATH = 120


def _locked(draft: Draft) -> Draft:
    return (
        Draft.objects.select_for_update(of=("self",))
        .select_related("organisation", "case")
        .get(pk=draft.pk)
    )


def take_review(
    draft: Draft, *, actor: audit.Actor, at: dt.datetime, reviewer: User | None = None
) -> Review:
    """Take a draft to review, or as the secretariat ask `reviewer` to.

    A reviewer who took it already gets the same review; who judged an earlier submission begins
    with those scores and reasons; one who is asked gets a letter. Raises NotAllowed, also where two
    others review it.
    """
    chosen = reviewer or actor.user
    if chosen is None:
        raise NotAllowed(_("Only a person can review."))
    if reviewer is not None and reviewer != actor.user and not rules.is_secretariat(actor):
        raise NotAllowed(_("Only the secretariat can ask others to review."))
    with transaction.atomic():
        current = _locked(draft)
        if not writing_rules.may_review(actor_for(chosen, at=at), current):
            raise NotAllowed(
                _(
                    "Reviewers can only review drafts that are waiting for review and "
                    "come from a team they do not belong to."
                )
            )
        # Whoever left the team has not left the text.
        if current.revisions.filter(actor=chosen).exists():
            raise NotAllowed(_("Reviewers cannot review a draft that they have worked on."))
        present = Review.objects.filter(draft=current, submission=current.submission)
        mine = present.filter(reviewer=chosen).first()
        if mine is not None and mine.state != ReviewState.WITHDRAWN:
            return mine
        if mine is not None and mine.has_conflict:
            raise NotAllowed(
                _("Reviewers who have declared a conflict of interest cannot review this draft.")
            )
        if present.exclude(state=ReviewState.WITHDRAWN).count() >= current.n_reviewers:
            if current.is_minor:
                raise NotAllowed(_("Someone is already reviewing this draft."))
            raise NotAllowed(
                _("%(n)d people are already reviewing this draft.") % {"n": writing_rules.REVIEWERS}
            )
        earlier = (
            Review.objects.filter(draft=current, reviewer=chosen, given_at__isnull=False)
            .order_by("-submission")
            .first()
        )
        review = mine or Review(
            draft=current,
            submission=current.submission,
            reviewer=chosen,
            reviewer_name=chosen.name,
            taken_at=at,
            criteria=earlier.criteria if earlier else {},
        )
        review.state = ReviewState.TAKEN
        review.save()
        audit.record("draft", current, "take review", actor=actor, at=at, reviewer=chosen.public_id)
        if chosen != actor.user:
            letters.named(current, chosen, at=at)
    return review


def give_back_review(
    review: Review, *, conflict: bool, note: str, actor: audit.Actor, at: dt.datetime
) -> Review:
    """Give a review back, for a conflict of interest or for want of time.

    An approval that turns out to have a conflict is taken back with it, while the draft waits.
    """
    faults = text_faults("note", note, required=conflict, longest=LONGEST_CONFLICT_NOTE)
    refuse(faults)
    with transaction.atomic():
        draft = _locked(review.draft)
        current = Review.objects.select_for_update().get(pk=review.pk)
        own = actor.user is not None and current.reviewer_id == actor.user.pk
        if not (own or rules.is_secretariat(actor)) or draft.state != DraftState.IN_REVIEW:
            raise NotAllowed(
                _("Only the reviewer can withdraw from a review, while the draft is in review.")
            )
        current.state = ReviewState.WITHDRAWN
        current.has_conflict = conflict or None
        current.conflict_note = note if conflict else ""
        current.save()
        audit.record("draft", draft, "give review back", actor=actor, at=at, conflict=conflict)
    return current


def remark(
    draft: Draft, *, field: str, text: str, actor: audit.Actor, at: dt.datetime
) -> ReviewComment:
    """Remark on a field of a draft: its reviewers, its team in answer, the secretariat.

    `field` is a path in the case document, empty for the whole. The same remark twice is one.
    """
    faults = text_faults("text", text, required=True)
    if len(field) > _LONGEST_PATH or not _PATH.match(field):
        faults.append(Fault("field", "no-field-of-case"))
    refuse(faults)
    if actor.user is None or not writing_rules.may_read_draft(actor, draft):
        raise NotAllowed(_("Only the team, reviewers and the secretariat can comment on a draft."))
    with transaction.atomic():
        current = _locked(draft)
        comment, is_new = ReviewComment.objects.get_or_create(
            draft=current,
            submission=current.submission,
            field=field,
            text=text.strip(),
            author=actor.user,
            resolved_at=None,
            defaults={"author_name": actor.label[:120], "at": at},
        )
        if not is_new:
            return comment
        audit.record("draft", draft, "remark", actor=actor, at=at, field=field)
    return comment


def resolve_remark(comment: ReviewComment, *, actor: audit.Actor, at: dt.datetime) -> ReviewComment:
    """Mark a remark as dealt with: its author or the team. A second time changes nothing."""
    draft = comment.draft
    is_author = actor.user is not None and comment.author_id == actor.user.pk
    if not (is_author or rules.may_write_for(actor, draft.organisation)):
        raise NotAllowed(
            _("Only the person who wrote a comment and the team can mark it as dealt with.")
        )
    with transaction.atomic():
        current = ReviewComment.objects.select_for_update().get(pk=comment.pk)
        if current.resolved_at is None:
            current.resolved_at = at
            current.resolved_by_name = actor.label[:120]
            current.save(update_fields=["resolved_at", "resolved_by_name"])
            audit.record("draft", draft, "resolve remark", actor=actor, at=at)
    return current


def _criteria_faults(
    criteria: Mapping[str, Mapping[str, Any]], *, whole: bool, reasons: bool
) -> list[Fault]:
    """Faults of scores and reasons. `whole`: no score may be missing; `reasons`: no reason."""
    faults = [
        Fault(f"criteria.{name}", "not-a-criterion")
        for name in criteria
        if name not in ReviewCriterion.values
    ]
    for name in ReviewCriterion.values:
        criterion = criteria.get(name, {})
        score = criterion.get("score")
        is_score = isinstance(score, int) and not isinstance(score, bool) and score in SCORES
        if not is_score and (whole or score is not None):
            faults.append(Fault(f"criteria.{name}.score", "no-score"))
        reason = str(criterion.get("reason", ""))
        faults += text_faults(f"criteria.{name}.reason", reason, required=reasons)
    return faults


def _plain_criteria(criteria: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    return {
        name: {
            "score": criteria.get(name, {}).get("score"),
            "reason": str(criteria.get(name, {}).get("reason", "")).strip(),
        }
        for name in ReviewCriterion.values
    }


def _own_open(review: Review, draft: Draft, actor: audit.Actor) -> Review:
    """The review as it stands, locked, if it is the actor's to work on. Raises NotAllowed."""
    current = Review.objects.select_for_update().get(pk=review.pk)
    if (
        actor.user is None
        or current.reviewer_id != actor.user.pk
        or current.state != ReviewState.TAKEN
        or current.submission != draft.submission
        or not writing_rules.may_review(actor, draft)
    ):
        raise NotAllowed(_("You cannot submit this review at the moment."))
    return current


def save_review(
    review: Review,
    *,
    criteria: Mapping[str, Mapping[str, Any]],
    note: str,
    actor: audit.Actor,
    at: dt.datetime,
) -> Review:
    """Keep what a reviewer has so far, to go on later. The same again changes nothing."""
    faults = _criteria_faults(criteria, whole=False, reasons=False) + text_faults("note", note)
    refuse(faults)
    with transaction.atomic():
        draft = _locked(review.draft)
        current = _own_open(review, draft, actor)
        new_criteria = _plain_criteria(criteria)
        if (
            current.criteria or _plain_criteria({})
        ) != new_criteria or current.note != note.strip():
            current.criteria = new_criteria
            current.note = note.strip()
            current.save(update_fields=["criteria", "note"])
            audit.record("draft", draft, "save review", actor=actor, at=at)
    return current


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

    The last approval that a submission needs publishes the case, which is returned; None else. Who
    approves scores each criterion with a reason, because both are published, and declares to have
    no conflict of interest. Who asks for changes needs but say which, in the note or in remarks.
    The team gets a letter. Raises InvalidData, NotAllowed.
    """
    faults = _criteria_faults(criteria, whole=approve, reasons=approve) + text_faults("note", note)
    if approve and not no_conflict:
        faults.append(
            Fault(
                "no_conflict",
                "undeclared",
            )
        )
    with transaction.atomic():
        draft = _locked(review.draft)
        current = _own_open(review, draft, actor)
        if draft.case is not None and draft.case.status == CaseStatus.WITHDRAWN and approve:
            raise NotAllowed(
                _(
                    "This case has been withdrawn. The secretariat must restore it before "
                    "it can be changed."
                )
            )
        hidden = hidden_by_draft(draft)
        for name in ReviewCriterion.values:
            reason = str(criteria.get(name, {}).get("reason", ""))
            faults += masking.hidden_city_faults(
                f"criteria.{name}.reason",
                reason,
                hidden,
                is_known=rules.is_secretariat(actor),
            )
        has_remark = ReviewComment.objects.filter(
            draft=draft, submission=draft.submission, author=actor.user, resolved_at=None
        ).exists()
        if not approve and not note.strip() and not has_remark:
            faults.append(Fault("note", "no-changes-named"))
        refuse(faults)
        current.state = ReviewState.APPROVED if approve else ReviewState.CHANGES_ASKED
        current.criteria = _plain_criteria(criteria)
        current.has_conflict = False if no_conflict else None
        current.note = note.strip()
        current.given_at = at
        current.save()
        audit.record(
            "draft",
            draft,
            "approve" if approve else "ask for changes",
            actor=actor,
            at=at,
            submission=draft.submission,
            team=draft.organisation.public_id,
        )
        if not approve:
            draft.state = DraftState.CHANGES_ASKED
            draft.save(update_fields=["state"])
            letters.changes_asked(draft, by=actor, at=at)
            return None
        approved = Review.objects.filter(
            draft=draft, submission=draft.submission, state=ReviewState.APPROVED
        )
        names = [approval.reviewer_name for approval in approved]
        if len(names) < draft.n_reviewers:
            return None
        case = publish_draft(draft, actor=actor, at=at)
        letters.published(case, draft, reviewers=names, at=at)
        return case
