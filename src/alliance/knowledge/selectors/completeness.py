"""The completeness of a case in words: what is there, what is missing, and what it would bring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.knowledge.completeness import BY_CODE, Completeness, completeness

#: What each item is called, and why it is worth filling.
TEXTS: dict[str, tuple[Promise, Promise]] = {
    "solution": (_("Solution"), _("It is needed: readers find the case under its solution.")),
    "place": (_("Place"), _("It is needed: readers look for cities like their own.")),
    "start-year": (_("Start year"), _("It says how old the experience is.")),
    "title": (_("Title"), _("It is needed.")),
    "summary": (_("Summary"), _("It is needed: many read no further.")),
    "problem": (_("The problem"), _("It says whether the case is about the reader's problem.")),
    "what-did-not": (
        _("What did not work"),
        _("It is what other cities learn most from, and what they find nowhere else."),
    ),
    "what-worked": (_("What worked"), _("It says what is worth taking over.")),
    "outcome": (_("Outcome"), _("It is needed: readers filter by it.")),
    "reasons": (
        _("Reasons"),
        _("They put the case into the register of failures, where others look before they begin."),
    ),
    "effect": (
        _("A result as a figure"),
        _("Without a figure the evidence is not graded and the case cannot be compared."),
    ),
    "measured": (
        _("A measured result"),
        _(
            "A result measured before and after, or against a comparison group, gives a point of "
            "the evidence grade."
        ),
    ),
    "uncertainty": (
        _("Standard error or interval"),
        _("For a measured result, either would raise the evidence grade by a point."),
    ),
    "baseline": (_("Baseline"), _("It says what the result is a change from.")),
    "period": (_("Years of a result"), _("They say when it was measured.")),
    "cost": (_("Cost"), _("It is what most readers ask first.")),
    "price-year": (
        _("Price year"),
        _("Without it the cost cannot be compared with that of other cities."),
    ),
    "staff-time": (
        _("Staff time"),
        _("Lack of staff is what keeps most cities from acting; few cases say how much it takes."),
    ),
    "lead-time": (_("Lead time"), _("It says how early others have to begin.")),
    "equity": (_("Who gained, who paid"), _("An average hides who bears the cost.")),
    "source": (_("Source"), _("It is needed: readers check what they read.")),
    "independent": (
        _("An independent source"),
        _(
            "A source written by others than those who ran it would raise the evidence grade by a "
            "point."
        ),
    ),
    "topics": (_("Topics"), _("They bring the case to the topic groups of the network.")),
    "themes": (_("Themes"), _("Readers filter by them.")),
    "sdg-targets": (_("SDG targets"), _("Reports of the network count by them.")),
    "actors": (_("Who acted"), _("It says with whom it can be done.")),
    "adaptation": (
        _("What you changed"),
        _("It shows other cities what has to be fitted to the place."),
    ),
}


@dataclass(frozen=True)
class MeterItem:
    """A field with the reason to fill it, and where that is done."""

    code: str
    name: Promise
    reason: Promise
    step: str
    anchor: str


@dataclass(frozen=True)
class Meter:
    """The score from 0 to 100; what is missing, and of it the best to fill next (None: nothing)."""

    score: int
    n_done: int
    n: int
    missing: tuple[MeterItem, ...]
    next_best: MeterItem | None
    needed: tuple[MeterItem, ...]


def _item(code: str) -> MeterItem:
    item = BY_CODE[code]
    name, reason = TEXTS[code]
    return MeterItem(code, name, reason, item.step, f"id_{item.field}")


def meter_of(found: Completeness) -> Meter:
    """A completeness in words."""
    return Meter(
        score=found.score,
        n_done=len(found.done),
        n=len(found.done) + len(found.missing),
        missing=tuple(_item(code) for code in found.missing),
        next_best=_item(found.next_best) if found.next_best else None,
        needed=tuple(_item(code) for code in found.needed),
    )


def meter(document: Mapping[str, Any], text_language: str) -> Meter:
    """How complete a document is, in words."""
    return meter_of(completeness(document, text_language))
