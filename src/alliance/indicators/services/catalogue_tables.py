"""Imports tables of cities, their codes, and indicators."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.errors import BrokenRule, Fault, InvalidData, refuse
from alliance.core.forms import faults_of
from alliance.core.ids import PUBLIC_ID
from alliance.indicators import services
from alliance.indicators.enums import CodeScheme, IndicatorDirection
from alliance.indicators.importing import cells
from alliance.indicators.importing.definitions import readable_unit
from alliance.indicators.importing.reading import read_path
from alliance.indicators.importing.tables import Table
from alliance.indicators.models import CityCode, DefinitionVersion, Indicator
from alliance.indicators.recording.figures import Coded
from alliance.network.models import City
from alliance.network.services import save_city

Row = tuple[int, dict[str, str]]
Counted = Callable[[Iterable[Row]], Iterable[Row]]
#: Alternative column names, by the name used here.
CITY_COLUMNS = {
    "city_id": (), "name": (), "country": ("country_iso2",), "latitude": ("lat",),
    "longitude": ("lon",), "koppen": (), "population": (), "population_year": (),
    "approximate_population": ("population_geonames",), "area_km2": (),
    "se_kommun_code": (), "fr_insee_code": ("insee_code",),
}  # fmt: skip
_NATIONAL = {"se_kommun_code": CodeScheme.SE_KOMMUN, "fr_insee_code": CodeScheme.INSEE}
INDICATOR_COLUMNS = {
    "indicator_code": ("code",), "name": (), "name_fr": (), "name_sv": (), "unit": (),
    "direction": (), "sdg_target": ("sdg_targets",), "source": ("publisher",), "note": (),
    "text": (), "licence": (), "valid_min": (), "valid_max": (), "decimals": (), "scope": (),
    "method_class": ("method",), "grade": (), "population": ("denominator",), "dataset": (),
    "table_id": (), "dataset_url": (),
}  # fmt: skip
#: Columns of indicators that are copied to the field of the same name.
_PLAIN = (
    "scope", "method_class", "grade", "population", "dataset", "table_id", "dataset_url",
)  # fmt: skip
_POPULATION = re.compile(r"population_(?:\w+_)?(\d{4})\Z")
_GEONAMES = "GeoNames (one of many kinds of area, year unknown)"
_KOPPEN = "grid of Köppen-Geiger zones"
#: At most so many faults are listed.
MOST_FAULTS = 200
LONGEST_CODE = 80
NOT_RECORDED = "not recorded"


def _rows(path: Path, columns: Mapping[str, tuple[str, ...]], needed: Collection[str]) -> list[Row]:
    """The rows of a table by column, with the number of each; other columns are ignored."""
    table = read_path(path)
    places: dict[str, Coded] = {}
    for name, others in columns.items():
        for spelling in (*others, name):
            if spelling in table.names:
                places.setdefault(name, table.column(spelling))
    faults = [
        Fault(_("column %(column)s") % {"column": name}, "missing")
        for name in needed
        if name not in places
    ]
    refuse(faults)
    if "population" in columns and "population" not in places:
        places |= _dated_population(table)
    texts = {name: column.mapped(cells.read_text).values() for name, column in places.items()}
    return [
        (int(number), {name: values[place] for name, values in texts.items()})
        for place, number in enumerate(table.rows)
    ]


def _dated_population(table: Table) -> dict[str, Coded]:
    """A column such as population_2023 or population_municipality_se_2023, with its year."""
    for name in table.names:
        if match := _POPULATION.match(name):
            column = table.column(name)
            years = column.mapped(partial(_year_if_filled, match[1]))
            return {"population": column, "population_year": years}
    return {}


def _year_if_filled(year: str, cell: str) -> str:
    return year if cell else ""


class _Faults:
    """Collects the faults in the rows of a table."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def add(self, number: int, column: str, rule: BrokenRule) -> None:
        place = _("row %(row)s, column %(column)s") % {"row": number, "column": column}
        self.faults.append(rule.at(place))

    def number(self, row: Row, column: str) -> float | None:
        text = row[1].get(column, "")
        try:
            return cells.read_number(text, ".") if text else None
        except BrokenRule as error:
            self.add(row[0], column, error)
            return None

    def whole(self, row: Row, column: str) -> int | None:
        value = self.number(row, column)
        if value is not None and not value.is_integer():
            self.add(row[0], column, BrokenRule("no-whole-number", {"value": row[1][column]}))
            return None
        return None if value is None else int(value)

    def model(self, number: int, error: ValidationError | InvalidData) -> None:
        for fault in faults_of(error):
            self.add(number, fault.where, BrokenRule(fault.code, fault.params))

    def once(self, rows: list[Row], *columns: str) -> None:
        seen: dict[tuple[str, ...], int] = {}
        for number, row in rows:
            key = tuple(row[column] for column in columns)
            first = seen.setdefault(key, number)
            if first != number:
                rule = BrokenRule("in-row", {"value": key[-1], "row": first})
                self.add(number, columns[-1], rule)

    def finish(self, check_only: bool) -> None:
        """Inside the transaction: raises InvalidData, or rolls back a dry run."""
        if self.faults:
            more = len(self.faults) - MOST_FAULTS
            rest = [Fault("table", "more-cells-at-fault", {"n": more})] if more > 0 else []
            raise InvalidData(self.faults[:MOST_FAULTS] + rest)
        if check_only:
            transaction.set_rollback(True)


def take_cities(
    path: Path,
    *,
    actor: audit.Actor,
    at: dt.datetime,
    counted: Counted = iter,
    check_only: bool = False,
) -> Counter[str]:
    """Imports cities by the ids of a gazetteer, with their national codes.

    A city that is already recorded, by any of its codes, is unchanged except for additional codes.
    Raises InvalidData, and then writes nothing.
    """
    rows = _rows(path, CITY_COLUMNS, ("city_id", "name", "country"))
    faults, counts = _Faults(), Counter({"new cities": 0, "known cities": 0, "new codes": 0})
    faults.once(rows, "city_id")
    with transaction.atomic():
        codes = _Codes()
        for number, row in counted(rows):
            own = list(_codes_of(row))
            known = {codes.known[key] for key in own if key in codes.known}
            if len(known) > 1:
                names = list(City.objects.filter(pk__in=known).values_list("name", flat=True))
                faults.add(number, "city_id", BrokenRule("several-cities", {"cities": names}))
                continue
            if known:
                city = known.pop()
                counts["known cities"] += 1
            else:
                made = _new_city((number, row), faults, actor=actor, at=at)
                if made is None:
                    continue
                city = made.pk
                counts["new cities"] += 1
            for scheme, code in own:
                counts["new codes"] += codes.add(scheme, code, city, "gazetteer")
        codes.write()
        faults.finish(check_only)
    return counts


class _Codes:
    """The crosswalk during the import of a table."""

    def __init__(self) -> None:
        rows = CityCode.objects.values_list("scheme", "code", "city_id")
        self.known = {(scheme, code): city for scheme, code, city in rows}
        self._new: list[CityCode] = []

    def add(self, scheme: str, code: str, city: int, match: str) -> int:
        """Adds a code; returns 1 if it is new."""
        if (scheme, code) in self.known:
            return 0
        self.known[scheme, code] = city
        self._new.append(CityCode(scheme=scheme, code=code, city_id=city, match=match))
        return 1

    def write(self) -> None:
        CityCode.objects.bulk_create(self._new, batch_size=200)


def _codes_of(row: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield CodeScheme.GEONAMES.value, row["city_id"]
    yield CodeScheme.ALLIANCE.value, row["city_id"]
    for column, scheme in _NATIONAL.items():
        if row.get(column):
            yield scheme.value, row[column]


def _new_city(row: Row, faults: _Faults, *, actor: audit.Actor, at: dt.datetime) -> City | None:
    number, values = row
    before = len(faults.faults)
    if not PUBLIC_ID.match(values["city_id"]):
        faults.add(number, "city_id", BrokenRule("not-an-id", {"value": values["city_id"]}))
    approximate = faults.whole(row, "approximate_population")
    fields = {
        "name": values["name"],
        "country": values["country"],
        "latitude": faults.number(row, "latitude"),
        "longitude": faults.number(row, "longitude"),
        "population": faults.whole(row, "population"),
        "population_year": faults.whole(row, "population_year"),
        "area_km2": faults.number(row, "area_km2"),
        # A gazetteer writes 0 for an unknown population.
        "approximate_population": approximate or None,
        "approximate_population_source": _GEONAMES if approximate else "",
        "koppen": values.get("koppen", ""),
        "koppen_source": _KOPPEN if values.get("koppen") else "",
        "admin_code": values.get("se_kommun_code") or values.get("fr_insee_code") or "",
    }
    if len(faults.faults) > before:
        return None
    try:
        return save_city(values["city_id"], actor=actor, at=at, **fields)
    except (InvalidData, ValidationError) as error:
        faults.model(number, error)
        return None


def take_city_codes(
    path: Path,
    *,
    actor: audit.Actor,
    at: dt.datetime,
    counted: Counted = iter,
    check_only: bool = False,
) -> Counter[str]:
    """Imports a crosswalk: scheme, code and the city's id here or at GeoNames.

    A code that already belongs to another city is a fault. Raises InvalidData.
    """
    rows = _rows(
        path, {"scheme": (), "code": (), "city_id": (), "match": ()}, ("scheme", "code", "city_id")
    )
    faults, counts = _Faults(), Counter({"new codes": 0, "known codes": 0})
    faults.once(rows, "scheme", "code")
    with transaction.atomic():
        codes = _Codes()
        ids = dict(City.objects.values_list("public_id", "pk"))
        for number, row in counted(rows):
            scheme, code, city_id = row["scheme"], row["code"], row["city_id"]
            if scheme not in CodeScheme.values:
                params = {"value": scheme, "allowed": CodeScheme.values}
                faults.add(number, "scheme", BrokenRule("not-one-of", params))
                continue
            city = codes.known.get((CodeScheme.GEONAMES.value, city_id)) or ids.get(city_id)
            if city is None:
                faults.add(number, "city_id", BrokenRule("unknown", {"value": city_id}))
                continue
            if not code or len(code) > LONGEST_CODE:
                rule = BrokenRule("longer-than", {"most": LONGEST_CODE})
                faults.add(number, "code", rule if code else BrokenRule("missing"))
                continue
            if codes.known.get((scheme, code), city) != city:
                faults.add(number, "code", BrokenRule("code-of-other-city"))
                continue
            new = codes.add(scheme, code, city, row.get("match", "")[:80])
            counts["new codes" if new else "known codes"] += 1
        codes.write()
        if counts["new codes"]:
            audit.record("city-codes", "", "import", actor=actor, at=at, **counts)
        faults.finish(check_only)
    return counts


def take_indicators(
    path: Path,
    *,
    actor: audit.Actor,
    at: dt.datetime,
    counted: Counted = iter,
    check_only: bool = False,
    reason: str = "",
    warn: Callable[[str], None] = lambda warning: None,
) -> Counter[str]:
    """Imports indicators, each with a definition whose key is its code.

    An existing indicator retains its name and group. A definition that differs from the table gets
    a new version with the `reason`; without a reason it is a fault. Fields without a column are
    unchanged. `warn` is called for percentages without a valid range. Raises InvalidData.
    """
    needed = ("indicator_code", "name", "unit", "direction", "source")
    rows = _rows(path, INDICATOR_COLUMNS, needed)
    faults = _Faults()
    counts = Counter({"new indicators": 0, "known indicators": 0})
    faults.once(rows, "indicator_code")
    with transaction.atomic():
        known = {indicator.code: indicator for indicator in Indicator.objects.all()}
        holding = _holding()
        for row in counted(rows):
            number, values = row
            code = values["indicator_code"]
            before = holding.get(code)
            record = _definition(row, faults, before)
            if record is None:
                continue
            if record.unit == "percent" and None in (record.valid_min, record.valid_max):
                rule = _(
                    "row %(row)s: %(code)s is a percentage without valid_min and "
                    "valid_max; an incorrect figure such as 4200 would be imported"
                )
                warn(rule % {"row": number, "code": code})
            try:
                indicator = known.get(code)
                counts["known indicators" if indicator else "new indicators"] += 1
                if indicator is None:
                    names = {n: values.get(n, "") for n in ("name", "name_fr", "name_sv")}
                    indicator = services.save_indicator(code, actor=actor, at=at, **names)
                version = services.save_version(
                    indicator, code, record, actor=actor, at=at, reason=reason.strip()
                )
                if before is not None and version.number > before.number:
                    counts["new versions"] += 1
            except (InvalidData, ValidationError) as error:
                faults.model(number, error)
        faults.finish(check_only)
    return counts


def _holding() -> dict[str, DefinitionVersion]:
    """The current version of the definition whose key is the indicator's code, by that code."""
    rows = DefinitionVersion.objects.filter(definition__key=F("definition__indicator__code"))
    ordered = rows.select_related("definition").order_by("number")
    return {version.definition.key: version for version in ordered}


def _definition(
    row: Row, faults: _Faults, before: DefinitionVersion | None
) -> DefinitionVersion | None:
    """The version in the row; fields without a column or value are copied from `before`."""
    number, values = row
    n_before = len(faults.faults)
    if values["direction"] not in IndicatorDirection.values:
        params = {"value": values["direction"], "allowed": IndicatorDirection.values}
        faults.add(number, "direction", BrokenRule("not-one-of", params))
    if not values["source"]:
        faults.add(number, "source", BrokenRule("missing"))
    fields: dict[str, Any] = {
        "unit_label": values["unit"],
        "direction": values["direction"],
        "publisher": values["source"][:160],
    }
    if before is None or before.unit_label != values["unit"]:
        fields["unit"] = readable_unit(values["unit"])
    fields |= {name: values[name] for name in ("text", "licence") if values.get(name)}
    fields |= {name: values[name] for name in _PLAIN if name in values}
    if "note" in values:
        fields["notes"] = values["note"]
    if "sdg_target" in values:
        fields["sdg_targets"] = values["sdg_target"].replace(";", " ").split()
    fields |= {
        name: faults.number(row, name) for name in ("valid_min", "valid_max") if name in values
    }
    if (decimals := faults.whole(row, "decimals")) is not None:
        fields["decimals"] = decimals
    if len(faults.faults) > n_before:
        return None
    if before is not None:
        return services.restated(before, **fields)
    return DefinitionVersion(**({"text": values["name"], "licence": NOT_RECORDED} | fields))
