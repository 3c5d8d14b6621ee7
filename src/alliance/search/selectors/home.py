"""What the home page shows, from the index."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from django.utils import translation

from alliance.charts import skyline
from alliance.core import clock
from alliance.knowledge.enums import Outcome, Theme, Topic
from alliance.search.facet_columns import Rows
from alliance.search.index import Index
from alliance.search.labels import NO_COUNTRY
from alliance.search.query import FinderQuery
from alliance.search.results import Hit
from alliance.search.selectors.hits import hits_of, outcome_counts
from alliance.search.store import store

NEWEST = 3
FAILURES = 3
#: Doors and towers: the themes with most cases.
THEMES = 8
#: What `icons.svg` draws for each theme.
THEME_ICONS = {
    Theme.MOBILITY: "car",
    Theme.AIR_QUALITY: "air",
    Theme.HEALTH: "heart",
    Theme.CLIMATE_MITIGATION: "globe",
    Theme.CLIMATE_ADAPTATION: "heat",
    Theme.ENERGY: "energy",
    Theme.WASTE: "waste",
    Theme.CIRCULAR_ECONOMY: "partner",
    Theme.ROAD_SAFETY: "walk",
    Theme.HOUSING: "home",
    Theme.PUBLIC_SPACE: "place",
    Theme.WATER: "water",
    Theme.NATURE: "tree",
    Theme.FOOD: "food",
    Theme.GOVERNANCE: "talk",
}
#: Evidence points of the cases that "did you know" draws from.
WELL_KNOWN = 3


def home_context(language: str, today: dt.date) -> dict[str, Any]:
    """Newest cases, latest failures, themes and topics with their failures, and how much there is.

    `themes` are those with most cases; `skyline` draws them, and is None without any case.

    `did_you_know` is one well-evidenced case a day, in turn. Two queries to the database.
    """
    index = store.current(at=clock.now()).index
    with translation.override(language):
        cases = _living(index, "kind", "case")
        failed = np.intersect1d(cases, _living(index, "outcome", Outcome.DID_NOT_WORK.value))
        newest = _newest(index, cases)[:NEWEST]
        failures = _newest(index, failed)[:FAILURES]
        known = cases[index.columns["evidence"][cases] >= WELL_KNOWN]
        known = known[np.argsort(index.rank[known])]
        pick = known[[today.toordinal() % known.size]] if known.size else known
        themes = _themes(index, cases, language)
        told = _tell(index, np.concatenate([newest, failures, pick]), language, today)
        kinds, countries = index.facet("kind"), index.facet("country")
        count = dict(
            zip(kinds.vocabulary, kinds.count(np.flatnonzero(index.alive)).tolist(), strict=True)
        )
        return {
            "as_of": today,
            "newest_cases": _chosen(told, newest),
            "latest_failures": _chosen(told, failures),
            "themes": themes,
            "skyline": skyline.draw([one["subject"] for one in themes]),
            "topics": [_topic(index, code, cases, failed, language) for code in Topic.values],
            "n_cases": count.get("case", 0),
            "n_solutions": count.get("solution", 0),
            "n_methods": count.get("method", 0),
            "n_cities": count.get("city", 0),
            "n_members": int(
                np.intersect1d(_living(index, "kind", "city"), _living(index, "member", "yes")).size
            ),
            "n_countries": sum(
                bool(number) and code not in NO_COUNTRY
                for code, number in zip(
                    countries.vocabulary, countries.count(cases).tolist(), strict=True
                )
            ),
            "outcomes": outcome_counts(index, cases),
            "did_you_know": next(iter(_chosen(told, pick)), None),
        }


def _living(index: Index, key: str, code: str) -> Rows:
    return np.flatnonzero(index.facet(key).having([code]) & index.alive)


def _newest(index: Index, rows: Rows) -> Rows:
    # Records that came in together, such as the starter network, go by when their case started.
    keys = (index.rank[rows], -index.columns["year"][rows], -index.columns["updated_at"][rows])
    return rows[np.lexsort(keys)]


def _tell(index: Index, rows: Rows, language: str, today: dt.date) -> dict[int, Hit]:
    unique = np.unique(rows)
    by_identity = {
        (hit.kind, hit.public_id): hit for hit in hits_of(index, unique, language, today)
    }
    return {
        row: by_identity[index.identity(row)]
        for row in unique.tolist()
        if index.identity(row) in by_identity
    }


def _chosen(told: dict[int, Hit], rows: Rows) -> tuple[Hit, ...]:
    return tuple(told[row] for row in rows.tolist() if row in told)


def _themes(index: Index, cases: Rows, language: str) -> list[dict[str, Any]]:
    outcomes = index.facet("outcome")
    found = []
    for theme in Theme:
        own = cases[index.facet("theme").having([theme.value])[cases]]
        counts = dict(zip(outcomes.vocabulary, outcomes.count(own).tolist(), strict=True))
        query = FinderQuery(language=language, filters={"theme": (theme.value,)})
        found.append(
            {
                "subject": skyline.Subject(str(theme.label), THEME_ICONS[theme], counts),
                "cases": int(own.size),
                "did_not_work": counts.get(Outcome.DID_NOT_WORK.value, 0),
                "querystring": query.querystring,
            }
        )
    return sorted((one for one in found if one["cases"]), key=lambda one: -one["cases"])[:THEMES]


def _topic(index: Index, code: str, cases: Rows, failed: Rows, language: str) -> dict[str, Any]:
    mask = index.facet("topic").having([code])
    query = FinderQuery(language=language, filters={"topic": (code,), "kind": ("case",)})
    return {
        "code": code,
        "label": str(Topic(code).label),
        "cases": int(np.count_nonzero(mask[cases])),
        "did_not_work": int(np.count_nonzero(mask[failed])),
        "querystring": query.querystring,
    }
