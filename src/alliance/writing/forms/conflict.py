"""Two people wrote one draft: what both can have, and what one of them must choose.

A document is held against another by units: a field of a text, a list, the place as a whole. So a
choice never mixes the name of one city with the country of another.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from alliance.cases import case_fields
from alliance.cases.case_document import check_shape, plain
from alliance.cases.case_fields import OF_CASE
from alliance.cases.merging import merge
from alliance.core.errors import Fault, InvalidData
from alliance.writing.forms.base import Document

MINE, THEIRS, BOTH = "mine", "theirs", "both"
#: Units that are lists: both versions of one can be kept.
LISTS = (*(row.name for row in OF_CASE if row.kind == "list"), *case_fields.LISTS)
_SOLUTION = ("solution", "new_solution", "kind")


@dataclass(frozen=True)
class Merging:
    """`document` holds what both can have and, in each of `clashes`, the writer's own.

    `theirs` are the other's values of the clashes, by unit.
    """

    document: Document
    clashes: tuple[str, ...]
    theirs: Mapping[str, Any]


def unit_of(path: str) -> str:
    """The unit that a path of a document belongs to, such as `place` of `place.city`."""
    if path.startswith("texts."):
        return path
    first = path.split(".")[0].split("[")[0]
    return "solution" if first in _SOLUTION else first


def _value(document: Document, unit: str) -> Any:
    if unit == "solution":
        return {name: document[name] for name in _SOLUTION}
    if unit.startswith("texts."):
        _texts, language, name = unit.split(".")
        return (document["texts"].get(language) or {}).get(name, "")
    return document[unit]


def _set_value(document: Document, unit: str, value: Any) -> None:
    if unit == "solution":
        document.update(value)
    elif unit.startswith("texts."):
        _texts, language, name = unit.split(".")
        text = document["texts"].setdefault(language, {"status": "original"})
        text[name] = value
    else:
        document[unit] = value


def _units(*documents: Document) -> list[str]:
    """Every unit that one of the documents has."""
    names = dict.fromkeys(unit_of(key) for key in documents[0] if key != "texts")
    texts = {
        f"texts.{language}.{name}": None
        for document in documents
        for language, text in document["texts"].items()
        for name in text
    }
    return [*texts, *names]


def merge_drafts(base: Document, mine: Document, theirs: Document) -> Merging:
    """Take over what only one of two writers changed since `base`; the rest are clashes."""
    base, mine, theirs = (plain(check_shape(version)) for version in (base, mine, theirs))
    units = _units(mine, theirs, base)
    # In a list, so that a unit is merged as a whole.
    flat = [{unit: [_value(version, unit)] for unit in units} for version in (base, mine, theirs)]
    merged = merge(*flat)
    document = copy.deepcopy(mine)
    for unit, (value,) in merged.document.items():
        _set_value(document, unit, value)
    clashes = tuple(clash.where for clash in merged.clashes)
    return Merging(document, clashes, {unit: _value(theirs, unit) for unit in clashes})


def after_rebase(document: Document, published: Document, paths: Iterable[str]) -> Merging:
    """The clashes that taking over a published version left: `document` holds the draft's own."""
    clashes = tuple(dict.fromkeys(unit_of(path) for path in paths))
    return Merging(document, clashes, {unit: _value(published, unit) for unit in clashes})


def can_have_both(unit: str) -> bool:
    """Whether both versions of a unit can be kept: of lists and of longer texts."""
    return unit in LISTS or (unit.startswith("texts.") and not unit.endswith((".title", ".status")))


def _both(mine: Any, theirs: Any) -> Any:
    if isinstance(mine, list):
        taken = {item["key"] for item in mine if isinstance(item, dict) and item.get("key")}
        more = [item for item in theirs if item not in mine]
        # Two that were one are two from now on.
        return [
            *mine,
            *(
                item | {"key": ""} if isinstance(item, dict) and item.get("key") in taken else item
                for item in more
            ),
        ]
    return "\n\n".join(text for text in (mine, theirs) if text)


def resolve(document: Document, theirs: Mapping[str, Any], choices: Mapping[str, str]) -> Document:
    """The merged document with what was chosen in each clash; where nothing was, mine stays."""
    resolved = copy.deepcopy(document)
    for unit, value in theirs.items():
        choice = choices.get(unit, MINE)
        if choice == THEIRS:
            _set_value(resolved, unit, value)
        elif choice == BOTH and can_have_both(unit):
            _set_value(resolved, unit, _both(_value(document, unit), value))
    return resolved


def read_conflict(posted: Mapping[str, Any]) -> Document:
    """The document that somebody chose on the page that shows a conflict.

    Raises InvalidData where the page's hidden parts were changed into what they cannot be.
    """
    try:
        document = plain(check_shape(json.loads(posted.get("document", ""))))
        theirs = json.loads(posted.get("theirs", ""))
        choices = {unit: posted.get(f"keep-{unit}", MINE) for unit in theirs}
        return resolve(document, theirs, choices)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, InvalidData):
            raise
        raise InvalidData([Fault("case", "unreadable")]) from error
