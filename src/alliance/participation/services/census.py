"""Who took part against the census; and what is forgotten of people once a process is over."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from alliance.analysis.small_counts import TOTAL, hidden_cells
from alliance.analysis.taking_part import Share, wilson
from alliance.core import audit
from alliance.core.errors import Fault, NotAllowed, refuse
from alliance.core.files.rows import Limits
from alliance.core.files.tables import table_rows
from alliance.core.text import fold
from alliance.participation import rules
from alliance.participation.enums import AgeBand, ProcessState, Sex, Tenure, Trait
from alliance.participation.models import CensusCount, Participant, Process
from alliance.participation.services.processes import locked

_note = audit.noting("process")
MOST_ROWS = 200
MOST_BYTES = 1_000_000
#: What the categories of age, sex and home are called.
LABELS = dict([*AgeBand.choices, *Sex.choices, *Tenure.choices])
#: So far the sums of age and sex may lie apart: registers round.
APART = 0.01
CODES = {
    Trait.AGE.value: AgeBand.values,
    Trait.SEX.value: Sex.values,
    Trait.TENURE.value: Tenure.values,
}
#: So long after the answer, or the closing where none came, people are forgotten.
KEPT_AFTER_ANSWER, KEPT_WITHOUT_ANSWER = dt.timedelta(days=180), dt.timedelta(days=730)


def table_of(content: bytes) -> str:
    """The census table in a file, CSV with commas, semicolons or tabs, or a workbook, as text for
    `take_census`. Raises InvalidData naming `file`."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in table_rows(content, limits=Limits(rows=MOST_ROWS + 1)):
        cells = ["" if cell is None else _as_text(cell) for cell in row.cells]
        while cells and not cells[-1]:
            cells.pop()
        writer.writerow(cells)
    return out.getvalue()


def _as_text(cell: object) -> str:
    """A cell; workbooks keep whole numbers as 5120.0."""
    whole = isinstance(cell, float) and cell.is_integer()
    return str(int(cell) if whole else cell).strip()  # type: ignore[call-overload]


def take_census(process: Process, table: str, *, actor: audit.Actor, at: dt.datetime) -> int:
    """Take the census table of a process in place of an earlier one; how many rows it has.

    Each line is `trait,category,people`: `age_band,18-29,5120`. Traits are those of `Trait`,
    categories of age, sex and home their codes, parts of the city as residents call them. Raises
    InvalidData naming lines, or that age and sex do not add up to the same; NotAllowed.
    """
    if not rules.may_run(actor, process):
        raise NotAllowed(_("Only editors of the city’s municipality do this."))
    faults: list[Fault] = []
    found: dict[tuple[str, str], int] = {}
    lines = [row for row in csv.reader(table.strip().splitlines()) if any(map(str.strip, row))]
    if lines and lines[0][0].strip().casefold() == "trait":
        lines = lines[1:]
    if not 0 < len(lines) <= MOST_ROWS:
        faults.append(Fault("table", "census-rows", {"most": MOST_ROWS}))
    for number, row in enumerate(lines[:MOST_ROWS], start=1):
        cells = [cell.strip() for cell in row]
        if len(cells) != 3 or cells[0] not in Trait.values or not cells[2].isdecimal():
            faults.append(Fault("table", "census-line", {"line": number}))
        elif not cells[1] or len(cells[1]) > 120 or cells[1] not in CODES.get(cells[0], cells[1:2]):
            faults.append(Fault("table", "census-category", {"line": number}))
        elif (cells[0], cells[1]) in found or int(cells[2]) > 100_000_000:
            faults.append(Fault("table", "census-line", {"line": number}))
        else:
            found[cells[0], cells[1]] = int(cells[2])
    sums = {
        trait: sum(n for (one, _category), n in found.items() if one == trait)
        for trait in (Trait.AGE.value, Trait.SEX.value)
    }
    if (
        not faults
        and all(sums.values())
        and (abs(sums["age_band"] - sums["sex"]) > APART * max(sums.values()))
    ):
        faults.append(Fault("table", "census-sums", {"age": sums["age_band"], "sex": sums["sex"]}))
    refuse(faults)
    with transaction.atomic():
        current = locked(process)
        current.census.all().delete()
        CensusCount.objects.bulk_create(
            CensusCount(process=current, trait=trait, category=category, people=n)
            for (trait, category), n in found.items()
        )
        _note(current, "census", actor=actor, at=at, rows=len(found))
    return len(found)


@dataclass(frozen=True)
class Line:
    """One kind of people: `share` of those who said it, None where the count is hidden."""

    label: str
    share: Share | None
    census: float | None
    category: str = ""


@dataclass(frozen=True)
class Part:
    """Those who took part by one trait; `n` said it, None where that would tell a hidden count."""

    label: str
    lines: tuple[Line, ...]
    n: int | None
    trait: str = ""


def who_took_part(process: Process) -> list[Part]:
    """Participants by each trait, beside the census; small counts are hidden with what would give
    them away. Two queries."""
    census: dict[str, dict[str, int]] = {}
    for row in process.census.all():
        census.setdefault(row.trait, {})[row.category] = row.people
    rows = Participant.objects.filter(process=process).values_list(*Trait.values)
    said = rows.annotate(n=Count("pk")).order_by()
    counts: dict[str, dict[str, int]] = {trait: {} for trait in Trait.values}
    for *values, n in said:
        for trait, value in zip(Trait.values, values, strict=True):
            if value:
                key = category_of(value, census.get("area", {})) if trait == "area" else value
                counts[trait][key] = counts[trait].get(key, 0) + n
    labels = {**LABELS, "": _("elsewhere")}
    parts = []
    for trait in Trait:
        people = counts[trait.value]
        total = sum(people.values())
        if not total or (trait == Trait.AREA and not census.get(trait.value)):
            continue
        whole = census.get(trait.value, {})
        names = list(whole) or [one for one in CODES[trait.value] if one in people]
        names += [one for one in people if one not in names]
        cells: dict[Any, float | None] = {(one,): people.get(one, 0) for one in names}
        hidden = hidden_cells(cells | {(TOTAL,): total}, floor=settings.PRIVACY_FLOOR)
        lines = []
        for name in names:
            share = whole[name] / sum(whole.values()) if whole.get(name) is not None else None
            is_shown = (name,) not in hidden and (TOTAL,) not in hidden
            found = wilson(people.get(name, 0), total, census=share) if is_shown else None
            lines.append(Line(str(labels.get(name, name)), found, share, name))
        n = None if (TOTAL,) in hidden else total
        parts.append(Part(str(trait.label), tuple(lines), n, trait.value))
    return parts


def category_of(area: str, known: Mapping[str, int]) -> str:
    """The category of the census that somebody means; empty for none of them."""
    named = {fold(one).casefold(): one for one in known}
    return named.get(fold(area.strip()).casefold(), "")


def clear_old(*, at: dt.datetime) -> dict[str, int]:
    """Forget who took part in processes that are long over: accounts, addresses, cookies, who
    typed in. Texts, votes and traits stay, without a way to a person. Answers with the numbers of
    processes and of leftovers, which must be 0."""
    due = Q(answered_at__lt=at - KEPT_AFTER_ANSWER) | Q(
        state=ProcessState.CLOSED, closed_at__lt=at - KEPT_WITHOUT_ANSWER
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
    """Participants of processes that were cleared who can still be found by name or browser."""
    traces = Q(user__isnull=False) | ~Q(email="") | Q(token_digest__isnull=False)
    traces |= Q(entered_by__isnull=False)
    return Participant.objects.filter(traces, process__cleared_at__isnull=False).count()
