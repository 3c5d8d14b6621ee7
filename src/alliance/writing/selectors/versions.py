"""The kept versions of a case, and what changed from one to another, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any

from alliance.cases.models import CaseStudy, CaseVersion
from alliance.cases.selectors.case_list import Localised
from alliance.cases.selectors.snapshot_fields import Field, fields_of
from alliance.cases.selectors.snapshot_names import names_for
from alliance.core.audit import COMMAND_LINE, STARTER, WORKER
from alliance.core.errors import NotFound
from alliance.writing.selectors.reviews_public import reviewers_by_version

# Who publishes by themselves; all other names are those of people and teams.
_NOBODY = frozenset({COMMAND_LINE.label, STARTER.label, WORKER.label})
# A word with the space before it, so that a space both texts have splits no changed phrase.
_WORDS = re.compile(r"\s*\S+|\s+$")
# Beyond this, two texts are shown whole, one after the other: marking each word would not help.
_MOST_WORDS = 4_000


@dataclass(frozen=True)
class Piece:
    """A stretch of text that is "same", "added" or "removed".

    `href` leads to what it names; `language` is its own where it differs from the page's.
    """

    kind: str
    text: str
    href: str = ""
    language: str = ""


@dataclass(frozen=True)
class FieldChange:
    """A field whose value differs. `kind` is "changed", "added" or "removed"."""

    label: str
    kind: str
    pieces: tuple[Piece, ...]
    is_address: bool


@dataclass(frozen=True)
class ChangeGroup:
    """Changed fields under one heading. `part`: what it says more, in the words of the case."""

    name: str
    part: Localised
    changes: tuple[FieldChange, ...]


def published_by(version: CaseVersion, case: CaseStudy) -> str:
    """Who published a version of a case.

    Empty for people where its city is hidden: they would tell whose it is.
    """
    is_nobody = version.actor_id is None and version.actor_label in _NOBODY
    return version.actor_label if is_nobody or not case.is_masked else ""


def versions_of(case: CaseStudy) -> list[dict[str, Any]]:
    """The versions of a case, newest first.

    `before` is the number of the one each can be compared with. `reviewers`: those still named who
    approved it; empty where it was published without review.
    """
    rows = list(case.versions.defer("snapshot").order_by("-number"))
    reviewers = reviewers_by_version(case)
    return [
        {
            "version": row,
            "before": before.number if before else None,
            "reviewers": reviewers.get(row.number, ()),
        }
        for row, before in zip(rows, [*rows[1:], None], strict=True)
    ]


def _version(case: CaseStudy, number: int) -> CaseVersion:
    # Numbers beyond the column's range are no versions; a database may refuse to look for them.
    version = case.versions.filter(number=number).first() if 0 < number < 2**31 else None
    if version is None:
        raise NotFound("version of a case", f"{case.public_id} {number}")
    return version


def field_groups(fields: Iterable[Field]) -> list[dict[str, Any]]:
    """The fields that say something, under their headings.

    `part`: what a heading says more, in the words of the case.
    """
    filled = (field for field in fields if field.value)
    return [
        {"name": name, "part": part, "fields": list(group)}
        for (name, part), group in groupby(filled, key=_heading)
    ]


def version_page(case: CaseStudy, number: int, language: str) -> dict[str, Any]:
    """One version of a case whole, as it was kept; what it names is told by names of today.

    Raises NotFound.
    """
    version = _version(case, number)
    names = names_for([version.snapshot], language)
    groups = field_groups(fields_of(version.snapshot, language, names))
    return {"case": case, "version": version, "groups": groups}


def _heading(field: Field) -> tuple[str, Localised]:
    return field.group, field.part


def word_diff(old: str, new: str) -> tuple[Piece, ...]:
    """The two texts in one, word by word: what is the same, what was removed, what was added.

    The removed and same pieces joined give `old`; the added and same ones give `new`.
    """
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    if len(before) + len(after) > _MOST_WORDS:
        whole = (Piece("removed", old), Piece("added", new))
        return tuple(piece for piece in whole if piece.text)
    pieces: list[Piece] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(before[i1:i2])))
            continue
        if i2 > i1:
            pieces.append(Piece("removed", "".join(before[i1:i2])))
        if j2 > j1:
            pieces.append(Piece("added", "".join(after[j1:j2])))
    return tuple(pieces)


def _pieces(was: Field | None, now: Field | None) -> tuple[Piece, ...]:
    """What was and what is now; names with a page of their own, and addresses, stay whole."""
    before, after = was.value if was else "", now.value if now else ""
    if (was is None or not was.href) and (now is None or not now.href):
        language = now.language if now else was.language if was else ""
        return tuple(replace(piece, language=language) for piece in word_diff(before, after))
    return tuple(
        Piece(kind, field.value, field.href, field.language)
        for kind, field in (("removed", was), ("added", now))
        if field is not None and field.value
    )


def _changes(
    old: Sequence[Field], new: Sequence[Field]
) -> Iterator[tuple[tuple[str, Localised], FieldChange]]:
    """(heading, change) of every field that differs, in the order of the newer version."""
    before = {field.key: field for field in old}
    after = {field.key: field for field in new}
    for field in [*new, *(field for field in old if field.key not in after)]:
        was, now = before.get(field.key), after.get(field.key)
        held, holds = was.held if was else "", now.held if now else ""
        if held == holds:
            continue
        kind = "changed" if held and holds else "added" if holds else "removed"
        yield (
            _heading(field),
            FieldChange(field.label, kind, _pieces(was, now), field.is_address),
        )


def change_groups(old: Sequence[Field], new: Sequence[Field]) -> tuple[ChangeGroup, ...]:
    """The fields that differ from `old` to `new`, under their headings."""
    return tuple(
        ChangeGroup(name, part, tuple(change for _heading_of_it, change in group))
        for (name, part), group in groupby(_changes(old, new), key=lambda pair: pair[0])
    )


def version_diff(case: CaseStudy, old: int, new: int, language: str) -> dict[str, Any]:
    """What changed from version `old` to version `new`, in whichever order. Raises NotFound."""
    first, second = _version(case, old), _version(case, new)
    names = names_for([first.snapshot, second.snapshot], language)
    groups = change_groups(
        fields_of(first.snapshot, language, names), fields_of(second.snapshot, language, names)
    )
    return {
        "case": case,
        "old": first,
        "new": second,
        "both": (first, second),
        "groups": groups,
        "n_changes": sum(len(group.changes) for group in groups),
    }
