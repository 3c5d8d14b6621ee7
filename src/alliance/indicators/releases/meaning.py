"""The meaning of the figures of a release: definitions, the tree of groups, and the choices."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from django.db.models import Exists, OuterRef

from alliance.analysis.composite import method as composite_method
from alliance.analysis.composite import standing, trend
from alliance.analysis.composite.scenarios import GRADE_ERRORS
from alliance.indicators import guard
from alliance.indicators.enums import IndicatorDirection, NodeKind
from alliance.indicators.errors import NOT_RECORDED
from alliance.indicators.models import (
    Definition,
    DefinitionVersion,
    Indicator,
    IndicatorGroup,
    Observation,
)
from alliance.indicators.models.catalogue import CONTENT_FIELDS
from alliance.indicators.targets import by_definition, holds_for
from alliance.indicators.values import versions_at
from alliance.network.bands import climate_zone, size_band
from alliance.network.models import City

#: With fewer peers, the city itself excluded, the next wider group is used.
AT_LEAST = 5
RULE = ("size and climate", "size", "country", "all")


def levels_of(city: City) -> tuple[str, str, str]:
    """The peer groups of a city, the finest first; "" if the defining fact is not recorded.

    The finest group with enough scored cities is used: the same band of population and the same
    main climate, else the same band, else the same country, else all cities that may be ranked.
    """
    band, zone = size_band(city), climate_zone(city)
    size = f"size:{band.value}" if band else ""
    both = f"{size}+climate:{zone.value}" if band and zone else ""
    return both, size, f"country:{city.country}"


#: Version of the steps in this package; releases of another version are not recomputed.
VERSION = "3"
INDEX = "INDEX"

#: All choices as plain values, which are frozen with the release and read from there.
CHOICES: dict[str, Any] = {
    "version": VERSION,
    "parts": {
        "composite": composite_method.VERSION,
        "guard": guard.VERSION,
        "standing": standing.VERSION,
        "trend": trend.VERSION,
    },
    # Maximum age of a figure in years, relative to the year of the release. Surveys of residents
    # are repeated every three or four years, and are compared only within a survey.
    "carry_years": {"measured": 3, "opinion": 4},
    "aggregate": "arithmetic",
    "normalise": "fixed",
    "impute": "none",
    "coverage": {
        "index": {"unit": 0.8, "pillar": 0.5, "node": 0.5, "indicator": 0.65, "distinct": 5},
        "group": {"unit": 0.5, "pillar": 0.5, "node": 0.5, "indicator": 0.65, "distinct": 5},
    },
    "errors": {
        "grades": GRADE_ERRORS,
        # Assumed for ranks if nothing is known of the error of a figure.
        "not_recorded": NOT_RECORDED,
        # The least difference of a survey is taken as half the width of its interval.
        "survey_level": 0.95,
    },
    "interval": 0.9,
    "peers": {"rule": list(RULE), "at_least": AT_LEAST},
    "trend_years": 8,
}

#: The content of a definition, in English.
_DEFINITION = tuple(name for name in CONTENT_FIELDS if not name.endswith(("_fr", "_sv")))


@dataclass(frozen=True)
class Meaning:
    """Definitions (rows by indicator and key), nodes of the tree, and the choices."""

    definitions: list[dict[str, Any]]
    framework: list[dict[str, Any]]
    method: dict[str, Any]

    @cached_property
    def by_key(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Definitions by (indicator, key)."""
        return {(row["indicator"], row["key"]): row for row in self.definitions}

    @cached_property
    def children(self) -> dict[str, list[dict[str, Any]]]:
        """Child nodes of each node, by its code."""
        children: dict[str, list[dict[str, Any]]] = {}
        for node in self.framework:
            children.setdefault(node["parent"], []).append(node)
        return children

    def indicators_below(self, code: str) -> list[str]:
        """Codes of all indicators below a node, in the order of the tree."""
        codes = []
        for node in self.children.get(code, ()):
            if node["kind"] == NodeKind.INDICATOR:
                codes.append(node["code"])
            else:
                codes += self.indicators_below(node["code"])
        return codes

    @cached_property
    def _scored(self) -> set[str]:
        return {
            row["indicator"]
            for row in self.definitions
            if row["direction"] != IndicatorDirection.CONTEXT
            and not row["not_ranked_because"]
            # An indicator without any figures is not a gap of a city.
            and row.get("has_figures", True)
        }

    def may_be_scored(self, code: str) -> bool:
        """Whether an indicator has a better direction and a definition whose figures may be
        ranked."""
        return code in self._scored

    @property
    def aggregates(self) -> list[dict[str, Any]]:
        """Groups and the index, in the order of the tree."""
        return [node for node in self.framework if node["kind"] != NodeKind.INDICATOR]


def meaning_at(moment: dt.datetime) -> Meaning:
    """The meaning at `moment`. Groups and weights are current, since their history is not
    stored."""
    lines = versions_at(moment)
    targets = _targets(moment)
    figures = Observation.objects.filter(series__definition=OuterRef("pk"), recorded_at__lte=moment)
    known = set(Definition.objects.filter(Exists(figures)).values_list("pk", flat=True))
    definitions = [
        _definition(line.version, line.comparable_since)
        | {
            "within_country": line.within_country,
            "targets": targets.get(line.version.definition_id, []),
            "has_figures": line.version.definition_id in known,
        }
        for line in sorted(
            lines.values(),
            key=lambda line: (
                line.version.definition.indicator.code,
                line.version.definition.key,
            ),
        )
    ]
    return Meaning(definitions, _framework(), CHOICES)


def meaning_in(folder: Path) -> Meaning:
    """The meaning frozen in the folder of a release. Raises FileNotFoundError."""
    parts = [json.loads((folder / f"{name}.json").read_text("utf-8")) for name in FILES]
    return Meaning(*parts)


#: Names of the files with the parts of a `Meaning`, in order.
FILES = ("definitions", "framework", "method")


def _definition(version: DefinitionVersion, comparable_since: int) -> dict[str, Any]:
    return {
        "indicator": version.definition.indicator.code,
        "key": version.definition.key,
        "number": version.number,
        "comparable_since": comparable_since,
        **{name: getattr(version, name) for name in _DEFINITION},
    }


def _targets(moment: dt.datetime) -> dict[int, list[dict[str, Any]]]:
    """Numeric targets by definition, each with the cities that it applies to."""
    cities = list(City.objects.order_by("public_id"))
    return {
        definition: [
            {
                "value": target.value,
                "year": target.year,
                "kind": target.kind,
                "cities": [city.public_id for city in cities if holds_for(target, city)],
            }
            for target in targets
            if target.value is not None
        ]
        for definition, targets in by_definition(moment).items()
    }


def _framework() -> list[dict[str, Any]]:
    """The tree, parents before children: the index, groups below it, indicators at the bottom."""
    # Sorted in Python, because databases differ in how they sort text.
    ordered = sorted(IndicatorGroup.objects.all(), key=lambda group: (group.position, group.code))
    groups = {group.pk: group for group in ordered}
    nodes = [{"code": INDEX, "parent": "", "kind": NodeKind.INDEX.value, "weight": 1.0}]
    waiting = list(groups.values())
    placed: set[int] = set()
    while waiting:
        ready = [group for group in waiting if group.parent_id in placed | {None}]
        if not ready:
            raise ValueError("groups of indicators go in a circle")
        for group in ready:
            parent = groups[group.parent_id].code if group.parent_id else INDEX
            nodes.append(
                {
                    "code": group.code,
                    "parent": parent,
                    "kind": NodeKind.GROUP.value,
                    "weight": group.weight,
                    "name": group.name,
                }
            )
            placed.add(group.pk)
        waiting = [group for group in waiting if group.pk not in placed]
    indicators = Indicator.objects.select_related("group", "denominator")
    for indicator in sorted(indicators, key=lambda indicator: (indicator.position, indicator.code)):
        nodes.append(
            {
                "code": indicator.code,
                # Indicators without a group, or outside the common set, are scored but not part of
                # the index.
                "parent": indicator.group.code if indicator.group and indicator.is_common else "",
                "kind": NodeKind.INDICATOR.value,
                "weight": indicator.weight,
                "name": indicator.name,
                "denominator": indicator.denominator.code if indicator.denominator else "",
            }
        )
    return nodes
