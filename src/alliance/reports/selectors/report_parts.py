"""The parts of a report as plain values, which the page and the typesetter read alike.

A chapter is a list of blocks. Each block, and each line within one, that rests on records says
which (`cites`, by their numbers in the list of records at the end) and has a name of its own, `at`:
so a report knows what it read, in which version, and where it says so.
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
#: So many runs of numbers stand behind a sentence; of further ones, how many.
RUNS = 3


@dataclass
class Read:
    """A record that the report read, in which version, and the places that rest on it."""

    number: int
    kind: str
    record_id: str
    version: str
    title: Localised
    url: str
    version_text: str
    places: list[str] = field(default_factory=list)


def stamp(at: dt.datetime) -> str:
    """The version of a record that has no numbers: the moment of its last change."""
    return f"{at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def words(text: str | Localised) -> dict[str, str]:
    """Words with their language where it is not that of the report."""
    if isinstance(text, Localised):
        return {"value": text.value, "lang": text.lang_attr}
    return {"value": str(text), "lang": ""}


def filled(text: str, **values: object) -> str:
    """Words with their values in place, numbers as the language in use writes them."""
    return text % {
        name: number(value) if isinstance(value, int) else value for name, value in values.items()
    }


def short(text: Localised, most: int = 420) -> Localised:
    """The first sentences of a text, whole ones, of at most so many characters where it can be."""
    value = text.value
    if len(value) <= most:
        return text
    end = max(value.rfind(sign, 0, most) for sign in (". ", "! ", "? "))
    cut = value[: end + 1] if end > most // 3 else value[:most].rsplit(" ", 1)[0] + " …"
    return Localised(cut, text.lang_attr)


class Writer:
    """Writes one report in one language: chapters, and the list of all records they read."""

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
        # What editors wrote stands first in each chapter, whatever a program finds to write there.
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
        """Note that a record is read; its number. `version_text`: its version in words."""
        title = title if isinstance(title, Localised) else Localised(title)
        known = self.reads.setdefault(
            (kind, record_id),
            Read(len(self.reads) + 1, kind, record_id, version, title, url, version_text),
        )
        return known.number

    def case(self, case: CaseStudy) -> int:
        """Note a case as `knowledge.services.as_of` gives it."""
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
        """Note a record that has no numbered versions, as last changed at a moment."""
        return self.read(
            kind,
            record.public_id,
            stamp(at),
            title,
            self.address(route, record.public_id),
            _("as of %(day)s") % {"day": day(at.date())},
        )

    def revised(self, record: Solution | Method) -> int:
        """Note a solution or method by the revisions of its words; a verdict follows from cases."""
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
        """The whole address of a page, in the language of the report."""
        return settings.BASE_URL + reverse(route, args=args)

    # -- chapters -------------------------------------------------------------------------------

    def chapter(self, code: str) -> None:
        """Go on in a chapter."""
        self._blocks = self._chapters[code]["blocks"]

    def chapters(self) -> list[dict[str, Any]]:
        """The chapters in which something stands, in their order."""
        return [chapter for chapter in self._chapters.values() if chapter["blocks"]]

    def add(self, block: Block) -> None:
        """Add a block to the chapter that was begun last."""
        self._blocks.append(block)

    def place(self, refs: Iterable[int]) -> dict[str, Any]:
        """A place of its own that rests on records: its name, and how it cites them."""
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
            # The data annex has them all.
            cites.append({"n": runs[RUNS][0], "label": f"+{rest}", "url": ""})
        return {"at": name, "cites": cites}

    def paragraph(
        self, text: str | Localised, refs: Iterable[int] = (), *, lead: bool = False
    ) -> None:
        """A paragraph."""
        self.add({"type": "lead" if lead else "para", "text": words(text)} | self.place(refs))

    def heading(self, text: str | Localised) -> None:
        """A heading within the chapter."""
        self.add({"type": "heading", "text": words(text)})

    def items(self, lines: Sequence[Block], *, otherwise: str = "") -> None:
        """A list: each line as `line` makes it. `otherwise`: what is said where there is none."""
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
        """A line of a list: a name, which may lead somewhere, and what is said of it. `code`: of
        a verdict or an outcome, for its mark."""
        name = words(label)
        # A colon follows it.
        name["value"] = name["value"].rstrip(".")
        block = {"text": words(text), "label": name, "url": url, "note": note, "code": code}
        return block | self.place(refs)

    def case_line(self, case: CaseStudy, text: str | Localised, *, note: str = "") -> Block:
        """A line about a case: its title leads to it, and its outcome has a mark."""
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
        """A figure: `title` says what it shows, `caption` how to read it."""
        self.add(
            {"type": "picture", "svg": svg, "title": title, "caption": caption} | self.place(refs)
        )

    def pictures(self, drawn: Sequence[tuple[str, str, str, Iterable[int]]]) -> None:
        """Small figures side by side: svg, title, caption and records of each."""
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
        """A table; the records of a row are cited in its first cell."""
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
        """The records in their order, as the end of the report lists them."""
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
    """How a run of records is cited: a single one leads to its version, several to the list."""
    if len(run) == 1:
        return {"n": run[0], "label": str(run[0]), "url": by_number[run[0]].url}
    sign = "–" if len(run) > 2 else ", "
    return {"n": run[0], "label": f"{run[0]}{sign}{run[-1]}", "url": ""}
