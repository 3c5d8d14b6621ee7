"""Validates a table and converts it to figures; each fault names its cell and the rule."""

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
from alliance.core.text import fold, from_csv_cell
from alliance.indicators.enums import WITHOUT_VALUE, Boundary, CodeScheme, Status
from alliance.indicators.importing import cells
from alliance.indicators.importing.definitions import Conversion, Definitions
from alliance.indicators.importing.mapping import Long, map_columns, to_long_format
from alliance.indicators.importing.options import NAMES, FlagMeaning, Options
from alliance.indicators.importing.report import Report
from alliance.indicators.importing.tables import Findings, Table, is_blank
from alliance.indicators.models import CityCode, Definition, ObservationSource
from alliance.indicators.recording.figure_faults import FigureFault, code_faults, meaning_faults
from alliance.indicators.recording.figures import Coded, FigureTable, Flags, Numbers, Rows, groups
from alliance.indicators.recording.recording import (
    EXISTING_SOURCE_ID,
    latest_versions,
    plan_figures,
)
from alliance.network.models import City

_AT_ONCE = 500
#: At most so many unknown codes get suggestions; the others only get the rule.
MOST_SOUGHT = 40
_CANDIDATES = 5


def _parts(values: Collection[str]) -> Iterator[list[str]]:
    ordered = sorted(set(values))
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]


class Cities:
    """The cities that codes of some schemes identify."""

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
        """The primary key of the city. Raises BrokenRule with suggestions."""
        pk = self._by_code.get((scheme, code))
        if pk is not None:
            return pk
        if not code:
            raise BrokenRule("missing")
        params = {"value": code, "scheme": scheme}
        self._sought += 1
        candidates = list(self._candidates(scheme, code)) if self._sought <= MOST_SOUGHT else []
        if candidates:
            near = "; ".join(candidates[:_CANDIDATES])
            raise BrokenRule("city-code-near", {**params, "candidates": near})
        raise BrokenRule("no-city-code", params)

    def _candidates(self, scheme: str, code: str) -> Iterator[str]:
        seen = set()
        for row in self._alike(scheme, code):
            text = f"{row.scheme} {row.code} ({row.city.name})"
            if text not in seen:
                seen.add(text)
                yield text

    def _alike(self, scheme: str, code: str) -> Iterator[CityCode]:
        """Similar codes: with or without a leading zero, in another scheme, by name, by spelling.

        The same scheme comes first.
        """
        rows = CityCode.objects.select_related("city").order_by("scheme", "code")
        variants = {code, f"0{code}", code.lstrip("0"), code.upper(), code.lower()} - {""}
        matches = list(rows.filter(code__in=variants))
        matches.sort(key=lambda row: row.scheme != scheme)
        yield from matches
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
        pks_by_name: dict[str, list[int]] = {}
        fields = ("pk", "name", "name_fr", "name_sv", "aliases")
        for pk, *names, aliases in City.objects.values_list(*fields):
            for name in {fold(spelling).casefold() for spelling in (*names, *aliases) if spelling}:
                pks_by_name.setdefault(name, []).append(pk)
        return pks_by_name

    def _codes(self, scheme: str) -> list[Any]:
        known: dict[str, list[Any]] = self.__dict__.setdefault("_known_codes", {})
        if scheme not in known:
            rows = CityCode.objects.filter(scheme=scheme)
            known[scheme] = list(rows.values_list("code", flat=True))
        return known[scheme]


#: The source of figures: title, address, licence, and publisher if it differs.
Source = tuple[str, ...]
SOURCE = ("title", "url", "licence", "publisher")
#: In a file downloaded from here: the recorded source.
EXISTING_SOURCE: Source = ("", "", "", "")
ProgressCallback = Callable[[str], None]
#: Creates a separate definition for figures of a country that do not fit the given definition.
Own = Callable[[Definition, str, Options], Definition]


@dataclass(frozen=True)
class Checked:
    """Valid figures. Their `source` still holds `Source` tuples, not primary keys.

    `preserved_columns` are columns that the file does not have: recorded values are preserved.
    """

    figures: FigureTable
    report: Report
    numbers: Any
    preserved_columns: tuple[str, ...] = ()


def check(
    table: Table,
    options: Options,
    *,
    today: dt.date,
    only_cities: Collection[int] | None = None,
    own: Own | None = None,
    report_step: ProgressCallback = lambda step: None,
) -> Checked:
    """The figures of a table. Raises InvalidData that names each faulty cell and its rule.

    `only_cities` are the primary keys of the cities whose figures are allowed; None means all.
    `own` creates a definition for figures that do not fit theirs; without it they are faults.
    `report_step` is called with each step.
    """
    options = options.with_defaults(table.defaults)
    options.check()
    findings = Findings(table.sheet, table.path)
    if table.is_inventory:
        table, options = _of_known(table), _with_team_city(options, only_cities)
    mapping = map_columns(table, options, findings)
    findings.raise_any()
    long = to_long_format(table, mapping)
    reading = _Reading(long, options, findings, own)
    findings.faults += table.faults
    if not table.is_own:
        if options.named:
            reading.need_names()
        reading.need_source()
    if not len(long.table):
        if not table.faults:
            findings.table("no-figures")
        findings.raise_any()
    report_step("cells")
    figures, conversions, decimal = reading.figures(only_cities)
    if options.named and table.is_own:
        figures = reading.with_changes(figures)
    report_step("rules")
    # Applied to all readable rows, so that all faults are reported together.
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
            columns=_summed(table)
            if table.is_inventory
            else (
                *((column, role) for role, column in mapping.roles.items()),
                *((column, "value") for column in mapping.periods),
            ),
            left_out=mapping.left_out,
            left_empty=long.left_empty,
            n_missing=int(np.isnan(figures.value).sum()),
            own_definitions=tuple(dict.fromkeys(reading.begun)),
            units_taken=tuple(
                dict.fromkeys(
                    (conversion.definition, conversion.unit)
                    for conversion in conversions
                    if not conversion.given
                )
            ),
            conversions=tuple(
                dict(vars(conversion))
                for conversion in dict.fromkeys(conversions)
                if conversion.changes
            ),
            flags=tuple(
                (flag, " ".join(filter(None, (meaning.status, meaning.quality, meaning.method))))
                for flag, meaning in stated.items()
            ),
            edition=options.edition,
        ),
        long.table.rows,
        reading.preserved_columns,
    )


def _of_known(table: Table) -> Table:
    """The rows of an inventory whose indicators exist here."""
    known = Definitions()
    return table.take(np.flatnonzero(table.column("indicator").where(known.knows)))


def _summed(table: Table) -> tuple[tuple[str, str], ...]:
    """The components summed into each figure of an inventory."""
    names = ("method", "indicator", "value", "unit")
    rows = zip(*(table.column(name).values() for name in names), strict=True)
    return tuple((parts, f"{code}: {value:.6g} {unit}") for parts, code, value, unit in rows)


def _with_team_city(options: Options, only: Collection[int] | None) -> Options:
    """An inventory does not identify its city, so it is assigned to the team's."""
    if options.city or only is None or len(only) != 1:
        return options
    return replace(options, city=City.objects.get(pk=next(iter(only))).public_id)


class _Reading:
    """Reads the columns of a table and collects faults."""

    def __init__(self, long: Long, options: Options, findings: Findings, own: Own | None):
        self.table, self.roles, self.options = long.table, long.roles, options
        self.value_names, self.findings = long.value_names, findings
        self.length = len(long.table)
        self.own = own if options.own_definition else None
        # Keys of definitions that some figures do not fit, each with the new separate definition.
        self.begun: list[tuple[str, str]] = []
        self.bad: Flags = np.zeros(self.length, dtype=bool)
        # Rows whose city or source their definition excludes; their other cells are checked too.
        self.unfit: Flags = np.zeros(self.length, dtype=bool)
        # A file downloaded from here has the recorded figures, in some formats without all columns.
        held = {"standard_error": "standard_error", "quality": "quality", "method": "method"}
        held |= {"source_id": "source_title"}
        self.preserved_columns = tuple(
            name for name, role in held.items() if self.table.is_own and role not in self.roles
        )

    def fault(self, role: str, rows: Any, rule_of: Callable[[int], BrokenRule]) -> None:
        """Adds a fault for each of `rows`, in the column of `role`."""
        self.bad[rows] = True
        if role == "value" or (role == "period" and role in self.roles and self._is_wide):
            for code, name in enumerate(self.value_names.words):
                some = rows[self.value_names.codes[rows] == code]
                if len(some):
                    self.findings.cells(some, self.table.rows, name, rule_of)
        else:
            name = self.roles.get(role, "")
            self.findings.cells(rows, self.table.rows, name, rule_of)

    def need_names(self) -> None:
        """Adds a fault for each attribute of the source that neither a column nor an option has."""
        for name in NAMES:
            if not getattr(self.options, name) and name not in self.roles:
                self.findings.faults.append((0, Fault(name, "missing")))

    def need_source(self) -> None:
        """Adds a fault if neither a column nor an option names the source."""
        if not self.options.source_title and "source_title" not in self.roles:
            self.findings.faults.append((0, Fault("source_title", "no-source-title")))

    def with_changes(self, figures: FigureTable) -> FigureTable:
        """The figures of a downloaded file; new and revised figures need provenance, a source and a
        matching definition, as in any other file.
        """
        plan = plan_figures(
            with_sources(figures, source_keys(figures.source.words)), self.preserved_columns
        )
        rows = np.union1d(plan.added, np.array(list(plan.revised), dtype=np.int64))
        changed: Flags = np.zeros(self.length, dtype=bool)
        changed[rows] = True
        changed &= ~self.bad
        if not changed.any():
            return figures
        self.need_names()
        added: Flags = np.zeros(self.length, dtype=bool)
        added[plan.added] = True
        # Revised figures retain their source; new figures do not have one yet.
        if (added & changed & figures.source.where(lambda source: source == EXISTING_SOURCE)).any():
            self.findings.faults.append((0, Fault("source_title", "no-source-title")))
        of = self._fitted(figures.city, Coded(changed.astype(np.int32), (False, True)))
        return replace(
            figures, definition=of.mapped(lambda definition: definition.pk if definition else -1)
        )

    @property
    def _is_wide(self) -> bool:
        return self.roles["value"].startswith("\x00")

    def text(self, role: str, default: str = "") -> Coded:
        """A column as text; empty cells and missing columns become `default`."""
        if role not in self.roles:
            return Coded.constant(default, self.length)
        is_own = self.table.is_own

        def read(cell: Any) -> str:
            text = cells.read_text(cell)
            return (from_csv_cell(text) if is_own else text) or default

        return self.table.column(self.roles[role]).mapped(read)

    def read(self, role: str, column: Coded, reader: Callable[[Any], Any], failed: Any) -> Coded:
        """Parses each distinct word of a column; invalid words become faults and `failed`."""
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
        """Parses the combined words of several columns, each distinct combination once."""
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
        city = self._cities(only_cities)
        definition, conversions = self._definitions(city)
        flags = self._flags()
        status = self._status(flags)
        value, decimal = self._values(status)
        status = self._without(value, status)
        errors = self._errors(decimal)
        factor = np.array([word.factor for word in conversions.words])[conversions.codes]
        offset = np.array([word.offset for word in conversions.words])[conversions.codes]
        value = value * factor + offset
        period = (
            self.table.column(self.roles["period"])
            if "period" in self.roles
            else Coded.constant(options.period, self.length)
        )
        quality, method = self._with_flags(flags)
        figures = FigureTable(
            city=city,
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
            source=self._sources(definition),
        )
        return figures, list(conversions.words), decimal

    def _cities(self, only: Collection[int] | None) -> Coded:
        # A city in the options is identified by its id on this platform.
        stated_scheme = self.options.scheme if "city" in self.roles else ""
        scheme = self.text("scheme", stated_scheme or CodeScheme.ALLIANCE.value)
        code = self.text("city", self.options.city)
        _numbers, first = groups((scheme, code))
        cities = Cities({(scheme[row], code[row]) for row in first})
        city_column = self.pairs("city", (scheme, code), cities.find, -1)
        if only is not None:
            others = np.flatnonzero(city_column.where(lambda pk: pk not in only and pk != -1))
            names = list(City.objects.filter(pk__in=only).values_list("name", flat=True))
            rule = BrokenRule("only-cities", {"cities": names})
            self.fault("city", others, lambda row: rule)
        return city_column

    def _definitions(self, city: Coded) -> tuple[Coded, Coded]:
        known = self.known = Definitions()
        indicator = self.text("indicator", self.options.indicator)
        key = self.text("definition", self.options.definition)
        find = known.pattern if self.table.is_inventory else known.find
        self.definitions = self.pairs(self._role, (indicator, key), find, None)
        if not self.table.is_own:
            self.definitions = self._fitted(city, Coded.constant(True, self.length))
        definitions = self.definitions
        definition = definitions.mapped(lambda record: record.pk if record else -1)
        unit, mult = self.text("unit", self.options.unit), self.text("unit_mult")

        def convert(record: Any, source_unit: str, multiplier: str) -> Conversion:
            return known.conversion(record, source_unit, multiplier) if record else _SAME

        conversions = self.pairs(
            "unit" if "unit" in self.roles else "value", (definitions, unit, mult), convert, _SAME
        )
        return definition, conversions

    @property
    def _role(self) -> str:
        return "definition" if "indicator" not in self.roles else "indicator"

    def _fitted(self, city: Coded, asked: Coded) -> Coded:
        """The definition of each row; for `asked`, a definition that the figures fit."""
        known, options = self.known, self.options
        countries = dict(City.objects.filter(pk__in=city.words).values_list("pk", "country"))

        def fitting(
            definition: Definition | None, of: int, publisher: str, is_asked: bool
        ) -> Definition | BrokenRule | None:
            if definition is None or of not in countries or not is_asked:
                return definition
            rule = known.mismatch(
                definition,
                countries[of],
                options.method_class,
                publisher,
                is_apart=self.table.is_inventory,
            )
            if rule is None:
                return definition
            if self.own is None:
                return rule
            begun = self.own(definition, countries[of], replace(options, publisher=publisher))
            known.add(begun)
            self.begun.append((definition.key, begun.key))
            return begun

        publisher = self.text("publisher", options.publisher)
        outcomes = self.pairs(self._role, (self.definitions, city, publisher, asked), fitting, None)
        self.unfit |= outcomes.where(lambda outcome: isinstance(outcome, BrokenRule))
        name = self.roles.get(self._role, "")
        unfit = np.flatnonzero(self.unfit)
        self.findings.cells(unfit, self.table.rows, name, lambda row: outcomes[row])
        return self.pairs(
            self._role,
            (outcomes, self.definitions),
            lambda outcome, before: before if isinstance(outcome, BrokenRule) else outcome,
            None,
        )

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
        decimal = self.options.decimal or cells.decimal_mark(
            column.words, by_semicolon=("delimiter", "semicolon") in self.table.notes
        )

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
        """Sets status M for figures marked as missing, unless the row has a more specific
        status."""
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

    def _sources(self, definition: Coded) -> Coded:
        options = self.options
        roles = {"source_title": options.source_title, "source_url": options.source_url}
        roles |= {"licence": options.licence, "publisher": options.publisher}
        *columns, publisher = (self.text(role, default) for role, default in roles.items())
        # Set only if it differs from the publisher of the definition.
        usual = {pk: version.publisher for pk, version in self.known.versions.items()}
        own = self.pairs(
            "publisher",
            (publisher, definition),
            lambda name, pk: "" if name == usual.get(pk) else name,
            "",
        )
        known = self._known_sources() if self.table.is_own else {}

        def read(title: str, address: str, terms: str, publisher: str) -> Source:
            source = title[:300], address[:500], terms[:240], publisher[:160]
            if self.table.is_own:
                return known.get(source, source) if title else EXISTING_SOURCE
            if not title:
                raise BrokenRule("no-source-title")
            if address and not address.startswith(("https://", "http://")):
                raise BrokenRule("not-a-web-address", {"value": address})
            return source

        if not options.source_title and "source_title" not in self.roles:
            return Coded.constant(EXISTING_SOURCE, self.length)
        return self.pairs("source_title", (*columns, own), read, EXISTING_SOURCE)

    def _known_sources(self) -> dict[Source, Source]:
        """Sources by their spelling in a download, which fills gaps from the definition."""
        usual = {version.licence for version in self.known.versions.values()}
        sources: dict[Source, Source] = {}
        for title, url, licence, publisher in ObservationSource.objects.values_list(*SOURCE):
            for terms in [licence] if licence else usual:
                sources.setdefault((title, url, terms, publisher), (title, url, licence, publisher))
        return sources


_SAME = Conversion("", "?", "", 1.0)


def _check_figures(figures: FigureTable, reading: _Reading, today: dt.date) -> None:
    good = np.flatnonzero(~reading.bad)
    for fault in code_faults(figures, today=today):
        reading.fault(fault.field, fault.rows, fault.rule_of)
    if len(good) < len(figures):
        figures = figures.take(good).compact()
    if not len(good):
        return
    for fault in meaning_faults(figures, latest_versions(figures)):
        rows = good[fault.rows]
        places = dict(zip(rows.tolist(), fault.rows.tolist(), strict=True))
        if fault.field == "city":
            # Cities that the definition excludes already have a fault.
            rows = rows[~reading.unfit[rows]]

        def rule_of(
            row: int, fault: FigureFault = fault, places: dict[int, int] = places
        ) -> BrokenRule:
            return fault.rule_of(places[row])

        if fault.field:
            reading.fault(fault.field, rows, rule_of)
        else:
            reading.fault("city", rows, partial(_same_as, rule_of, reading.table.rows[good]))


def _same_as(rule_of: Callable[[int], BrokenRule], numbers: Rows, row: int) -> BrokenRule:
    first = rule_of(row).params["row"]
    return BrokenRule("same-figure", {"row": int(numbers[first])})


def with_sources(figures: FigureTable, keys: dict[Source, int]) -> FigureTable:
    """Figures with the primary keys of their sources, -1 for new sources."""
    return replace(figures, source=figures.source.mapped(lambda source: keys.get(source, -1)))


def source_keys(sources: Collection[Source]) -> dict[Source, int]:
    """The primary keys of recorded sources."""
    titles = {source[0] for source in sources}
    keys: dict[Source, int] = {EXISTING_SOURCE: EXISTING_SOURCE_ID}
    rows = ObservationSource.objects.all()
    if len(titles) <= _AT_ONCE:
        rows = rows.filter(title__in=titles)
    for pk, *source in rows.values_list("pk", *SOURCE):
        keys[tuple(source)] = pk
    return keys
