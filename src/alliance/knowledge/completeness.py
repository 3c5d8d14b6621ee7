"""How complete a case is, by a published weighting, and which field is best filled next.

The score says how much of what readers ask for is there, not how good it is. Only what can apply to
the case counts: a case that worked needs no reasons for failing. The weights are published in
docs/explanation/completeness.md, whose table is checked against `ITEMS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from alliance.analysis.evidence_grade import MEASURED_DESIGNS
from alliance.knowledge.enums import Outcome

#: Changes when a weight or a condition does.
VERSION = "1"

Document = Mapping[str, Any]
_Test = Callable[[Document, Mapping[str, str]], bool]


@dataclass(frozen=True)
class Item:
    """One thing a case should have: its code, its weight, and where a form asks for it.

    `is_needed`: without it a case cannot be handed in. `after`: the item that comes first.
    """

    code: str
    weight: int
    step: str
    field: str
    is_done: _Test
    applies: _Test = lambda document, text: True
    is_needed: bool = False
    after: str = ""


@dataclass(frozen=True)
class Completeness:
    """`score` from 0 to 100: the weight of what is done in that of what applies.

    `done` and `missing` are codes of `ITEMS`, in their order. `next_best` is the field to fill
    next: one that is needed before others, then the one of the greatest weight; "" when all is
    done.
    """

    score: int
    done: tuple[str, ...]
    missing: tuple[str, ...]
    next_best: str
    needed: tuple[str, ...]


def _effects(document: Document) -> list[Mapping[str, Any]]:
    """The effects that say what was measured and how much it came to."""
    return [
        effect
        for effect in document["effects"]
        if effect["value"] is not None and effect["measure"] and effect["unit"]
    ]


def _measured(document: Document) -> list[Mapping[str, Any]]:
    return [effect for effect in _effects(document) if effect["design"] in MEASURED_DESIGNS]


def _has_uncertainty(effect: Mapping[str, Any]) -> bool:
    interval = effect["low"] is not None and effect["high"] is not None
    return interval or effect["se"] is not None or effect["n"] is not None


def _has_effects(document: Document, text: Mapping[str, str]) -> bool:
    return bool(_effects(document))


def _has_solution(document: Document, text: Mapping[str, str]) -> bool:
    new = document["new_solution"] or {}
    return bool(document["solution"] or new.get("name", "").strip())


def _has_text(name: str) -> _Test:
    return lambda document, text: bool(text.get(name, "").strip())


def _has_value(name: str, part: str) -> _Test:
    return lambda document, text: (document[name] or {}).get(part) not in (None, "")


def _has_list(name: str) -> _Test:
    return lambda document, text: bool(document[name])


def _any_source(test: Callable[[Mapping[str, Any]], bool]) -> _Test:
    return lambda document, text: any(test(source) for source in document["sources"])


ITEMS: tuple[Item, ...] = (
    Item("solution", 6, "place", "solution", _has_solution, is_needed=True),
    Item(
        *("place", 6, "place", "city"),
        lambda document, text: bool(document["place"]["name"] and document["place"]["country"]),
        is_needed=True,
    ),
    Item(
        *("start-year", 4, "place", "start_year"),
        lambda document, text: document["start_year"] is not None,
    ),
    Item("title", 4, "story", "title", _has_text("title"), is_needed=True),
    Item("summary", 8, "story", "summary", _has_text("summary"), is_needed=True),
    Item("problem", 4, "story", "problem", _has_text("problem")),
    Item("what-did-not", 8, "story", "what_did_not", _has_text("what_did_not")),
    Item("what-worked", 5, "story", "what_worked", _has_text("what_worked")),
    Item(
        *("outcome", 6, "outcome", "outcome"),
        lambda document, text: document["outcome"] in Outcome.values,
        is_needed=True,
    ),
    Item(
        *("reasons", 4, "outcome", "reasons", _has_list("reasons")),
        applies=lambda document, text: document["outcome"] != Outcome.WORKED,
    ),
    Item("effect", 10, "results", "effects-0-measure", _has_effects),
    Item(
        *("measured", 3, "results", "effects-0-design"),
        lambda document, text: bool(_measured(document)),
        after="effect",
    ),
    Item(
        *("uncertainty", 6, "results", "effects-0-se"),
        lambda document, text: any(_has_uncertainty(effect) for effect in _measured(document)),
        after="measured",
    ),
    Item(
        *("baseline", 2, "results", "effects-0-baseline"),
        lambda document, text: any(e["baseline"] is not None for e in _effects(document)),
        applies=_has_effects,
    ),
    Item(
        *("period", 2, "results", "effects-0-period_start"),
        lambda document, text: any(e["period_start"] is not None for e in _effects(document)),
        applies=_has_effects,
    ),
    Item("cost", 6, "cost", "amount", _has_value("cost", "amount")),
    Item(
        *("price-year", 2, "cost", "price_year", _has_value("cost", "price_year")),
        applies=_has_value("cost", "amount"),
    ),
    Item("staff-time", 4, "cost", "staff_time", _has_value("staff_time", "value")),
    Item("lead-time", 2, "cost", "lead_time", _has_value("lead_time", "value")),
    Item("equity", 7, "cost", "equity_notes", _has_text("equity_notes")),
    Item(
        *("source", 8, "sources", "sources-0-title", _any_source(lambda one: bool(one["url"]))),
        is_needed=True,
    ),
    Item(
        *("independent", 4, "sources", "sources-0-independent"),
        _any_source(lambda one: one["independent"] is True),
    ),
    Item("topics", 2, "classification", "topics", _has_list("topics")),
    Item("themes", 2, "classification", "themes", _has_list("themes")),
    Item("sdg-targets", 1, "classification", "sdg_targets", _has_list("sdg_targets")),
    Item("actors", 2, "classification", "actors", _has_list("actors")),
    Item(
        *("adaptation", 3, "classification", "adaptation_changes"),
        lambda document, text: bool(document["adaptation_changes"].strip()),
        applies=lambda document, text: bool(document["adapted_from"]),
    ),
)
BY_CODE: Mapping[str, Item] = {item.code: item for item in ITEMS}


def completeness(document: Document, text_language: str) -> Completeness:
    """How complete a case document is, its texts read in `text_language`."""
    text = document["texts"].get(text_language) or {}
    applying = [item for item in ITEMS if item.applies(document, text)]
    done = [item for item in applying if item.is_done(document, text)]
    missing = [item for item in applying if item not in done]
    whole = sum(item.weight for item in applying)
    # Rounded down, so that 100 says that nothing is missing.
    score = 100 * sum(item.weight for item in done) // whole
    needed = [item for item in missing if item.is_needed]
    reached = [item for item in missing if item.after not in {one.code for one in missing}]
    best = needed[0] if needed else max(reached, key=lambda item: item.weight, default=None)
    return Completeness(
        score=score,
        done=tuple(item.code for item in done),
        missing=tuple(item.code for item in missing),
        next_best=best.code if best else "",
        needed=tuple(item.code for item in needed),
    )
