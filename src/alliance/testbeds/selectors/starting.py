"""Initial values for a new pilot: from its solution or case, and from figures of cities."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import defaultdict
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count

from alliance.core.errors import Fault, InvalidData
from alliance.core.ids import by_id
from alliance.indicators.models import Definition, Indicator
from alliance.indicators.selectors.time_series import Line, lines_of_city, lines_of_definitions
from alliance.knowledge.enums import OutcomeTheme
from alliance.knowledge.models import Effect
from alliance.knowledge.selectors.access import visible_cases
from alliance.knowledge.selectors.drafts_names import DraftNames
from alliance.knowledge.selectors.localise import local_name
from alliance.network.models import City
from alliance.testbeds.models import Pilot
from alliance.web.formatting import colon

#: Fewer years of a city do not make a series.
LEAST_YEARS = 4
#: Older years say little about the current trend of a city.
MOST_YEARS = 15


def what_is_known(
    names: DraftNames, *, solution: str = "", case: str = "", outcome: str = ""
) -> dict[str, Any]:
    """Initial values of the first step: the solution and its most common outcome measure and unit.

    `outcome` is a theme, set by a gap of the evidence map. Unknown ids are ignored.
    """
    initial: dict[str, Any] = {}
    rows = Effect.objects.filter(case__in=visible_cases(None).order_by()).exclude(direction="")
    row = visible_cases(None).select_related("solution").filter(public_id=case).first()
    if row is not None:
        rows = rows.filter(case=row)
        solution = row.solution.public_id if row.solution else ""
        initial["title"] = names.case_title(row.public_id)[:200]
    known = names.solutions.get(solution)
    if known is not None:
        initial |= {"solution": known.public_id, "title": known.name[:200]}
        if row is None:
            rows = rows.filter(case__solution__public_id=solution)
    elif row is None:
        return initial
    if outcome in OutcomeTheme.values:
        theme = OutcomeTheme(outcome)
        rows = rows.filter(measure__outcome_theme=outcome)
        initial |= {"title": f"{initial['title']}{colon()} {theme.label}"[:200]}
        initial["outcome"] = str(theme.label)
    usual = (
        rows.values_list("measure__name", "unit__name", "direction")
        .annotate(times=Count("pk"))
        .order_by("-times", "measure__name", "unit__name")
        .first()
    )
    if usual is not None:
        measure, unit, direction, _times = usual
        initial |= {"outcome": names.measures.label(measure), "direction": direction}
        initial["outcome_unit"] = measured_in(names, unit)
    return initial


def measured_in(names: DraftNames, unit: str) -> str:
    """The label of a unit; empty for a percent change, in which cases report: a pilot measures in
    the original unit.
    """
    try:
        key = names.units.find_or_new(unit)
    except ValidationError:
        return unit
    return "" if "change" in key else names.units.label(key)


def offered_indicators(pilot: Pilot, language: str) -> list[tuple[str, str]]:
    """The indicators with yearly figures from before the start for a city of the pilot."""
    place = pilot.places.select_related("city").first()
    if place is None:
        return []
    wanted = {
        line.definition
        for line in lines_of_city(place.city, None)
        if len(_years(line, pilot.starts_on)) >= LEAST_YEARS
    }
    rows = Indicator.objects.filter(definitions__in=wanted).distinct()
    return sorted(((row.public_id, local_name(row, language)) for row in rows), key=lambda p: p[1])


def figures_as_table(pilot: Pilot, indicator: str) -> tuple[bytes, list[str]]:
    """Yearly figures of an indicator as a table of cities by years, and the pilot's own cities.

    Uses the definition that most cities have; cities with a gap in the years of the pilot's cities
    are left out. Raises InvalidData if the pilot's cities have no figures.
    """
    chosen_indicator = by_id(Indicator.objects.all(), indicator)
    own = set(pilot.places.values_list("city_id", flat=True))
    pks = Definition.objects.filter(indicator=chosen_indicator).values_list("pk", flat=True)
    groups: dict[tuple[int, str], dict[int, dict[int, float]]] = defaultdict(dict)
    for line in lines_of_definitions(pks, None):
        years = _years(line, pilot.starts_on)
        if len(years) >= LEAST_YEARS:
            groups[line.definition, line.boundary][line.city] = years
    most = max(
        (group for group in groups.values() if own & set(group)),
        key=lambda group: (len(own & set(group)), len(group)),
        default=None,
    )
    if most is None:
        raise InvalidData([Fault("indicator", "no-such-indicator")])
    own &= set(most)
    shared = sorted(set.intersection(*(set(most[city]) for city in own)))[-MOST_YEARS:]
    cities = City.objects.in_bulk([city for city in most if set(shared) <= set(most[city])])
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["unit", "period", "value"])
    for key, city in sorted(cities.items(), key=lambda pair: pair[1].name):
        writer.writerows([city.name, str(year), repr(most[key][year])] for year in shared)
    return out.getvalue().encode(), sorted(cities[key].name for key in own if key in cities)


def _years(line: Line, before: dt.date | None) -> dict[int, float]:
    return {
        point.year: point.value
        for point in line.points
        if point.value is not None
        and point.period == str(point.year)
        and (before is None or point.year < before.year)
    }
