"""A site of one page that shows every component, beside the pages of plain text.

Names and figures are invented; they are chosen to strain the layout.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf.urls.i18n import i18n_patterns
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from alliance.charts import chain, forest, series
from alliance.charts import map as case_map
from alliance.web import views

TEMPLATE = Path(__file__).with_name("showcase.html")


@dataclass(frozen=True)
class Source:
    title: str
    url: str
    kind_label: str
    independent: bool | None
    seen: str = ""


SOURCES = (
    Source("Facts and results from the trial", "https://example.org/a", "public body", True),
    Source("Ten years of charging", "https://example.org/b/" + "x" * 90, "", None, "−22 % cars"),
)

ROWS = (
    forest.ForestRow(
        "Stockholm", "2006 · before and after", -22, -25, -19, "before and after", "/en/a"
    ),
    forest.ForestRow("Göteborg", "2013", -12, None, None, "before and after", "/en/b"),
    forest.ForestRow(
        "Communauté d’agglomération de Saint-Quentin-en-Yvelines et environs",
        "years not known, the part of the town that lies inside the ring road",
        4.5,
        1.2,
        9,
        "with comparison group",
        "/en/c",
    ),
    forest.ForestRow("Milano", "2008–2011", -14.2, None, None, "modelled", "/en/d", False),
    forest.ForestRow("London", "2003", -30, -34, -26, "before and after", "/en/e"),
)
SUMMARY = forest.ForestSummary(
    mean=-14.7, ci_low=-30.6, ci_high=1.1, pi_low=-55, pi_high=25, median=-14.2
)
CLIPPED = (
    forest.ForestRow("Lund", "2015", 1160, None, None, "survey or count", "/en/f"),
    forest.ForestRow("Umeå", "2016", 1.2, 0.4, 2, "randomised trial", "/en/g"),
    forest.ForestRow("Nantes", "2017", 3, None, None, "modelled", "", False),
)

MONTHS = [f"2026-{month:02d}" for month in range(1, 11)]
PATHS = series.draw_lines(
    MONTHS,
    [
        series.Line("with the pilot", (9, 9.2, 9.1, 9.3, 7, 6.8, None, 6.9, 7.1, 7)),
        series.Line("without the pilot", (8.8, 9, 9, 9.1, 9.2, 9.3, 9.2, 9.5, 9.4, 9.6), "other"),
        series.Line("other places", (8, 8.5, 9, 9.5, 9, 8.5, 8, 8.5, 9, 9.5), "faint"),
    ],
    title="Heat used over time",
    summary="With the pilot: from 9.15 to 6.96. Without: from 8.98 to 9.37.",
    place_label="Time",
    unit="kWh/m²",
    start=4,
    start_label="start",
)
EVENTS = series.draw_points(
    [
        series.Point("−2", 0.1, -0.6, 0.8),
        series.Point("0", -2.1, -2.9, -1.3),
        series.Point("+1", -2.4, None, None),
    ],
    title="Effect by time since the start",
    summary="After the start the interval leaves zero out.",
    place_label="Time steps from the start",
    value_label="Effect",
    interval_label="Interval",
    unit="kWh/m²",
    start=1,
    start_label="start",
)

PLACES = (
    ("Stockholm", 59.33, 18.07, "worked"),
    ("Göteborg", 57.71, 11.97, "mixed"),
    ("Göteborg, second case", 57.71, 11.97, "did-not-work"),
    ("Göteborg, third case", 57.71, 11.97, "worked"),
    ("Malmö", 55.6, 13.0, "worked"),
    ("Lund", 55.7, 13.19, "worked"),
    ("København", 55.68, 12.57, "unknown"),
    ("Umeå", 63.83, 20.26, "mixed"),
    ("Grenoble", 45.19, 5.72, "worked"),
    ("Paris", 48.85, 2.35, "did-not-work"),
    ("La Rochelle", 46.16, -1.15, "worked"),
    ("Saint-Brieuc", 48.51, -2.76, "mixed"),
    ("Lisboa", 38.72, -9.14, "worked"),
    ("İstanbul", 41.0, 28.98, "unknown"),
    ("Tromsø", 69.65, 18.96, "worked"),
    ("New York", 40.71, -74.0, "worked"),
    ("Bogotá", 4.71, -74.07, "mixed"),
    ("A place that was not known", None, None, "worked"),
)
POINTS = [
    case_map.MapPoint(f"c{i}", name, lat, lon, outcome, f"/en/c{i}")
    for i, (name, lat, lon, outcome) in enumerate(PLACES)
]


def context(request: HttpRequest) -> dict[str, Any]:
    """All that the showcase shows."""
    return {
        "n": 3 if "mixed" in request.GET.getlist("outcome") else 8,
        "today": dt.date(2026, 11, 24),
        "past": dt.date(2025, 10, 1),
        "future": dt.date(2027, 11, 1),
        "amount": Decimal("182345678.00"),
        "sources": SOURCES,
        "page": Paginator(range(2000), 10).get_page(request.GET.get("page", "7")),
        "outcomes": [
            {"value": "worked", "label": "Worked", "count": 1234, "checked": True},
            {"value": "mixed", "label": "Mixed", "count": 0, "checked": False},
            {"value": "x", "label": "A rather long name of a choice", "checked": False},
        ],
        "paths": PATHS,
        "events": EVENTS,
        "terms": [
            ("Inhabitants", "600,000 (2024)"),
            ("Lead time", None),
            ("Who was involved", "the municipality and its housing company"),
        ],
        "plot": forest.draw(
            ROWS,
            title="Change of car traffic over the cordon",
            unit_symbol="%",
            unit_name="percent change",
            favourable="lower-is-better",
            summary=SUMMARY,
        ),
        "clipped": forest.draw(
            CLIPPED,
            title="Change of the number of bicycles counted",
            unit_symbol="%",
            unit_name="percent change",
            favourable="higher",
        ),
        "chain": chain.draw(
            [
                chain.ChainNode("a", "", 0, "Lund 2019", "worked", "#a"),
                chain.ChainNode("b", "a", 1, "Umeå 2020", "did-not-work", "#b"),
                chain.ChainNode("c", "b", 2, "Arras", "mixed", "#c", "fr"),
            ]
        ),
        "map": case_map.draw(POINTS, view=request.GET.get("map")),
    }


def showcase(request: HttpRequest) -> HttpResponse:
    template = engines["django"].from_string(TEMPLATE.read_text(encoding="utf-8"))
    return HttpResponse(template.render(context(request), request))


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a fault")


def refused(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def garbled(request: HttpRequest) -> HttpResponse:
    raise BadRequest("a bad request")


urlpatterns = [
    path("metrics", views.metrics),
    path("plain/", showcase),
    *i18n_patterns(
        path("", showcase, name="home"),
        path("find", showcase, name="find"),
        path("broken/", broken),
        path("refused/", refused),
        path("garbled/", garbled),
        path("", include("alliance.web.urls")),
    ),
]
handler400 = views.handler400
handler403 = views.handler403
handler404 = views.handler404
handler500 = views.handler500
