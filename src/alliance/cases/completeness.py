"""How complete a case is, by a published weighting, and which field is best filled next.

The score says how much of what readers ask for is there, not how good it is. Only what can apply to
the case counts: a case that worked needs no reasons for failing. The weights are published in
docs/explanation/completeness.md, whose table is checked against `ITEMS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from alliance.analysis.effect_spread import MEASURED_DESIGNS
from alliance.cases.case_fields import BY_PATH, FIELDS, CaseField
from alliance.cases.enums import SUCCESSES, Outcome

#: Changes when a weight or a condition does.
VERSION = "3"

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
    applies: _Test
    is_needed: bool
    after: str


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
    # How many were asked says nothing of how far they differ.
    return interval or effect["se"] is not None


def _has_effects(document: Document, text: Mapping[str, str]) -> bool:
    return bool(_effects(document))


def _has_solution(document: Document, text: Mapping[str, str]) -> bool:
    new = document["new_solution"] or {}
    return bool(document["solution"] or new.get("name", "").strip())


def _is_filled(row: CaseField) -> _Test:
    """Whether a field says anything; 0 does, and a text of blanks does not."""

    def test(document: Document, text: Mapping[str, str]) -> bool:
        if row.part == "texts":
            value = text.get(row.name)
        else:
            value = ((document[row.part] or {}) if row.part else document).get(row.name)
        return bool(value.strip()) if isinstance(value, str) else value not in (None, [])

    return test


def _any_source(test: Callable[[Mapping[str, Any]], bool]) -> _Test:
    return lambda document, text: any(test(source) for source in document["sources"])


def _any_effect(name: str) -> _Test:
    return lambda document, text: any(effect[name] is not None for effect in _effects(document))


#: Items that are more than a field that says anything.
_TESTS: Mapping[str, _Test] = {
    "solution": _has_solution,
    "place": lambda document, text: bool(
        document["place"]["name"] and document["place"]["country"]
    ),
    "outcome": lambda document, text: document["outcome"] in Outcome.values,
    "effect": _has_effects,
    "measured": lambda document, text: bool(_measured(document)),
    "uncertainty": lambda document, text: any(map(_has_uncertainty, _measured(document))),
    "baseline": _any_effect("baseline"),
    "period": _any_effect("period_start"),
    "source": _any_source(lambda source: bool(source["url"] or source["seen"])),
    "independent": _any_source(lambda source: source["independent"] is True),
}
_APPLIES: Mapping[str, _Test] = {
    "reasons": lambda document, text: document["outcome"] not in SUCCESSES,
    "baseline": _has_effects,
    "period": _has_effects,
    "price-year": _is_filled(BY_PATH["cost.amount"]),
    "adaptation": lambda document, text: bool(document["adapted_from"]),
}
_AFTER = {"measured": "effect", "uncertainty": "measured"}


def _item(row: CaseField) -> Item:
    return Item(
        row.item,
        row.weight,
        row.step,
        row.field if row.sheet == "cases" else f"{row.part}-0-{row.field}",
        _TESTS.get(row.item) or _is_filled(row),
        _APPLIES.get(row.item, lambda document, text: True),
        row.is_needed,
        _AFTER.get(row.item, ""),
    )


ITEMS = tuple(_item(row) for row in FIELDS if row.weight)
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
    reached = [item for item in missing if item.after not in {other.code for other in missing}]
    best = needed[0] if needed else max(reached, key=lambda item: item.weight, default=None)
    return Completeness(
        score=score,
        done=tuple(item.code for item in done),
        missing=tuple(item.code for item in missing),
        next_best=best.code if best else "",
        needed=tuple(item.code for item in needed),
    )
