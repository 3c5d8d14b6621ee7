"""API route that ranks cities on an indicator, if the figures are comparable."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router

from alliance.core import clock
from alliance.core.errors import Fault, InvalidData
from alliance.indicators.api import schemas
from alliance.indicators.as_of import moment_of
from alliance.indicators.selectors.access import get_city_for, get_indicator_for
from alliance.indicators.selectors.side_by_side import FEWEST, MOST, Comparison, comparisons
from alliance.network.localise import local_field

router = Router(tags=["indicators"])

_REFUSED: dict[str, Any] = {
    "responses": {
        409: {
            "description": "The figures do not compare; `errors` names each clause, and `figures` "
            "holds both values without a rank.",
            "content": {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
            },
        }
    }
}


class NotComparable(ValueError):
    """The figures may not be ranked; `comparison` holds the differences."""

    def __init__(self, comparison: Comparison, figures: list[dict[str, Any]]) -> None:
        self.comparison, self.figures = comparison, figures
        super().__init__(", ".join(code for code, *_words in comparison.differences))


class ComparisonQuery(schemas.AsOfQuery):
    city: list[str] = Field(..., description="Ids of two to five cities.", max_length=20)


def compared_figures(comparison: Comparison, language: str) -> list[dict[str, Any]]:
    """The figures of a comparison as the API returns them, also with a refusal."""
    names = ("value", "unit", "period", "definition", "boundary", "status")
    items = []
    for city in comparison.cities:
        figure = city.figure
        item: dict[str, Any] = {
            "city": city.city.public_id,
            "city_name": local_field(city.city, "name", language),
            **dict.fromkeys(names),
            "rank": city.rank,
            "rank_high": city.rank_high,
            "error_basis": city.error_basis or None,
        }
        if figure is not None:
            item |= {name: getattr(figure, name, None) for name in names}
            item["unit"] = local_field(figure.version, "unit_label", language)
            item["definition"] = figure.version.definition.key
        items.append(item)
    return items


@router.get(
    "/indicators/{id}/comparison",
    response=schemas.Comparison,
    summary="Cities in order",
    openapi_extra=_REFUSED,
)
def compare_cities(request: HttpRequest, id: str, query: Query[ComparisonQuery]) -> dict[str, Any]:
    """Two to five cities ranked on an indicator, if definition, area, period and status allow it.

    Uses the newest period that all cities have. Otherwise 409 with both values, the clauses that
    differ, and no rank.
    """
    now = clock.now()
    moment = moment_of(query.as_of, now=now)
    indicator = get_indicator_for(None, id)
    wanted = list(dict.fromkeys(query.city))
    if not FEWEST <= len(wanted) <= MOST:
        raise InvalidData([Fault("city", "two-to-five-cities")])
    cities = [get_city_for(None, public_id) for public_id in wanted]
    comparison = comparisons(cities, query.lang, moment, indicator)[0]
    figures = compared_figures(comparison, query.lang)
    if not comparison.may_rank:
        raise NotComparable(comparison, figures)
    return {
        "indicator": indicator.public_id,
        "as_of": (moment or now).replace(second=0, microsecond=0),
        "figures": figures,
    }
