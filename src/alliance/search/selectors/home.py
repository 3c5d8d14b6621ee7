"""What the home page shows, from the index."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection
from typing import Any

import numpy as np
from django.urls import reverse
from django.utils import translation

from alliance.cases.enums import Outcome
from alliance.cases.selectors.access import visible_cases
from alliance.cases.selectors.case_list import line_fields, line_texts
from alliance.charts import skyline
from alliance.charts.map import MapPoint, labelled
from alliance.charts.map import draw as draw_map
from alliance.core import clock
from alliance.core.audit import VISITOR, Actor
from alliance.network.localise import local_name
from alliance.network.models import City, Organisation
from alliance.participation.enums import ProcessState
from alliance.participation.models import Process
from alliance.search.facet_columns import Rows
from alliance.search.index import Index
from alliance.search.problems import PROBLEMS
from alliance.search.results import Hit
from alliance.search.selectors.hits import hits_of, outcome_counts
from alliance.search.store import store

NEWEST = 2
FAILURES = 2
#: Towers: the problems with most cases.
TOWERS = 8


def home_context(language: str, today: dt.date, actor: Actor = VISITOR) -> dict[str, Any]:
    """Newest cases, latest failures and why, problems, member cities, and how many of each.

    `own` is the city of the team that `actor` belongs to, with its cases and open needs, None where
    there is none; the problems that it has needs in come first then, marked as `is_own`.

    `problems` are those with cases, most first; `skyline` draws `TOWERS` of them, and is None
    without any case. `members` come with their cases and what they ask their residents, on a
    `map`. `n_checked` cases were checked by their city. Seven queries to the database, one more for
    a member of a team.
    """
    index = store.current(at=clock.now()).index
    with translation.override(language):
        cases = living(index, "kind", "case")
        failed = np.intersect1d(cases, living(index, "outcome", Outcome.DID_NOT_WORK.value))
        newest = newest_first(index, cases)[:NEWEST]
        failures = newest_first(index, failed)[:FAILURES]
        needs = newest_first(index, living(index, "kind", "need"))
        own = _own(index, cases, needs, actor, language)
        problems = _problems(index, cases, language)
        hits = _hits_by_row(index, newest, language, today)
        lost = [index.identity(row)[1] for row in failures.tolist()]
        kinds = index.facet("kind")
        count = dict(
            zip(kinds.vocabulary, kinds.count(np.flatnonzero(index.alive)).tolist(), strict=True)
        )
        members = _members(index, cases, language)
        return {
            "as_of": today,
            "newest_cases": _chosen(hits, newest),
            "latest_failures": sorted(
                line_fields(visible_cases(VISITOR))
                .filter(public_id__in=lost)
                .prefetch_related(line_texts()[0]),
                key=lambda case: lost.index(case.public_id),
            ),
            "own": own,
            "problems": _own_first(problems, own["problems"] if own else ()),
            "members": members,
            "map": labelled(
                draw_map(
                    [
                        MapPoint(
                            id=member["city"].public_id,
                            label=member["name"],
                            lat=member["city"].latitude,
                            lon=member["city"].longitude,
                            outcome=Outcome.WORKED,
                            href=reverse("knowledge:city", args=[member["city"].public_id]),
                        )
                        for member in members
                    ]
                )
            ),
            "n_open": sum(member["n_open"] for member in members),
            "skyline": skyline.draw([problem["subject"] for problem in problems[:TOWERS]]),
            "n_cases": count.get("case", 0),
            "n_solutions": count.get("solution", 0),
            "n_failures": int(failed.size),
            "n_checked": visible_cases(VISITOR).filter(city_checked_on__isnull=False).count(),
        }


def _own(
    index: Index, cases: Rows, needs: Rows, actor: Actor, language: str
) -> dict[str, Any] | None:
    """The city of a member of a team: how its cases ended, its open needs, the problems of those.

    Of several teams the first by name speaks.
    """
    teams = Organisation.objects.filter(public_id__in=actor.teams, city__isnull=False)
    team = teams.select_related("city").order_by("name", "id").first() if actor.teams else None
    if team is None or team.city is None:
        return None
    here = index.facet("city").having([team.city.public_id])
    asked = needs[here[needs]]
    themes = index.facet("theme")
    return {
        "city": team.city,
        "name": local_name(team.city, language),
        "tally": outcome_counts(index, cases[here[cases]]),
        "n_needs": int(asked.size),
        "problems": {
            problem.code
            for problem in PROBLEMS.values()
            if themes.having([theme.value for theme in problem.themes])[asked].any()
        },
    }


def _own_first(problems: list[dict[str, Any]], own: Collection[str]) -> list[dict[str, Any]]:
    marked = [problem | {"is_own": problem["code"] in own} for problem in problems]
    return sorted(marked, key=lambda problem: not problem["is_own"])


def living(index: Index, key: str, code: str) -> Rows:
    """The records that carry a code."""
    return np.flatnonzero(index.facet(key).having([code]) & index.alive)


def newest_first(index: Index, rows: Rows) -> Rows:
    """The rows, what changed last first."""
    # Records that came in together, such as the starter network, go by when their case started.
    keys = (index.rank[rows], -index.columns["year"][rows], -index.columns["updated_at"][rows])
    return rows[np.lexsort(keys)]


def _hits_by_row(index: Index, rows: Rows, language: str, today: dt.date) -> dict[int, Hit]:
    unique = np.unique(rows)
    by_identity = {
        (hit.kind, hit.public_id): hit for hit in hits_of(index, unique, language, today)
    }
    return {
        row: by_identity[index.identity(row)]
        for row in unique.tolist()
        if index.identity(row) in by_identity
    }


def _chosen(hits: dict[int, Hit], rows: Rows) -> tuple[Hit, ...]:
    return tuple(hits[row] for row in rows.tolist() if row in hits)


def _problems(index: Index, cases: Rows, language: str) -> list[dict[str, Any]]:
    outcomes = index.facet("outcome")
    entries = []
    for problem in PROBLEMS.values():
        query = problem.query(language)
        own = cases[index.facet("theme").having(query.filters["theme"])[cases]]
        counts = dict(zip(outcomes.vocabulary, outcomes.count(own).tolist(), strict=True))
        entries.append(
            {
                "code": problem.code,
                "subject": skyline.Subject(
                    str(problem.label), problem.icon, counts, str(problem.short)
                ),
                "cases": int(own.size),
                "did_not_work": counts.get(Outcome.DID_NOT_WORK.value, 0),
                "querystring": query.querystring,
            }
        )
    return sorted((entry for entry in entries if entry["cases"]), key=lambda entry: -entry["cases"])


def _members(index: Index, cases: Rows, language: str) -> list[dict[str, Any]]:
    """The member cities from north to south, each with its cases and open processes; two
    queries."""
    cities = City.objects.filter(is_member=True)
    running = Process.objects.filter(state=ProcessState.OPEN, city__in=cities)
    n_open = Counter(running.order_by().values_list("city", flat=True))
    by_city = index.facet("city")
    return [
        {
            "city": city,
            "name": local_name(city, language),
            "tally": outcome_counts(index, cases[by_city.having([city.public_id])[cases]]),
            "n_open": n_open[city.pk],
        }
        for city in sorted(cities, key=lambda city: (-(city.latitude or 0.0), city.name))
    ]
