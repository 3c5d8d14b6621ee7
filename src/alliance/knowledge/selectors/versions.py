"""The kept versions of a case, and what changed from one to another, word by word."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from alliance.core.errors import NotFound
from alliance.knowledge.models import CaseStudy, CaseVersion
from alliance.knowledge.selectors.lines import Told
from alliance.knowledge.selectors.localise import pick
from alliance.knowledge.selectors.snapshot_fields import Field, fields_of

# A word with the space before it, so that a space both texts have splits no changed phrase.
_WORDS = re.compile(r"\s*\S+|\s+$")
# Beyond this, two texts are shown whole, one after the other: marking each word would not help.
_MOST_WORDS = 4_000


@dataclass(frozen=True)
class VersionLine:
    """One version in the list. `before` is the number of the one it can be compared with."""

    number: int
    at: dt.datetime
    actor: str
    digest: str
    before: int | None


@dataclass(frozen=True)
class VersionList:
    """All versions of a case, newest first."""

    public_id: str
    title: Told
    versions: tuple[VersionLine, ...]


@dataclass(frozen=True)
class FieldGroup:
    """Fields under one heading."""

    name: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class VersionPage:
    """One version whole, read from what was kept and from nothing else."""

    public_id: str
    title: Told
    version: VersionLine
    groups: tuple[FieldGroup, ...]
    newest: int

    @property
    def is_newest(self) -> bool:
        """Whether nothing was published after it."""
        return self.version.number == self.newest


@dataclass(frozen=True)
class Piece:
    """A stretch of text that is "same", "added" or "removed"."""

    kind: str
    text: str


@dataclass(frozen=True)
class FieldChange:
    """A field whose value differs. `kind` is "changed", "added" or "removed"."""

    label: str
    kind: str
    pieces: tuple[Piece, ...]
    language: str
    is_address: bool


@dataclass(frozen=True)
class ChangeGroup:
    """Changed fields under one heading."""

    name: str
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True)
class VersionDiff:
    """What changed from `old` to `new`; no groups where the two say the same."""

    public_id: str
    title: Told
    old: VersionLine
    new: VersionLine
    groups: tuple[ChangeGroup, ...]
    n_changes: int

    @property
    def both(self) -> tuple[VersionLine, VersionLine]:
        """The two versions, in the order they are compared."""
        return self.old, self.new


def _title(case: CaseStudy, language: str) -> Told:
    text = pick(case.texts.all(), language, case.original_language)
    return Told(text.text.title, text.foreign)


def _line(version: CaseVersion, before: int | None = None) -> VersionLine:
    return VersionLine(version.number, version.at, version.actor_label, version.digest, before)


def versions_of(case: CaseStudy, language: str) -> VersionList:
    """The versions of a case, newest first."""
    rows = list(case.versions.defer("snapshot").order_by("-number"))
    return VersionList(
        public_id=case.public_id,
        title=_title(case, language),
        versions=tuple(
            _line(row, rows[position + 1].number if position + 1 < len(rows) else None)
            for position, row in enumerate(rows)
        ),
    )


def _version(case: CaseStudy, number: int) -> CaseVersion:
    # Numbers beyond the column's range are no versions; a database may refuse to look for them.
    found = case.versions.filter(number=number).first() if 0 < number < 2**31 else None
    if found is None:
        raise NotFound("version of a case", f"{case.public_id} {number}")
    return found


def version_page(case: CaseStudy, number: int, language: str) -> VersionPage:
    """One version of a case as it was kept. Raises NotFound."""
    version = _version(case, number)
    filled = [field for field in fields_of(version.snapshot, language) if field.value]
    return VersionPage(
        public_id=case.public_id,
        title=_title(case, language),
        version=_line(version),
        groups=tuple(
            FieldGroup(name, tuple(group))
            for name, group in groupby(filled, key=lambda field: field.group)
        ),
        newest=case.revision,
    )


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


def _changes(old: Sequence[Field], new: Sequence[Field]) -> Iterator[tuple[str, FieldChange]]:
    """(group, change) of every field that differs, in the order of the newer version."""
    before = {field.key: field for field in old}
    after = {field.key: field for field in new}
    for field in [*new, *(field for field in old if field.key not in after)]:
        was = before[field.key].value if field.key in before else ""
        now = after[field.key].value if field.key in after else ""
        if was == now:
            continue
        kind = "changed" if was and now else "added" if now else "removed"
        yield (
            field.group,
            FieldChange(field.label, kind, word_diff(was, now), field.language, field.is_address),
        )


def version_diff(case: CaseStudy, old: int, new: int, language: str) -> VersionDiff:
    """What changed from version `old` to version `new`, in whichever order. Raises NotFound."""
    first, second = _version(case, old), _version(case, new)
    found = list(
        _changes(fields_of(first.snapshot, language), fields_of(second.snapshot, language))
    )
    return VersionDiff(
        public_id=case.public_id,
        title=_title(case, language),
        old=_line(first),
        new=_line(second),
        groups=tuple(
            ChangeGroup(name, tuple(change for _group, change in group))
            for name, group in groupby(found, key=lambda pair: pair[0])
        ),
        n_changes=len(found),
    )
