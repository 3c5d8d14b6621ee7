"""What waits in adoptions: a yes, a task, a choice, a plan, a pilot, a decision, a result."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import F, FilteredRelation, Q
from django.utils.translation import gettext_lazy as _

from alliance.adoption import rules
from alliance.adoption.models import Adoption
from alliance.core.waiting import Asked, Provider, Turn, Waiting
from alliance.network.enums import PartnershipSide

BOTH = PartnershipSide.BOTH
TASK = "agreement-step"


def _by(row: Adoption, act: str) -> dt.date | None:
    """The last day of an act, as the plan says."""
    if act in (rules.PLAN, rules.PILOT):
        return row.starts_on
    return row.ends_on if act in (rules.DECIDE, rules.PUBLISH) else None


def _adoptions(asked: Asked) -> Iterator[Waiting]:
    """What each side of an adoption has to do next, and its next agreed task. One query."""
    rows = (
        Adoption.objects.filter(
            asked.of_team("source__public_id") | asked.of_team("adopter__public_id"),
            result=None,
        )
        .select_related("source", "adopter", "need", "pilot")
        .defer("pilot__plan", "pilot__simulation")
        .annotate(step=FilteredRelation("steps", condition=Q(steps__done_at=None)))
        .annotate(step_title=F("step__title"), step_side=F("step__side"), due_on=F("step__due_on"))
        .order_by("pk", "step__number")
    )
    seen: set[tuple[int, str, str]] = set()
    for row in rows:
        found: list[tuple[PartnershipSide, str, dt.date | None, dict[str, str]]]
        found = [(side, act, _by(row, act), {}) for side, act in rules.turns_of(row)]
        if row.source_id and row.is_agreed and row.ended_at is None and row.step_side:
            sides = [one for one in (PartnershipSide.SOURCE, PartnershipSide.ADOPTER)
                     if row.step_side in {one, BOTH}]  # fmt: skip
            found += [(one, TASK, row.due_on, {row.language: row.step_title}) for one in sides]
        for side, act, by, notes in found:
            team = row.source if side == PartnershipSide.SOURCE else row.adopter
            # Rows come task by task: of each side the first one counts.
            if team is None or (row.pk, side, act) in seen:
                continue
            seen.add((row.pk, side, act))
            titles = {row.subject_language: row.subject_title}
            if not row.subject_title and row.need:
                titles = {row.need.language: row.need.title}
            yield Waiting(
                kind=act,
                public_id=row.public_id,
                turn=Turn(team=team.public_id),
                since=row.changed_at,
                by=by,
                route="adoption:adoption",
                args=(row.public_id,),
                titles=titles,
                notes=notes,
            )


PROVIDERS = (
    Provider(
        {
            rules.AGREE: _("Agree to an adoption or decline it"),
            TASK: _("Do the next task of an adoption"),
            rules.CHOOSE: _("Choose what answers your need"),
            rules.PLAN: _("Complete the plan of an adoption"),
            rules.PILOT: _("Register the pilot of an adoption"),
            rules.DECIDE: _("Decide whether to roll out what you tried"),
            rules.PUBLISH: _("Publish the result of an adoption"),
        },
        _adoptions,
        {"agreement_proposed": rules.AGREE, "agreement_changed": rules.AGREE},
    ),
)
