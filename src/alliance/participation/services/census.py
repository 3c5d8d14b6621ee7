"""Participants compared with the census; and the deletion of personal data after a process."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.analysis.small_counts import TOTAL, hidden_cells
from alliance.analysis.taking_part import Share, wilson
from alliance.core import audit
from alliance.core.errors import Fault, NotAllowed, refuse
from alliance.core.files.rows import Formula, Limits
from alliance.core.files.tables import table_rows
from alliance.core.text import fold
from alliance.participation import rules
from alliance.participation.enums import AgeBand, ProcessState, Sex, Tenure, Trait
from alliance.participation.models import CensusCount, Issue, Participant, Process
from alliance.participation.services.issuing import outdate
from alliance.participation.services.processes import locked

_note = audit.noting("process")
MOST_ROWS = 200
MOST_BYTES = 1_000_000
#: The labels of the categories of age, sex and home.
LABELS = dict([*AgeBand.choices, *Sex.choices, *Tenure.choices])
#: How far the sums of age and sex may differ, as a share: registers round.
APART = 0.01
CODES = {
    Trait.AGE.value: AgeBand.values,
    Trait.SEX.value: Sex.values,
    Trait.TENURE.value: Tenure.values,
}
#: Further names of categories in tables, in three languages.
WORDS = {
    "age_band": "age group,åldersgrupp,tranche d'âge",
    "sex": "gender,genre",
    "tenure": "housing,tenure,boende,upplåtelseform,bostad,logement,statut d'occupation",
    "area": "district,neighbourhood,stadsdel,område,quartier,secteur",
    "0-17": "0-17,under 18,yngre än 18,moins de 18",
    "65+": "65-,65 plus,65 and over,65 and older,65 eller äldre,65 och äldre,65 et plus,65 ou plus",
    "woman": "women,female,females,kvinnor,femmes",
    "man": "men,male,males,män,hommes",
    "rents": "rent,renting,tenant,tenants,hyr,hyresrätt,locataire,locataires",
    "owns": "own,owner,owners,äger,äganderätt,bostadsrätt,propriétaire,propriétaires",
}
#: Words that accompany an age without meaning.
_YEARS = re.compile(r"\b(years?( old)?|ar|ans)\b")
MOST_PEOPLE = 100_000_000
#: How long after the answer, or the end if there is none, personal data are deleted.
ANSWERED_RETENTION, UNANSWERED_RETENTION = dt.timedelta(days=180), dt.timedelta(days=730)


def take_census(
    process: Process, table: str | bytes, *, actor: audit.Actor, at: dt.datetime
) -> int:
    """Import the census table of a process, replacing an earlier one; returns the number of rows.

    `table`: CSV with commas, semicolons or tabs, or a workbook. Each row is a trait, a category and
    the number of people: `Age,18–29,5120`; the first row may be a header. Traits and categories are
    labels in any language, or codes; parts of the city are as residents call them. Raises
    InvalidData naming rows and cells, or that age and sex have different sums; NotAllowed.
    """
    if not rules.may_run(actor, process):
        raise NotAllowed(_("You need to be an editor of the city’s municipality to do this."))
    counts, faults = read_counts(table)
    people = {of: n for of, (n,) in counts.items()}
    ages, sexes = (
        sum(n for (row_trait, _category), n in people.items() if row_trait == trait)
        for trait in (Trait.AGE, Trait.SEX)
    )
    if not faults and ages and sexes and abs(ages - sexes) > APART * max(ages, sexes):
        faults.append(Fault("table", "census-sums", {"age": ages, "sex": sexes}))
    where = "file" if isinstance(table, bytes) else "table"
    refuse([replace(fault, where=where) for fault in faults])
    with transaction.atomic():
        current = locked(process)
        current.census.all().delete()
        CensusCount.objects.bulk_create(
            CensusCount(process=current, trait=trait, category=category, people=n)
            for (trait, category), n in people.items()
        )
        outdate(current)
        _note(current, "census", actor=actor, at=at, rows=len(people))
    return len(people)


def table_of(process: Process) -> str:
    """The census table of a process for `take_census`, in the reader's language."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in process.census.all():
        label = LABELS.get(row.category, row.category)
        writer.writerow([Trait(row.trait).label, label, row.people])
    return out.getvalue()


def _as_text(cell: object) -> str:
    """A cell as text; workbooks store whole numbers as 5120.0, and 18-29 as no number."""
    whole = isinstance(cell, float) and cell.is_integer()
    return "" if cell is None else str(int(cell) if whole else cell).strip()  # type: ignore[call-overload]


def read_counts(
    table: str | bytes,
    *,
    traits: Collection[str] = Trait.values,
    numbers: int = 1,
    shape: str = "census-line",
) -> tuple[dict[tuple[str, str], list[int]], list[Fault]]:
    """The numbers of people by trait and category, `numbers` for each, with the faults by row and
    cell. `shape`: the code of the fault of a row with the wrong number of cells."""
    content = table.strip().encode() if isinstance(table, str) else table
    rows = list(table_rows(content, limits=Limits(rows=MOST_ROWS)))
    names = {word: code for word, code in _known("").items() if code in traits}
    if rows and not _is_counted(rows[0].cells):
        rows = rows[1:]
    faults: list[Fault] = []
    if not 0 < len(rows) <= MOST_ROWS:
        faults.append(Fault("table", "census-rows", {"most": MOST_ROWS}))
    counts: dict[tuple[str, str], list[int]] = {}
    lines: dict[tuple[str, str], int] = {}
    for _sheet, line, row in rows[:MOST_ROWS]:
        trait, category, *people = cells = [_as_text(cell) for cell in row] + ["", ""]
        cells, people = cells[:-2], people[:-2]

        def wrong(code: str, line: int = line, **params: Any) -> None:
            faults.append(Fault("table", code, {"line": line, **params}))

        if formulas := [n for n, cell in enumerate(row, 1) if cell is Formula.NO_RESULT]:
            wrong("census-formula", cell=formulas[0])
            continue
        if len(people) != numbers or not all(cells):
            wrong(shape)
            continue
        trait_code = names.get(_plain(trait), "")
        if not trait_code:
            known = _listed(Trait(allowed).label for allowed in traits)
            wrong("census-cell", cell=1, said=trait[:40], known=known)
            continue
        codes = CODES.get(trait_code)
        code = _known(trait_code).get(_plain(category)) if codes else category
        if code is None:
            known = _listed(LABELS[category_code] for category_code in codes or ())
            wrong("census-cell", cell=2, said=category[:40], known=known)
            continue
        if len(code) > 120:
            wrong("census-area")
        ns = ["".join(count.split()) for count in people]
        for place, (n, entry) in enumerate(zip(ns, people, strict=True), start=3):
            if not n.isdecimal() or int(n[:12]) > MOST_PEOPLE:
                wrong("census-people", cell=place, said=entry[:40])
        first = lines.setdefault((trait_code, code), line)
        if first != line:
            wrong("census-twice", first=first)
        elif not faults:
            counts[trait_code, code] = [int(n) for n in ns]
    return counts, faults


def _is_counted(cells: list[Any]) -> bool:
    """Whether the first row of a table is data, not a header."""
    trait, *others = [_as_text(cell) for cell in cells]
    return _plain(trait) in _known("") or any(map(str.isdecimal, "".join(others[1:])))


def _listed(labels: Iterable[Any]) -> str:
    return ", ".join(map(str, labels))


def _plain(word: str) -> str:
    """A normalised label: 18–29 år is 18-29."""
    folded = fold(word.replace("–", "-")).casefold()
    return "".join(_YEARS.sub(" ", folded).replace("’", "'").split())


@cache
def _known(trait: str) -> dict[str, str]:
    """The codes of a trait's categories, or of the traits, by their labels in all languages."""
    labels = {code: LABELS[code] for code in CODES[trait]} if trait else dict(Trait.choices)
    codes = {}
    for code, label in labels.items():
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                codes[_plain(str(label))] = code
        for word in (code, *WORDS.get(code, "").split(",")):
            codes[_plain(word)] = code
    codes.pop("", None)
    return codes


@dataclass(frozen=True)
class CensusShare:
    """A category of people: `share` of the `whole` of its part, None if the count is suppressed."""

    label: str
    share: Share | None
    census: float | None
    category: str = ""


@dataclass(frozen=True)
class Part:
    """The participants by one trait. Shares are of the `n` people who stated it; if too few did
    not, `n` is None, and they are of all participants."""

    label: str
    lines: tuple[CensusShare, ...]
    n: int | None
    trait: str = ""

    @property
    def has_census(self) -> bool:
        """Whether the census has this trait."""
        return any(line.census is not None for line in self.lines)


#: The category of people who did not state a trait.
NOT_STATED = "\0"


def people_by(process: Process, issue: Issue) -> dict[str, dict[str, int]]:
    """The people of an issue by trait and category of the census; those without an answer are under
    `NOT_STATED`. One query."""
    areas = dict(process.census.filter(trait=Trait.AREA).values_list("category", "people"))
    people: dict[str, dict[str, int]] = {trait: {} for trait in Trait.values}
    for *values, n in issue.counts:
        for trait, value in zip(Issue.COLUMNS, values, strict=True):
            if trait in people:
                key = category_of(value, areas) if trait == Trait.AREA and value else value
                key = key if value else NOT_STATED
                people[trait][key] = people[trait].get(key, 0) + n
    return people


def hidden_kinds(people: Mapping[str, int]) -> frozenset[str]:
    """The categories whose number of people in an issue is suppressed; the total is known."""
    cells: dict[Any, float | None] = {(name,): n for name, n in people.items()}
    cells.setdefault((NOT_STATED,), 0)
    cells[TOTAL,] = sum(people.values())
    hidden = hidden_cells(cells, floor=settings.PRIVACY_FLOOR)
    # If only the total is unknown, it is the sum of the parts.
    return frozenset(people) if (TOTAL,) in hidden else frozenset(str(name) for (name,) in hidden)


def who_took_part(process: Process) -> list[Part]:
    """The people of the last issue by each trait, with the census; small counts are suppressed,
    with complementary suppression. Empty before there is one. Three queries."""
    issue = process.last_issue
    if issue is None:
        return []
    census: dict[str, dict[str, int]] = {}
    for row in process.census.all():
        census.setdefault(row.trait, {})[row.category] = row.people
    labels = {**LABELS, "": _("elsewhere")}
    parts = []
    for trait, counted in people_by(process, issue).items():
        people = {name: n for name, n in counted.items() if name != NOT_STATED}
        if not people or (trait == Trait.AREA and not census.get(trait)):
            continue
        whole = census.get(trait, {})
        names = list(whole) or [category for category in CODES[trait] if category in people]
        names += [category for category in people if category not in names]
        hidden = hidden_kinds(dict.fromkeys(names, 0) | counted)
        n = None if NOT_STATED in hidden else sum(people.values())
        lines = []
        for name in names:
            share = whole[name] / sum(whole.values()) if whole.get(name) is not None else None
            n_here = people.get(name, 0)
            # Next to suppressed counts, a 0 would reveal of the others that they are not 0.
            is_shown = not hidden or (n_here > 0 and name not in hidden)
            interval = wilson(n_here, n or issue.people, census=share) if is_shown else None
            lines.append(CensusShare(str(labels.get(name, name)), interval, share, name))
        parts.append(Part(str(Trait(trait).label), tuple(lines), n, trait))
    return parts


def category_of(area: str, known: Mapping[str, int]) -> str:
    """The category of the census that matches a person's text; empty for none."""
    named = {fold(category).casefold(): category for category in known}
    return named.get(fold(area.strip()).casefold(), "")


def clear_old(*, at: dt.datetime) -> dict[str, int]:
    """Delete personal data of processes that ended long ago: accounts, addresses, cookies, who
    entered forms. Texts, votes and traits remain, without a link to a person. Returns the numbers
    of processes and of leftovers, which must be 0."""
    due = Q(answered_at__lt=at - ANSWERED_RETENTION) | Q(
        state=ProcessState.CLOSED, closed_at__lt=at - UNANSWERED_RETENTION
    )
    n = 0
    for process in Process.objects.filter(due, cleared_at=None):
        with transaction.atomic():
            process.participants.update(
                user=None, email="", email_confirmed_at=None, token_digest=None, entered_by=None
            )
            Process.objects.filter(pk=process.pk).update(cleared_at=at)
            _note(process, "clear", actor=audit.WORKER, at=at)
        n += 1
    return {"cleared": n, "leftovers": leftovers()}


def leftovers() -> int:
    """The number of participants of cleared processes who can still be identified by name or
    browser."""
    traces = Q(user__isnull=False) | ~Q(email="") | Q(token_digest__isnull=False)
    traces |= Q(entered_by__isnull=False)
    return Participant.objects.filter(traces, process__cleared_at__isnull=False).count()
