"""The parts of a report as plain values, which both the page and the typesetter read.

A chapter is a list of blocks. Each block, and each line within a block, that is based on records
has their numbers in the list of records at the end (`cites`) and an anchor, `at`: so a report knows
which versions of records it read, and where it cites them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.knowledge.models import CaseStudy, Method, Solution
from alliance.knowledge.selectors.localise import local_text
from alliance.network.localise import Localised
from alliance.reports.enums import RecordKind
from alliance.web.formatting import day, number

Block = dict[str, Any]
#: At most so many ranges of numbers are cited after a sentence; of the others, their count.
RUNS = 3


@dataclass
class Read:
    """A record that the report read, its version, and the places that cite it."""

    number: int
    kind: str
    record_id: str
    version: str
    title: Localised
    url: str
    version_text: str
    places: list[str] = field(default_factory=list)


def stamp(at: dt.datetime) -> str:
    """The version of a record without version numbers: the time of its last change."""
    return f"{at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def words(text: str | Localised) -> dict[str, str]:
    """A text with its language if that differs from the report's."""
    if isinstance(text, Localised):
        return {"value": text.value, "lang": text.lang_attr}
    return {"value": str(text), "lang": ""}


def filled(text: str, **values: object) -> str:
    """A text with its placeholders filled in, and numbers formatted in the active language."""
    return text % {
        name: number(value) if isinstance(value, int) else value for name, value in values.items()
    }


def short(text: Localised, most: int = 420) -> Localised:
    """The first complete sentences of a text, of at most `most` characters if possible."""
    value = text.value
    if len(value) <= most:
        return text
    end = max(value.rfind(sign, 0, most) for sign in (". ", "! ", "? "))
    cut = value[: end + 1] if end > most // 3 else value[:most].rsplit(" ", 1)[0] + " …"
    return Localised(cut, text.lang_attr)


class Writer:
    """Writes a report in a language: chapters, and the list of all records they cite."""

    def __init__(
        self,
        language: str,
        moment: dt.datetime,
        titles: Mapping[str, object],
        texts: Mapping[str, Block],
    ) -> None:
        self.language, self.moment = language, moment
        self.reads: dict[tuple[str, str], Read] = {}
        self._places = 0
        # The editor's text comes first in each chapter, before the generated blocks.
        self._chapters: dict[str, dict[str, Any]] = {
            code: {
                "code": code,
                "title": str(title),
                "blocks": [texts[code]] if code in texts else [],
            }
            for code, title in titles.items()
        }
        self._blocks: list[Block] = []

    # -- records --------------------------------------------------------------------------------

    def read(
        self,
        kind: str,
        record_id: str,
        version: str,
        title: str | Localised,
        url: str,
        version_text: str,
    ) -> int:
        """Registers a record as read; returns its number. `version_text` describes its version."""
        title = title if isinstance(title, Localised) else Localised(title)
        known = self.reads.setdefault(
            (kind, record_id),
            Read(len(self.reads) + 1, kind, record_id, version, title, url, version_text),
        )
        return known.number

    def case(self, case: CaseStudy) -> int:
        """Registers a case from `knowledge.services.as_of`."""
        version = case.version  # type: ignore[attr-defined]
        return self.read(
            RecordKind.CASE,
            case.public_id,
            str(version.number),
            local_text(case, "title", self.language),
            self.address("knowledge:case-version", case.public_id, version.number),
            _("version %(n)s of %(day)s") % {"n": version.number, "day": day(version.at.date())},
        )

    def changed(
        self, kind: str, record: Any, at: dt.datetime, title: str | Localised, route: str
    ) -> int:
        """Registers a record without version numbers by the time of its last change."""
        return self.read(
            kind,
            record.public_id,
            stamp(at),
            title,
            self.address(route, record.public_id),
            _("as of %(day)s") % {"day": day(at.date())},
        )

    def revised(self, record: Solution | Method) -> int:
        """Registers a solution or method by the revisions of its texts; its verdict follows from
        cases."""
        kind = RecordKind.SOLUTION if isinstance(record, Solution) else RecordKind.METHOD
        texts = sorted(record.texts.all(), key=lambda text: text.language)
        return self.read(
            kind,
            record.public_id,
            ".".join(f"{text.language}{text.revision}" for text in texts),
            local_text(record, "name", self.language),
            self.address(f"knowledge:{kind}", record.public_id),
            _("revision %(n)s") % {"n": max(text.revision for text in texts)},
        )

    def address(self, route: str, *args: object) -> str:
        """The absolute address of a page, in the language of the report."""
        return settings.BASE_URL + reverse(route, args=args)

    # -- chapters -------------------------------------------------------------------------------

    def chapter(self, code: str) -> None:
        """Continues in a chapter."""
        self._blocks = self._chapters[code]["blocks"]

    def chapters(self) -> list[dict[str, Any]]:
        """The chapters with content, in order."""
        return [chapter for chapter in self._chapters.values() if chapter["blocks"]]

    def add(self, block: Block) -> None:
        """Adds a block to the current chapter."""
        self._blocks.append(block)

    def place(self, refs: Iterable[int]) -> dict[str, Any]:
        """An anchor for a passage that is based on records, with its citations."""
        cited = sorted(set(refs))
        if not cited:
            return {"at": "", "cites": []}
        self._places += 1
        name = f"p{self._places}"
        by_number = {record.number: record for record in self.reads.values()}
        for ref in cited:
            by_number[ref].places.append(name)
        runs = _runs(cited)
        cites = [_cite(run, by_number) for run in runs[:RUNS]]
        if rest := sum(map(len, runs[RUNS:])):
            # The data annex has all of them.
            cites.append({"n": runs[RUNS][0], "label": f"+{rest}", "url": ""})
        return {"at": name, "cites": cites}

    def paragraph(
        self, text: str | Localised, refs: Iterable[int] = (), *, lead: bool = False
    ) -> None:
        """Adds a paragraph."""
        self.add({"type": "lead" if lead else "para", "text": words(text)} | self.place(refs))

    def heading(self, text: str | Localised) -> None:
        """Adds a heading within the chapter."""
        self.add({"type": "heading", "text": words(text)})

    def items(self, lines: Sequence[Block], *, otherwise: str = "") -> None:
        """Adds a list of lines from `line`; `otherwise` is the text without lines."""
        if lines:
            self.add({"type": "items", "lines": list(lines)})
        elif otherwise:
            self.paragraph(otherwise)

    def line(
        self,
        text: str | Localised,
        refs: Iterable[int] = (),
        *,
        label: str | Localised = "",
        url: str = "",
        note: str = "",
        code: str = "",
    ) -> Block:
        """A line of a list: a label, which may be a link, and a text. `code` is a verdict or
        outcome for its mark."""
        name = words(label)
        # It is followed by a colon.
        name["value"] = name["value"].rstrip(".")
        block = {"text": words(text), "label": name, "url": url, "note": note, "code": code}
        return block | self.place(refs)

    def case_line(self, case: CaseStudy, text: str | Localised, *, note: str = "") -> Block:
        """A line about a case: its title is a link, and its outcome has a mark."""
        return self.line(
            text,
            [self.case(case)],
            label=local_text(case, "title", self.language),
            url=self.address("knowledge:case", case.public_id),
            note=note,
            code=case.outcome,
        )

    def share_line(self) -> Block:
        """The last line of what to do next."""
        return self.line(
            _("Share a result from your city, even if it failed."),
            label=_("Add a case"),
            url=self.address("knowledge:cases"),
        )

    def picture(self, svg: str, title: str, caption: str, refs: Iterable[int]) -> None:
        """Adds a figure: `title` says what it shows, `caption` how to read it."""
        self.add(
            {"type": "picture", "svg": svg, "title": title, "caption": caption} | self.place(refs)
        )

    def pictures(self, drawn: Sequence[tuple[str, str, str, Iterable[int]]]) -> None:
        """Adds small figures side by side: svg, title, caption and records of each."""
        self.add(
            {
                "type": "pictures",
                "each": [
                    {"svg": svg, "title": title, "caption": caption} | self.place(refs)
                    for svg, title, caption, refs in drawn
                ],
            }
        )

    def table(
        self,
        title: str,
        head: Sequence[str],
        rows: Sequence[tuple[Sequence[str | Localised], Iterable[int]]],
        *,
        caption: str = "",
    ) -> None:
        """Adds a table; the records of a row are cited in its first cell."""
        self.add(
            {
                "type": "table",
                "title": title,
                "head": list(head),
                "caption": caption,
                "rows": [
                    {"cells": [words(cell) for cell in cells]} | self.place(refs)
                    for cells, refs in rows
                ],
            }
        )

    def records(self) -> list[dict[str, Any]]:
        """The records in order, as listed at the end of the report."""
        return [
            {
                "n": record.number,
                "code": record.kind,
                "id": record.record_id,
                "kind": str(RecordKind(record.kind).label),
                "title": words(record.title),
                "url": record.url,
                "said": record.version_text,
            }
            for record in self.reads.values()
        ]


def _runs(numbers: Sequence[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for ref in numbers:
        if runs and runs[-1][-1] == ref - 1:
            runs[-1].append(ref)
        else:
            runs.append([ref])
    return runs


def _cite(run: Sequence[int], by_number: Mapping[int, Read]) -> dict[str, Any]:
    """The citation of a run of records: a single one links to its version, several to the list."""
    if len(run) == 1:
        return {"n": run[0], "label": str(run[0]), "url": by_number[run[0]].url}
    sign = "–" if len(run) > 2 else ", "
    return {"n": run[0], "label": f"{run[0]}{sign}{run[-1]}", "url": ""}
