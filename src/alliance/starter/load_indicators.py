"""Loading the indicators of a starter folder; part of the one transaction of `load_starter`."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from django.core.exceptions import ValidationError

from alliance.core import audit
from alliance.core.errors import InvalidData, row_of
from alliance.core.forms import faults_of
from alliance.indicators import services
from alliance.indicators.enums import BatchKind, CodeScheme
from alliance.indicators.models import (
    CityCode,
    Definition,
    Indicator,
    IndicatorGroup,
    IndicatorMeasure,
    Observation,
    ObservationSource,
    Recipe,
    Sibling,
    Target,
)
from alliance.indicators.services import ObservationRecord, record_observations
from alliance.indicators.services.targets import KEY, end_target, save_sibling, set_target
from alliance.indicators.values import totals
from alliance.network.enums import Origin
from alliance.network.models import City
from alliance.starter.indicator_files import IndicatorFiles, StarterFigure

NATIONAL_CODES = {"SE": CodeScheme.SE_KOMMUN, "FR": CodeScheme.INSEE}
REASON = "starter content"
OF_RECIPE = tuple(
    field.name for field in Recipe._meta.concrete_fields if field.name not in {"id", "definition"}
)


@contextmanager
def _named(place: str) -> Iterator[None]:
    """What a service finds at fault, by its place in the files."""
    try:
        yield
    except (InvalidData, ValidationError) as error:
        raise InvalidData(
            replace(fault, where=f"{place}{fault.where}") for fault in faults_of(error)
        ) from error


def load_indicators(
    files: IndicatorFiles,
    *,
    actor: audit.Actor,
    at: dt.datetime,
    counted: Callable[[int], None] = lambda rows: None,
) -> dict[str, Counter[str]]:
    """Write groups, indicators, definitions, codes, figures and targets; what each call changed.

    `counted` is told how many figures were written since it was told last.

    Names that a person has edited, definitions with a later version by a person, and figures that
    somebody brought since are left as they are.
    """
    counts: Counter[str] = Counter()
    groups = _groups(files, actor=actor, at=at)
    indicators = _indicators(files, groups, counts, actor=actor, at=at)
    definitions = _definitions(files, indicators, actor=actor, at=at)
    _measures(files, indicators)
    return {
        "indicators": counts,
        "city codes": _city_codes(files.urban_audit),
        "figures": _figures(files, definitions, actor=actor, at=at, counted=counted),
        "targets": _targets(files, definitions, indicators, actor=actor, at=at),
        "siblings": _siblings(files, definitions, actor=actor, at=at),
        "recipes": _recipes(files, definitions),
    }


def _groups(
    files: IndicatorFiles, *, actor: audit.Actor, at: dt.datetime
) -> dict[str, IndicatorGroup]:
    groups = {group.code: group for group in IndicatorGroup.objects.all()}
    for place, row in enumerate(files.groups):
        if row["code"] not in groups:
            parent = groups.get(row.get("parent") or "")
            names = {name: row[name] for name in ("name", "name_fr", "name_sv")}
            groups[row["code"]] = services.save_group(
                row["code"],
                parent=parent,
                position=place,
                weight=row.get("weight", 1.0),
                actor=actor,
                at=at,
                **names,
            )
    return groups


def _indicators(
    files: IndicatorFiles,
    groups: dict[str, IndicatorGroup],
    counts: Counter[str],
    *,
    actor: audit.Actor,
    at: dt.datetime,
) -> dict[str, Indicator]:
    indicators = {indicator.code: indicator for indicator in Indicator.objects.all()}
    for code, row in files.indicators.items():
        values = {name: row[name] for name in ("name", "name_fr", "name_sv", "position")}
        values |= {"group": groups.get(row["group"]), "origin": Origin.STARTER}
        present = indicators.get(code)
        if present is not None and (present.edited_at or present.origin != Origin.STARTER):
            counts["kept as edited"] += 1
        elif present is not None and all(getattr(present, n) == v for n, v in values.items()):
            counts["unchanged"] += 1
        else:
            indicators[code] = services.save_indicator(code, actor=actor, at=at, **values)
            counts["updated" if present else "created"] += 1
    return indicators


def _definitions(
    files: IndicatorFiles, indicators: dict[str, Indicator], *, actor: audit.Actor, at: dt.datetime
) -> dict[tuple[str, str], Definition]:
    """The definitions by (code, key), each with the version that the files give."""
    definitions = {}
    for (code, key), record in files.definitions.items():
        present = Definition.objects.filter(indicator=indicators[code], key=key).first()
        if present is None or not _is_of_members(present):
            with _named(f"indicator-notes.json, {code}/{key}."):
                version = services.save_version(
                    indicators[code],
                    key,
                    record,
                    actor=actor,
                    at=at,
                    reason=REASON if present else "",
                    origin=Origin.STARTER,
                )
            present = version.definition
        definitions[code, key] = present
    return definitions


def _is_of_members(definition: Definition) -> bool:
    latest = definition.versions.order_by("-number").first()
    return latest is not None and latest.origin != Origin.STARTER


def _measures(files: IndicatorFiles, indicators: dict[str, Indicator]) -> None:
    for row in files.measures:
        names = {name: row[name] for name in ("name", "name_fr", "name_sv")}
        IndicatorMeasure.objects.update_or_create(
            indicator=indicators[row["indicator"]],
            measure=row["measure"],
            defaults={"note": row.get("note", ""), **names},
        )


def _city_codes(urban_audit: dict[str, str]) -> Counter[str]:
    """Each city by its own id here, its national code and that of the Urban Audit, where known."""
    wanted = {}
    for city in City.objects.all():
        wanted[CodeScheme.ALLIANCE.value, city.public_id] = (city, "exact")
        scheme = NATIONAL_CODES.get(city.country)
        if scheme and city.admin_code:
            wanted[scheme.value, city.admin_code] = (city, "recorded with the city")
        if code := urban_audit.get(city.public_id):
            wanted[CodeScheme.URAU2021.value, code] = (city, "recorded with the city")
    present = set(CityCode.objects.values_list("scheme", "code"))
    missing = [key for key in wanted if key not in present]
    CityCode.objects.bulk_create(
        CityCode(
            scheme=scheme, code=code, city=wanted[scheme, code][0], match=wanted[scheme, code][1]
        )
        for scheme, code in missing
    )
    return Counter(created=len(missing), unchanged=len(wanted) - len(missing))


def _figures(
    files: IndicatorFiles,
    definitions: dict[tuple[str, str], Definition],
    *,
    actor: audit.Actor,
    at: dt.datetime,
    counted: Callable[[int], None],
) -> Counter[str]:
    if not files.figures:
        return Counter()
    cities = dict(City.objects.values_list("public_id", "pk"))
    licences = {key: record.licence for key, record in files.definitions.items()}
    sources: dict[tuple[str, str], int] = {}
    taken: list[StarterFigure] = []
    records = []
    of_people = _brought_by_people()
    for figure in files.figures:
        definition = definitions[figure.code, figure.key]
        licence = licences[figure.code, figure.key]
        if (figure.source, licence) not in sources:
            title, url, check_again = files.sources[figure.source]
            row, _made = ObservationSource.objects.update_or_create(
                title=title, url=url, licence=licence, publisher="",
                defaults={"check_again": check_again},
            )  # fmt: skip
            sources[figure.source, licence] = row.pk
        # The starter's figures are about everybody in an area.
        key = (cities[figure.city], definition.pk, figure.boundary, figure.period)
        if key in of_people:
            continue
        taken.append(figure)
        records.append(
            ObservationRecord(
                city=cities[figure.city],
                definition=definition.pk,
                period=figure.period,
                value=figure.value,
                status=figure.status,
                boundary=figure.boundary,
                standard_error=figure.standard_error,
                quality=figure.quality,
                method=figure.method,
                source=sources[figure.source, licence],
            )
        )
    try:
        batch = record_observations(
            records,
            actor=actor,
            at=at,
            kind=BatchKind.STARTER,
            reason=REASON,
            counted=counted,
        )
    except InvalidData as error:
        raise InvalidData(
            replace(fault, where=_of_row(fault.where, taken)) for fault in error.faults
        ) from error
    if not batch.added and not batch.revised:
        batch.delete()
    return Counter(
        created=batch.added,
        updated=batch.revised,
        unchanged=batch.unchanged,
        **{"kept as edited": len(of_people)},
    )


def _brought_by_people() -> set[tuple[int, int, str, str]]:
    """(city, definition, boundary, period) of figures in force about everybody that the starter
    did not bring.
    """
    rows = totals(Observation.objects.filter(superseded_at=None))
    rows = rows.exclude(batch__kind=BatchKind.STARTER)
    return set(
        rows.values_list("series__city_id", "series__definition_id", "series__boundary", "period")
    )


def _of_row(where: str, taken: Sequence[StarterFigure]) -> str:
    """The place of a fault in the file, of a figure that was sent on as `rows[i].field`."""
    if not (location := row_of(where)):
        return f"starter-observations.csv, {where}"
    _rows, number, name = location
    place = taken[number].where
    return f"{place}, column {name}" if name else place


def _targets(
    files: IndicatorFiles,
    definitions: dict[tuple[str, str], Definition],
    indicators: dict[str, Indicator],
    *,
    actor: audit.Actor,
    at: dt.datetime,
) -> Counter[str]:
    """Those that people set or ended are left as they are."""
    counts = Counter({"left out": files.left_out["targets"]})
    cities = {city.public_id: city for city in City.objects.all()}
    for where, row in files.targets:
        values = dict(row)
        indicator = indicators[values.pop("code")]
        key, city, source = (values.pop(name) for name in ("key", "city_id", "source"))
        target = Target(
            indicator=indicator,
            definition=definitions[indicator.code, key] if key else None,
            city=cities[city] if city else None,
            origin=Origin.STARTER,
            **values,
        )
        known = Target.objects.filter(**{name: getattr(target, name) for name in KEY})
        newest = known.order_by("-recorded_at", "-pk").first()
        if newest is not None and (newest.origin != Origin.STARTER or newest.superseded_at):
            counts["kept as edited"] += 1
            continue
        with _named(f"{where}, column "):
            saved = set_target(target, source=source, actor=actor, at=at)
        counts[
            "unchanged" if saved.pk == getattr(newest, "pk", None)
            else "updated" if newest else "created"
        ] += 1  # fmt: skip
        if key:
            # From before targets had a kind: said again in the files, with its kind.
            for old in Target.objects.filter(
                definition=target.definition, kind="", origin=Origin.STARTER, superseded_at=None
            ):
                end_target(old, actor=actor, at=at)
    return +counts


def _siblings(
    files: IndicatorFiles,
    definitions: dict[tuple[str, str], Definition],
    *,
    actor: audit.Actor,
    at: dt.datetime,
) -> Counter[str]:
    counts = Counter({"left out": files.left_out["siblings"]})
    known: set[tuple[int, int | None]] = {*Sibling.objects.values_list("left", "right")}
    for where, row in files.siblings:
        values = dict(row)
        left, right = (values.pop(name) for name in ("left", "right"))
        sibling = Sibling(
            left=definitions[left], right=definitions[right] if right else None, **values
        )
        with _named(f"{where}, column "):
            saved = save_sibling(sibling, actor=actor, at=at)
        pair = (sibling.left_id, sibling.right_id)
        counts[
            "created" if pair not in known else "updated" if saved is sibling else "unchanged"
        ] += 1
        known.add(pair)
    return +counts


def _recipes(files: IndicatorFiles, definitions: dict[tuple[str, str], Definition]) -> Counter[str]:
    counts: Counter[str] = Counter()
    known = {row.definition_id: row for row in Recipe.objects.all()}
    for recipe_row in files.recipes:
        values = dict(recipe_row)
        definition = definitions[values.pop("indicator"), values.pop("definition")]
        # What is left out is as in a new recipe, also where the file once said it.
        values = {name: getattr(Recipe(**values), name) for name in OF_RECIPE}
        recipe = known.get(definition.pk)
        if recipe is not None and all(getattr(recipe, n) == v for n, v in values.items()):
            counts["unchanged"] += 1
            continue
        Recipe.objects.update_or_create(definition=definition, defaults=values)
        counts["updated" if recipe else "created"] += 1
    return counts
