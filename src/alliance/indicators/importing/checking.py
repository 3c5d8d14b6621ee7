"""From a table to figures: every cell is understood or is a fault that names it and the rule."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np
from django.db.models import Q

from alliance.core.errors import BrokenRule, Fault
from alliance.core.text import fold
from alliance.indicators.enums import WITHOUT_VALUE, Boundary, CodeScheme, Status
from alliance.indicators.importing import cells
from alliance.indicators.importing.definitions import Conversion, Definitions
from alliance.indicators.importing.mapping import Long, map_columns, one_row_a_figure
from alliance.indicators.importing.options import FlagMeaning, Options
from alliance.indicators.importing.report import Report
from alliance.indicators.importing.tables import Findings, Table, is_blank
from alliance.indicators.models import CityCode
from alliance.indicators.recording.figure_faults import FigureFault, figure_faults
from alliance.indicators.recording.figures import Coded, FigureTable, Flags, Numbers, Rows, groups
from alliance.indicators.recording.recording import latest_versions
from alliance.network.models import City

_AT_ONCE = 500
#: Unknown codes for which candidates are looked for; the others only get the rule.
MOST_SOUGHT = 40
_CANDIDATES = 5


def _parts(values: Collection[str]) -> Iterator[list[str]]:
    ordered = sorted(set(values))
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]


class Cities:
    """The cities that codes of some schemes stand for."""

    def __init__(self, wanted: Iterable[tuple[str, str]]):
        self._by_code: dict[tuple[str, str], int] = {}
        self._sought = 0
        codes: dict[str, set[str]] = {}
        for scheme, code in wanted:
            codes.setdefault(scheme, set()).add(code)
        for scheme, some in codes.items():
            for part in _parts(some):
                rows = CityCode.objects.filter(scheme=scheme, code__in=part)
                for code, city in rows.values_list("code", "city_id"):
                    self._by_code[scheme, code] = city
                if scheme == CodeScheme.ALLIANCE:
                    cities = City.objects.filter(public_id__in=part)
                    for code, city in cities.values_list("public_id", "pk"):
                        self._by_code[scheme, code] = city

    def find(self, scheme: str, code: str) -> int:
        """The primary key of the city. Raises BrokenRule, with candidates."""
        found = self._by_code.get((scheme, code))
        if found is not None:
            return found
        if not code:
            raise BrokenRule("missing")
        told = {"value": code, "scheme": scheme}
        self._sought += 1
        candidates = list(self._candidates(scheme, code)) if self._sought <= MOST_SOUGHT else []
        if candidates:
            near = "; ".join(candidates[:_CANDIDATES])
            raise BrokenRule("city-code-near", {**told, "candidates": near})
        raise BrokenRule("no-city-code", told)

    def _candidates(self, scheme: str, code: str) -> Iterator[str]:
        seen = set()
        for row in self._alike(scheme, code):
            text = f"{row.scheme} {row.code} ({row.city.name})"
            if text not in seen:
                seen.add(text)
                yield text

    def _alike(self, scheme: str, code: str) -> Iterator[CityCode]:
        """Codes near it: with or without a leading zero, in another scheme, by name, by spelling.

        Same scheme first.
        """
        rows = CityCode.objects.select_related("city").order_by("scheme", "code")
        variants = {code, f"0{code}", code.lstrip("0"), code.upper(), code.lower()} - {""}
        found = list(rows.filter(code__in=variants))
        found.sort(key=lambda row: row.scheme != scheme)
        yield from found
        if code.isdigit():
            return
        names = difflib.get_close_matches(
            fold(code).casefold(), self._names, n=_CANDIDATES, cutoff=0.8
        )
        cities = {pk for name in names for pk in self._names[name]}
        either = Q(scheme=scheme) | Q(scheme=CodeScheme.ALLIANCE)
        of_cities = list(rows.filter(either, city__in=cities))
        of_cities.sort(key=lambda row: row.scheme != scheme)
        yield from of_cities
        near = difflib.get_close_matches(code, self._codes(scheme), n=_CANDIDATES, cutoff=0.8)
        yield from rows.filter(scheme=scheme, code__in=near)

    @cached_property
    def _names(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        fields = ("pk", "name", "name_fr", "name_sv", "aliases")
        for pk, *names, aliases in City.objects.values_list(*fields):
            for name in {fold(one).casefold() for one in (*names, *aliases) if one}:
                found.setdefault(name, []).append(pk)
        return found

    def _codes(self, scheme: str) -> list[Any]:
        known: dict[str, list[Any]] = self.__dict__.setdefault("_known_codes", {})
        if scheme not in known:
            rows = CityCode.objects.filter(scheme=scheme)
            known[scheme] = list(rows.values_list("code", flat=True))
        return known[scheme]


#: Where figures come from: title, address, licence.
Source = tuple[str, str, str]
Say = Callable[[str], None]


@dataclass(frozen=True)
class Checked:
    """Figures without a fault. Their `source` still holds `Source` tuples, not primary keys."""

    figures: FigureTable
    report: Report
    numbers: Any


def check(
    table: Table,
    options: Options,
    *,
    today: dt.date,
    only_cities: Collection[int] | None = None,
    say: Say = lambda step: None,
) -> Checked:
    """The figures of a table. Raises InvalidData naming every cell at fault and its rule.

    `only_cities` are the primary keys of the cities that figures may be brought of; None means
    all. `say` is told what is being done.
    """
    options.check()
    findings = Findings(table.sheet, table.path)
    mapping = map_columns(table, options, findings)
    findings.raise_any()
    long = one_row_a_figure(table, mapping)
    reading = _Reading(long, options, findings)
    if not len(long.table):
        findings.table("no-figures")
        findings.raise_any()
    say("cells")
    figures, conversions, decimal = reading.figures(only_cities)
    findings.raise_any()
    say("rules")
    _check_figures(figures, reading, today)
    findings.raise_any()
    stated = options.flag_meanings()
    return Checked(
        figures,
        Report(
            format=table.format,
            sheet=table.sheet,
            layout="wide" if mapping.periods else "long",
            notes=table.notes,
            decimal=decimal,
            n_figures=len(figures),
            n_cities=len(np.unique(figures.city.codes)),
            n_definitions=len(np.unique(figures.definition.codes)),
            first_period=min(figures.period.words),
            last_period=max(figures.period.words),
            columns=(
                *((column, role) for role, column in mapping.roles.items()),
                *((column, "value") for column in mapping.periods),
            ),
            left_out=mapping.left_out,
            left_empty=long.left_empty,
            n_missing=int(np.isnan(figures.value).sum()),
            units_taken=tuple(
                dict.fromkeys((one.definition, one.unit) for one in conversions if not one.given)
            ),
            conversions=tuple(dict(vars(one)) for one in dict.fromkeys(conversions) if one.changes),
            flags=tuple(
                (flag, " ".join(filter(None, (one.status, one.quality, one.method))))
                for flag, one in stated.items()
            ),
            edition=options.edition,
        ),
        long.table.rows,
    )


class _Reading:
    """Reads the columns of a table, noting faults on the way."""

    def __init__(self, long: Long, options: Options, findings: Findings):
        self.table, self.roles, self.options = long.table, long.roles, options
        self.value_names, self.findings = long.value_names, findings
        self.length = len(long.table)

    def fault(self, role: str, rows: Any, rule_of: Callable[[int], BrokenRule]) -> None:
        """A fault in each of `rows`, in the column that says `role`."""
        if role == "value" or (role == "period" and role in self.roles and self._is_wide):
            for code, name in enumerate(self.value_names.words):
                some = rows[self.value_names.codes[rows] == code]
                if len(some):
                    self.findings.cells(some, self.table.rows, name, rule_of)
        else:
            name = self.roles.get(role, "")
            self.findings.cells(rows, self.table.rows, name, rule_of)

    @property
    def _is_wide(self) -> bool:
        return self.roles["value"].startswith("\x00")

    def text(self, role: str, default: str = "") -> Coded:
        """A column as text; a cell without one, or no such column, says `default`."""
        if role not in self.roles:
            return Coded.constant(default, self.length)
        return self.table.column(self.roles[role]).mapped(
            lambda cell: cells.read_text(cell) or default
        )

    def read(self, role: str, column: Coded, reader: Callable[[Any], Any], failed: Any) -> Coded:
        """The column with each word read; faults where that fails, and `failed` in their place."""
        faults: dict[int, BrokenRule] = {}
        words = []
        for code, word in enumerate(column.words):
            try:
                words.append(reader(word))
            except BrokenRule as error:
                faults[code] = error
                words.append(failed)
        if faults:
            bad = np.flatnonzero(np.isin(column.codes, list(faults)))
            self.fault(role, bad, lambda row: faults[int(column.codes[row])])
        return Coded(column.codes, tuple(words))

    def pairs(
        self, role: str, columns: tuple[Coded, ...], reader: Callable[..., Any], failed: Any
    ) -> Coded:
        """What several columns say together, each combination read once."""
        numbers, first = groups(columns)
        words = tuple(tuple(column[row] for column in columns) for row in first)
        return self.read(
            role, Coded(numbers.astype(np.int32), words), lambda word: reader(*word), failed
        )

    def figures(
        self, only_cities: Collection[int] | None
    ) -> tuple[FigureTable, list[Conversion], str]:
        """The figures, the conversions made and the decimal mark."""
        options = self.options
        self.read("action", self.text("action"), cells.read_action, None)
        definition, conversions = self._definitions()
        flags = self._flags()
        status = self._status(flags)
        value, decimal = self._values(status)
        status = self._without(value, status)
        errors = self._errors(decimal)
        factor = np.array([one.factor for one in conversions.words])[conversions.codes]
        offset = np.array([one.offset for one in conversions.words])[conversions.codes]
        value = value * factor + offset
        period = self.table.column(self.roles["period"])
        quality, method = self._with_flags(flags)
        figures = FigureTable(
            city=self._cities(only_cities),
            definition=definition,
            period=self.read("period", period, cells.read_period, "2000"),
            value=value,
            status=status,
            boundary=self.text("boundary", options.boundary or Boundary.UNKNOWN.value),
            **{
                name: self.text(name).mapped(cells.read_dimension)
                for name in ("sex", "age", "income", "area")
            },
            standard_error=errors * factor,
            quality=quality,
            definition_number=Coded.constant(None, self.length),
            method=method,
            source=self._sources(),
        )
        return figures, list(conversions.words), decimal

    def _cities(self, only: Collection[int] | None) -> Coded:
        scheme = self.text("scheme", self.options.scheme or CodeScheme.ALLIANCE.value)
        code = self.text("city")
        _numbers, first = groups((scheme, code))
        cities = Cities({(scheme[row], code[row]) for row in first})
        found = self.pairs("city", (scheme, code), cities.find, -1)
        if only is not None:
            others = np.flatnonzero(found.where(lambda pk: pk not in only and pk != -1))
            names = list(City.objects.filter(pk__in=only).values_list("name", flat=True))
            rule = BrokenRule("only-cities", {"cities": names})
            self.fault("city", others, lambda row: rule)
        return found

    def _definitions(self) -> tuple[Coded, Coded]:
        known = Definitions()
        indicator = self.text("indicator", self.options.indicator)
        key = self.text("definition", self.options.definition)
        role = "definition" if "indicator" not in self.roles else "indicator"
        found = self.pairs(role, (indicator, key), known.find, None)
        definition = found.mapped(lambda one: one.pk if one else -1)
        unit, mult = self.text("unit", self.options.unit), self.text("unit_mult")

        def convert(one: Any, given: str, multiplier: str) -> Conversion:
            return known.conversion(one, given, multiplier) if one else _SAME

        conversions = self.pairs(
            "unit" if "unit" in self.roles else "value", (found, unit, mult), convert, _SAME
        )
        return definition, conversions

    def _flags(self) -> Coded:
        """The meaning of each row's flag."""
        meanings = {"": FlagMeaning("")} | self.options.flag_meanings()

        def read(flag: str) -> FlagMeaning:
            if flag not in meanings:
                raise BrokenRule("unknown-flag", {"flag": flag})
            return meanings[flag]

        return self.read("flag", self.text("flag"), read, meanings[""])

    def _status(self, flags: Coded) -> Coded:
        default = self.options.status or Status.NORMAL.value
        status = self.text("status").mapped(cells.read_status)
        return self.pairs(
            "status", (status, flags), lambda own, flag: own or flag.status or default, default
        )

    def _with_flags(self, flags: Coded) -> tuple[Coded, Coded]:
        quality, method = self.text("quality"), self.text("method")
        return (
            self.pairs("quality", (quality, flags), lambda own, flag: own or flag.quality, ""),
            self.pairs("method", (method, flags), lambda own, flag: own or flag.method, ""),
        )

    def _values(self, status: Coded) -> tuple[Numbers, str]:
        column = self.table.column(self.roles["value"])
        missing = {word.casefold() for word in self.options.missing}
        decimal = self.options.decimal or cells.decimal_mark(column.words)

        def read(cell: Any) -> float:
            if is_blank(cell) or (isinstance(cell, str) and cell.casefold() in missing):
                return np.nan
            return cells.read_number(cell, decimal)

        value = self.read("value", column, read, 0.0).per_word_values()
        says_none = status.where(lambda word: word in WITHOUT_VALUE)
        blank = column.where(is_blank) & ~says_none
        if blank.any():
            self.fault("value", np.flatnonzero(blank), lambda row: BrokenRule("empty-figure"))
        return value, decimal or "?"

    def _without(self, value: Numbers, status: Coded) -> Coded:
        """A figure that the file says is missing has status M, unless it says more."""
        none: Flags = np.isnan(value)
        if not none.any():
            return status
        usual = status.where(lambda word: word not in WITHOUT_VALUE)
        words = (*status.words, Status.MISSING.value)
        codes = np.where(none & usual, len(words) - 1, status.codes).astype(np.int32)
        return Coded(codes, words)

    def _errors(self, decimal: str) -> Numbers:
        if "standard_error" not in self.roles:
            return np.full(self.length, np.nan)
        column = self.table.column(self.roles["standard_error"])

        def read(cell: Any) -> float:
            return np.nan if is_blank(cell) else cells.read_number(cell, decimal)

        return self.read("standard_error", column, read, np.nan).per_word_values()

    def _sources(self) -> Coded:
        options = self.options
        title = self.text("source_title", options.source_title)
        url, licence = (
            self.text("source_url", options.source_url),
            self.text("licence", options.licence),
        )

        def read(one: str, address: str, terms: str) -> Source:
            if not one:
                raise BrokenRule("no-source-title")
            if address and not address.startswith(("https://", "http://")):
                raise BrokenRule("not-a-web-address", {"value": address})
            return one[:300], address[:500], terms[:240]

        if not options.source_title and "source_title" not in self.roles:
            self.findings.found.append((0, Fault("source_title", "no-source-title")))
            return Coded.constant(("", "", ""), self.length)
        return self.pairs("source_title", (title, url, licence), read, ("", "", ""))


_SAME = Conversion("", "?", "", 1.0)


def _check_figures(figures: FigureTable, reading: _Reading, today: dt.date) -> None:
    versions = latest_versions(figures)
    for fault in figure_faults(figures, versions, today=today):
        if fault.field:
            reading.fault(fault.field, fault.rows, fault.rule_of)
        else:
            reading.fault("city", fault.rows, partial(_same_as, fault, reading.table.rows))


def _same_as(fault: FigureFault, numbers: Rows, row: int) -> BrokenRule:
    first = fault.rule_of(row).params["row"]
    return BrokenRule("same-figure", {"row": int(numbers[first])})


def with_sources(figures: FigureTable, keys: dict[Source, int]) -> FigureTable:
    """Figures with the primary keys of their sources, -1 for one that is not there yet."""
    return replace(figures, source=figures.source.mapped(lambda one: keys.get(one, -1)))
