"""The completeness of a case in words: what is there, what is missing, and what it would bring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.cases.completeness import BY_CODE, Completeness, completeness

#: What each item is called, and why it is worth filling.
TEXTS: dict[str, tuple[Promise, Promise]] = {
    "solution": (_("Solution"), _("Required: readers find the case through its solution.")),
    "place": (_("Place"), _("Required: readers look for cities like theirs.")),
    "start-year": (_("Start year"), _("Shows how old the experience is.")),
    "title": (_("Title"), _("Required.")),
    "lead": (
        _("Result in one sentence"),
        _("The first sentence that readers see, in lists and on the page."),
    ),
    "summary": (_("Action taken"), _("Required: shows what another city would do.")),
    "problem": (_("The problem"), _("Shows whether the case is about the reader’s problem.")),
    "what-did-not": (
        _("What did not work"),
        _("Other cities learn most from this and can find it nowhere else."),
    ),
    "what-worked": (_("What worked"), _("Shows what is worth adopting.")),
    "outcome": (_("Outcome"), _("Required: readers filter by it.")),
    "reasons": (
        _("Reasons"),
        _("Adds the case to the register of failures, which others check before they start."),
    ),
    "effect": (
        _("A result in figures"),
        _("Without a figure, the evidence cannot be graded and the case cannot be compared."),
    ),
    "measured": (
        _("A measured result"),
        _(
            "A result measured before and after, or against a comparison group, adds a "
            "point to the strength of evidence."
        ),
    ),
    "uncertainty": (
        _("Standard error or interval"),
        _("Adding either to a measured result would raise the strength of evidence by a point."),
    ),
    "baseline": (_("Baseline"), _("Shows what the result is compared with.")),
    "period": (_("Years of a result"), _("Show when it was measured.")),
    "cost": (_("Cost"), _("Most readers look for this first.")),
    "price-year": (
        _("Price year"),
        _("Without it, the cost cannot be compared with other cities."),
    ),
    "staff-time": (
        _("Staff time"),
        _("Most cities are held back by a lack of staff, and few cases state how much is needed."),
    ),
    "lead-time": (_("Lead time"), _("Shows how early others need to start.")),
    "equity": (_("Who gained, who paid"), _("An average hides who pays the cost.")),
    "source": (_("Source"), _("Required: readers check the sources.")),
    "independent": (
        _("An independent source"),
        _(
            "A source written by someone who did not run the action would raise the "
            "strength of evidence by a point."
        ),
    ),
    "topics": (_("Topics"), _("Bring the case to the attention of the network’s topic groups.")),
    "themes": (_("Themes"), _("Readers use them to filter.")),
    "sdg-targets": (_("SDG targets"), _("The network’s reports use them for their figures.")),
    "actors": (_("Who was involved"), _("Shows which partners can make it happen.")),
    "adaptation": (
        _("Your changes"),
        _("Shows other cities what to adapt to local conditions."),
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


def meter_of(progress: Completeness) -> Meter:
    """A completeness in words."""
    return Meter(
        score=progress.score,
        n_done=len(progress.done),
        n=len(progress.done) + len(progress.missing),
        missing=tuple(_item(code) for code in progress.missing),
        next_best=_item(progress.next_best) if progress.next_best else None,
        needed=tuple(_item(code) for code in progress.needed),
    )


def meter(document: Mapping[str, Any], text_language: str) -> Meter:
    """How complete a document is, in words."""
    return meter_of(completeness(document, text_language))
