"""Importing figures of areas: people by group, burdens, benefits and means, from a table."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from alliance.analysis.equity.values import PERCENT, SHARES, is_of
from alliance.core import audit
from alliance.core.archives import is_packed
from alliance.core.errors import Fault, InvalidData, NotAllowed, refuse
from alliance.core.files import texts
from alliance.core.files.numerals import as_number, decimal_mark
from alliance.core.files.rows import Formula, Limits
from alliance.core.files.tables import table_rows
from alliance.equity import rules
from alliance.equity.enums import ExposureKind, Quantity
from alliance.equity.models import AreaSet, Exposure, PopulationGroup
from alliance.equity.services import measuring, releases
from alliance.equity.services.areas import MOST_AREAS, check_source

_note = audit.noting("areas")
MOST_BYTES = 10_000_000
MOST_COLUMNS = 60
PEOPLE = "people"
_MARGINS = (" ±", "_moe", " moe", "_margin", " margin")
_YEARS = frozenset({"year", "år", "ar", "année", "annee"})
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_NAMES = frozenset({"name", "namn", "nom", "desonamn", "nom_iris", "libelle"})
#: Usual names of the column of all people, if none was named.
EVERYONE = ("population", "total", "_t", "befolkning", "folkmängd", "ind")


@dataclass(frozen=True)
class About:
    """The description of a table of figures: `what` is `PEOPLE` or a kind of `ExposureKind`, whose
    `quantity` distinguishes present levels from changes and costs of an action.

    `everyone` names the column of all people, `trait` what distinguishes the groups.
    """

    what: str
    year: int
    source: str
    licence: str
    url: str = ""
    unit: str = ""
    trait: str = ""
    everyone: str = ""
    quantity: str = Quantity.LEVEL.value


@dataclass(frozen=True)
class _Table:
    """Numbers by column and area, shape (n areas,) each; None is not known."""

    columns: dict[str, list[float | None]]
    margins: dict[str, list[float | None]]


def bring_figures(
    area_set: AreaSet, about: About, content: bytes, *, actor: audit.Actor, at: dt.datetime
) -> AreaSet:
    """Import the columns of a table; existing ones of the same year are replaced.

    The first column contains codes of areas. A column “NAME ±” contains the 90 % margins of error
    of the column NAME. Raises InvalidData naming cells, and NotAllowed. Of a faulty table nothing
    is stored.
    """
    if not rules.may_edit(actor, area_set):
        raise NotAllowed(_("You need to be an editor of the city’s municipality to do this."))
    check_source(about.url)
    table = _read(area_set, content, about.year)
    fields: dict[str, Any] = {
        "source": about.source,
        "url": about.url,
        "licence": about.licence,
        "made_by": actor.user,
        "made_at": at,
    }
    made: list[PopulationGroup | Exposure] = []
    if about.what == PEOPLE:
        everyone = _everyone(area_set, table, about)
        for code, values in table.columns.items():
            is_everyone = code == everyone
            made.append(
                PopulationGroup(
                    area_set=area_set,
                    is_everyone=is_everyone,
                    trait="" if is_everyone else about.trait,
                    **_column(code, about.year, values, table.margins),
                    **fields,
                )
            )
    else:
        if about.quantity == Quantity.COST and about.what != ExposureKind.BURDEN:
            raise InvalidData([Fault("quantity", "figures-cost")])
        _check_unit(table, about.unit, lowest=0 if about.quantity == Quantity.LEVEL else -1)
        for code, values in table.columns.items():
            made.append(
                Exposure(
                    area_set=area_set,
                    kind=about.what,
                    quantity=about.quantity,
                    unit=about.unit,
                    **_column(code, about.year, values, table.margins),
                    **fields,
                )
            )
    for figure in made:
        figure.full_clean(
            exclude=["area_set", "made_by", "values", "margins"], validate_constraints=False
        )
    with transaction.atomic():
        before = releases.releases_of(area_set, about.year) if about.what == PEOPLE else []
        if about.what == PEOPLE:
            releases.set_aside(area_set, about.year, at=at)
        for figure in made:
            _there(figure).delete()
        for figure in made:
            figure.save()
        if about.what == PEOPLE:
            brought = {
                releases.key_of(figure) for figure in made if isinstance(figure, PopulationGroup)
            }
            releases.refuse_disclosive_counts(area_set, about.year, before, brought=brought)
        area_set.changed_at = at
        area_set.save(update_fields=["changed_at"])
        _note(area_set, "figures", actor=actor, at=at, what=about.what, columns=len(made))
    return measuring.measure_or_leave(area_set, at=at)


def _there(figure: PopulationGroup | Exposure) -> QuerySet[Any]:
    """What a new column replaces. Columns of all people replace each other."""
    if isinstance(figure, Exposure):
        return Exposure.objects.filter(
            area_set=figure.area_set, code=figure.code, year=figure.year, quantity=figure.quantity
        )
    rows = PopulationGroup.objects.filter(area_set=figure.area_set, year=figure.year)
    if figure.is_everyone:
        return rows.filter(is_everyone=True)
    return rows.filter(code=figure.code, trait=figure.trait)


def _column(
    code: str, year: int, values: list[float | None], margins: Mapping[str, list[float | None]]
) -> dict[str, Any]:
    return {
        "code": code.casefold()[:60],
        "name": code[:120],
        "year": year,
        "values": values,
        "margins": margins.get(code, []),
    }


def _read(area_set: AreaSet, content: bytes, year: int) -> _Table:  # noqa: C901
    """The numbers of a table in the order of the areas. Raises InvalidData."""
    rows = table_rows(content, limits=Limits(rows=MOST_AREAS, columns=MOST_COLUMNS * 2))
    head = next(rows, None)
    names = [] if head is None else [str(cell or "").strip() for cell in head.cells]
    low = [name.casefold() for name in names]
    wanted = [at for at, name in enumerate(low) if at and name and name not in _NAMES | _YEARS]
    if not wanted:
        raise InvalidData([Fault("file", "figures-no-columns")])
    twice = [name for at, name in enumerate(names) if at in wanted and low.index(low[at]) < at]
    refuse([Fault(name, "figures-column-twice") for name in twice])
    places = dict(area_set.areas.values_list("code", "number"))
    cells: dict[int, list[float | None]] = {at: [None] * len(places) for at in wanted}
    written: dict[int, list[tuple[int, str, Any]]] = {at: [] for at in wanted}
    faults: list[Fault] = []
    years: set[str] = set()
    seen: set[str] = set()
    for _sheet, number, line in rows:
        code = _text(line[0] if line else None)
        if code not in places or code in seen:
            wrong = "figures-area-twice" if code in seen else "figures-unknown-area"
            faults.append(Fault(_("row %(row)s") % {"row": number}, wrong, {"area": code}))
            continue
        seen.add(code)
        if any(_text(value) for value in line[len(names) :]):
            faults.append(Fault(_("row %(row)s") % {"row": number}, "figures-more-cells"))
        for at, value in enumerate(line[: len(names)]):
            if low[at] in _YEARS:
                years.add(_text(value))
            elif at in cells:
                written[at].append((number, code, value))
    # A workbook has none: numbers written as text may be in the format of any country.
    delimiter = "" if is_packed(content) else texts.delimiter_of(content[:10_000].decode("latin-1"))
    for at, column in written.items():
        mark = decimal_mark(value for _row, _code, value in column if isinstance(value, str))
        for number, code, value in column:
            try:
                cells[at][places[code]] = _number(value, mark, delimiter)
            except ValueError:
                where = _("row %(row)s, column %(column)s") % {"row": number, "column": names[at]}
                faults.append(Fault(where, "figures-no-number", {"value": _text(value)}))
    # The same figure of two years side by side, such as “NO2 2020” and “NO2 2025”.
    bare = Counter(_YEAR.sub("", low[at]) for at in wanted if _YEAR.search(low[at]))
    for at in wanted:
        if bare[_YEAR.sub("", low[at])] > 1:
            years |= set(_YEAR.findall(low[at]))
    if years - {str(year)}:
        faults.append(Fault("file", "figures-mixed-years", {"years": sorted(years)}))
    columns: dict[str, list[float | None]] = {}
    margins: dict[str, list[float | None]] = {}
    for at, values in cells.items():
        ending = next((margin for margin in _MARGINS if low[at].endswith(margin)), "")
        own = names[at][: len(names[at]) - len(ending)].strip()
        if ending:
            bad = own not in names or any(value is not None and value < 0 for value in values)
            if bad:
                faults.append(Fault(names[at], "figures-margin"))
            margins[own] = values
        else:
            if all(value is None for value in values):
                faults.append(Fault(names[at], "figures-empty"))
            columns[names[at]] = values
    refuse(faults[:100])
    return _Table(columns, margins)


def _text(value: Any) -> str:
    if value is None or value is Formula.NO_RESULT:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _number(value: Any, mark: str, delimiter: str) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else as_number(_text(value), mark, delimiter=delimiter)


def _everyone(area_set: AreaSet, table: _Table, about: About) -> str:
    """The name of the column of all people, empty if it exists already. Raises InvalidData."""
    by_low = {name.casefold(): name for name in table.columns}
    asked = about.everyone.strip().casefold()
    everyone_column = next(
        (
            by_low[candidate]
            for candidate in ([asked] if asked else EVERYONE)
            if candidate in by_low
        ),
        "",
    )
    before = area_set.groups.filter(is_everyone=True, year=about.year).first()
    if not everyone_column and before is None:
        raise InvalidData([Fault("everyone", "figures-no-everyone")])
    whole = table.columns[everyone_column] if everyone_column else before.values  # type: ignore[union-attr]
    codes = list(area_set.areas.order_by("number").values_list("code", flat=True))
    faults: list[Fault] = []
    for name, values in table.columns.items():
        if not any(values):
            faults.append(Fault(name, "figures-nobody"))
        elif _are_parts(values) or (
            name == everyone_column and max(value or 0 for value in values) <= 1
        ):
            faults.append(Fault(name, "figures-shares-of-people"))
        for code, count, people in zip(codes, values, whole, strict=True):
            where = _("area %(area)s, column %(column)s") % {"area": code, "column": name}
            if count is not None and count < 0:
                faults.append(Fault(where, "figures-below-0"))
            elif count is not None and people is not None and count > people:
                params = {"n": count, "all": people}
                faults.append(Fault(where, "figures-more-than-all", params))
    refuse(faults[:100])
    return everyone_column


def _are_parts(values: Sequence[float | None]) -> bool:
    """Whether a column looks like shares or percentages rather than numbers of people."""
    known = [value for value in values if value]
    n_broken = sum(not value.is_integer() for value in known)
    return bool(known) and max(known) <= 100 and 2 * n_broken > len(known)


def _check_unit(table: _Table, unit: str, *, lowest: int) -> None:
    """Refuse shares above 1, and shares instead of percentages. `lowest`: -1 for changes."""
    faults = []
    for name, values in table.columns.items():
        known = [value for value in values if value is not None]
        if is_of(SHARES, unit) and not all(lowest <= value <= 1 for value in known):
            faults.append(Fault(name, "figures-share"))
        if (
            lowest == 0
            and is_of(PERCENT, unit)
            and max(known) <= 1
            and any(0 < value < 1 for value in known)
        ):
            faults.append(Fault(name, "figures-percent"))
    refuse(faults)
