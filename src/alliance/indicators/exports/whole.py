"""All data of the indicators as tables for an archive: definitions, figures, targets, scores."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from types import SimpleNamespace as Row
from typing import Any

from django.db import models

from alliance.indicators.exports.rows import FigureQuery, figure_rows
from alliance.indicators.exports.table import KEY, csv_chunks, table_schema
from alliance.indicators.models import DefinitionVersion, Score, Sibling, Target
from alliance.indicators.models.catalogue import CONTENT_FIELDS
from alliance.indicators.selectors.access import release_at
from alliance.indicators.targets import in_order, targets_at
from alliance.indicators.values import versions_at

_OF_INDICATOR = ("code", "name", "name_fr", "name_sv", "is_common")
_OF_DEFINITION = (*_OF_INDICATOR, "key", "number", *CONTENT_FIELDS)
_OF_SCORE = tuple(
    field.name
    for field in Score._meta.concrete_fields
    if field.name not in {"id", "release", "city"}
)
_OF_TARGET = tuple(
    field.name
    for field in Target._meta.concrete_fields
    if field.name not in {"id", "superseded_at", "origin"}
)
_OF_SIBLING = tuple(field.name for field in Sibling._meta.concrete_fields if field.name != "id")
_SCORES = ("release", "city", *_OF_SCORE)
_TYPES: dict[type[models.Field[Any, Any]], str] = {
    models.BooleanField: "boolean",
    models.FloatField: "number",
    models.PositiveIntegerField: "integer",
    models.PositiveSmallIntegerField: "integer",
}


def members(read_at: dt.datetime) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Each table by its name, in chunks of CSV."""
    yield "indicators", csv_chunks(_definitions(), _OF_DEFINITION)
    yield "figures", csv_chunks(figure_rows(FigureQuery(read_at=read_at)))
    yield "targets", csv_chunks(_targets(), _OF_TARGET)
    yield "siblings", csv_chunks(_siblings(), _OF_SIBLING)
    yield "scores", csv_chunks(_scores(), _SCORES)


def schemas() -> Iterator[tuple[str, dict[str, Any]]]:
    """The Table Schema of each of `members`."""
    yield "indicators", _schema(_OF_DEFINITION, DefinitionVersion, ("code", "key"))
    yield "figures", table_schema() | {"primaryKey": list(KEY)}
    key = ("indicator", "definition", "city", "country", "kind", "year")
    yield "targets", _schema(_OF_TARGET, Target, key)
    yield "siblings", _schema(_OF_SIBLING, Sibling, ("left", "right"))
    yield "scores", _schema(_SCORES, Score, ("city", "node"))


def _schema(
    columns: Iterable[str], model: type[models.Model], key: tuple[str, ...]
) -> dict[str, Any]:
    fields = {field.name: type(field) for field in model._meta.concrete_fields}
    kinds = {name: _TYPES.get(fields.get(name, models.Field), "string") for name in columns}
    kinds |= {"is_common": "boolean"} if "is_common" in kinds else {}
    return {
        "fields": [{"name": name, "type": kind} for name, kind in kinds.items()],
        "missingValues": [""],
        "primaryKey": list(key),
    }


def _definitions() -> Iterator[Row]:
    lines = (line.version for line in versions_at(None).values())
    for version in sorted(
        lines, key=lambda version: (version.definition.indicator.code, str(version))
    ):
        indicator = version.definition.indicator
        fields = {name: getattr(version, name) for name in ("number", *CONTENT_FIELDS)}
        fields |= {name: getattr(indicator, name) for name in _OF_INDICATOR}
        yield Row(**fields, key=version.definition.key)


def _targets() -> Iterator[Row]:
    """Current targets, with the ids and keys of the other tables."""
    for target in in_order(targets_at(None).select_related("indicator")):
        fields = {name: getattr(target, name) for name in _OF_TARGET}
        fields |= {
            "indicator": target.indicator.code,
            "definition": target.definition.key if target.definition else "",
            "city": target.city.public_id if target.city else "",
            "source": target.source.title if target.source else "",
        }
        yield Row(**fields)


def _siblings() -> Iterator[Row]:
    for sibling in Sibling.objects.select_related("left", "right"):
        fields = {name: getattr(sibling, name) for name in _OF_SIBLING}
        yield Row(
            **fields
            | {"left": sibling.left.key, "right": sibling.right.key if sibling.right else ""}
        )


def _scores() -> Iterator[Row]:
    """Scores of the latest release, the same as on every page."""
    release = release_at(None)
    rows = Score.objects.filter(release=release).order_by("city__public_id", "node")
    if release is not None:
        for city, *values in rows.values_list("city__public_id", *_OF_SCORE).iterator():
            fields = dict(zip(_OF_SCORE, values, strict=True))
            yield Row(release=release.public_id, city=city, **fields)
