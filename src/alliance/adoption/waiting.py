"""Tasks in adoptions: an acceptance, a task, a choice, a plan, a pilot, a decision, a result."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from alliance.adoption import rules
from alliance.adoption.enums import DefaultStep
from alliance.adoption.models import Adoption, AdoptionStep
from alliance.core.waiting import Asked, Provider, Turn, Waiting
from alliance.network.enums import Language, PartnershipSide
from alliance.network.localise import own_words

BOTH = PartnershipSide.BOTH
TASK, NEWS = "agreement-step", "adoption-news"
_READ = (
    *("public_id", "language", "changed_at", "starts_on", "ends_on", "planned_at", "ending"),
    *("ended_at", "result", "subject_id", "subject_title", "subject_language"),
    *("source_agreed_at", "adopter_agreed_at", "source__public_id", "adopter__public_id"),
    *("need__title", "need__language", "pilot__state", "fairness__ready_at"),
)


def _by(row: Adoption, act: str) -> dt.date | None:
    """The deadline of an action, according to the plan."""
    if act in (rules.PLAN, rules.CHECK, rules.PILOT):
        return row.starts_on
    return row.ends_on if act in (rules.DECIDE, rules.PUBLISH) else None


def _next_tasks() -> dict[str, Subquery]:
    """The title and deadline of the next agreed task of each side, by column."""
    columns = {}
    for side in (PartnershipSide.SOURCE, PartnershipSide.ADOPTER):
        tasks = AdoptionStep.objects.filter(
            adoption=OuterRef("pk"), done_at=None, side__in=(side, BOTH)
        ).order_by("number")
        columns[f"{side}_task"] = Subquery(tasks.values("title")[:1])
        columns[f"{side}_task_due"] = Subquery(tasks.values("due_on")[:1])
    return columns


def _adoptions(asked: Asked) -> Iterator[Waiting]:
    """The next action of each side of an adoption, and its next agreed task. One query."""
    rows: QuerySet[Any] = (
        Adoption.objects.filter(
            asked.of_team("source__public_id") | asked.of_team("adopter__public_id"),
            result=None,
        )
        .select_related("source", "adopter", "need", "pilot", "fairness")
        .only(*_READ)
        .annotate(**_next_tasks())
        .order_by("pk")
    )
    for row in rows:
        turns: list[tuple[PartnershipSide, str, dt.date | None, dict[str, str]]]
        turns = [(side, act, _by(row, act), {}) for side, act in rules.turns_of(row)]
        if row.source_id and row.is_agreed and row.ended_at is None:
            for side in (PartnershipSide.SOURCE, PartnershipSide.ADOPTER):
                if title := getattr(row, f"{side}_task"):
                    due = getattr(row, f"{side}_task_due")
                    words = {row.language: title}
                    if title in DefaultStep.values:
                        words = {
                            value: own_words(DefaultStep, title, "", value).value
                            for value in Language.values
                        }
                    turns.append((side, TASK, due, words))
        titles = {row.subject_language: row.subject_title}
        if not row.subject_title and row.need:
            titles = {row.need.language: row.need.title}
        for side, act, by, notes in turns:
            team = row.source if side == PartnershipSide.SOURCE else row.adopter
            if team is None:
                continue
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
            rules.AGREE: _("Agree to or decline an adoption"),
            TASK: _("Do the next task in an adoption"),
            rules.CHOOSE: _("Choose a solution for your need"),
            rules.PLAN: _("Complete an adoption plan"),
            rules.CHECK: _("Show who gains and who pays in an adoption"),
            rules.PILOT: _("Register the pilot for an adoption"),
            rules.DECIDE: _("Decide whether to roll out a solution after its pilot"),
            rules.PUBLISH: _("Publish the result of an adoption"),
        },
        _adoptions,
        {
            "agreement_proposed": rules.AGREE,
            "agreement_changed": rules.AGREE,
            "agreement_agreed": NEWS,
            "agreement_ended": NEWS,
            "adoption_moved": NEWS,
        },
        {NEWS: _("The other city has updated an adoption")},
    ),
)
