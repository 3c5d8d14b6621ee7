"""The rules by which a chain counts as broken, as data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.adoption.enums import Kind
from alliance.thread.broken import find


@dataclass(frozen=True)
class BrokenRule:
    """A thing of `kind` is listed once something has been missing for `days` days."""

    code: str
    kind: str
    days: int
    title: str | Promise
    why: str | Promise
    find: Callable[[dt.date, str], find.Waiting]


RULES: tuple[BrokenRule, ...] = (
    BrokenRule(
        "decision-past-its-day",
        Kind.DECISION,
        1,
        _("Decisions past their own day"),
        _(
            "The decision names a day by which an outcome is expected. It is over, and no pilot, "
            "case or agreement is linked, directly or over a need, an offer or a proposal."
        ),
        find.decisions_past_their_day,
    ),
    BrokenRule(
        "decision-without-outcome",
        Kind.DECISION,
        400,
        _("Decisions without outcome"),
        _(
            "The decision names no day by which an outcome is expected. 400 days after it no "
            "pilot, case or agreement is linked, directly or over a need, an offer or a proposal."
        ),
        find.decisions_without_outcome,
    ),
    BrokenRule(
        "need-unanswered",
        Kind.NEED,
        30,
        _("Needs without answer"),
        _(
            "The last day on which an answer helped was 30 days ago or more, the need is still "
            "open, and nothing that answers it is linked. Needs without such a day are not listed."
        ),
        find.needs_unanswered,
    ),
    BrokenRule(
        "agreement-past-its-steps",
        Kind.AGREEMENT,
        90,
        _("Agreements past their last step"),
        _(
            "Every step has a day, the last was 90 days ago or more, and the agreement neither "
            "ended nor has a pilot or case linked. Those with a step without a day are not listed."
        ),
        find.agreements_past_their_steps,
    ),
    BrokenRule(
        "pilot-overdue",
        Kind.PILOT,
        1,
        _("Pilots whose result is overdue"),
        _("The day on which the result was due, as registered, is over."),
        find.pilots_overdue,
    ),
    BrokenRule(
        "pilot-without-case",
        Kind.PILOT,
        180,
        _("Pilots with results and no case begun"),
        _(
            "The result came 180 days ago or more, and in none of its cities was a case begun of "
            "it."
        ),
        find.pilots_without_case,
    ),
    BrokenRule(
        "follow-up-overdue",
        Kind.PEER_REVIEW,
        30,
        _("Peer reviews without follow-up"),
        _("What came of the review was due 30 days ago or more, and the host has not told it."),
        find.follow_ups_overdue,
    ),
)
