"""Generated load: the starter network many times over, in other places and with other words.

Each round copies all cases into cities; every eighth round brings new solutions, so that a
solution keeps about twenty cases. Words of titles and summaries are shuffled, word frequencies
stay as in real content. The seed makes each run the same.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from typing import Any

from django.db import models

from alliance.cases.models import (
    CaseClassification,
    CaseStudy,
    CaseText,
    CaseVersion,
    Effect,
    Solution,
    SolutionClassification,
    SolutionText,
    Source,
)
from alliance.network.models import City

BATCH = 2_000
ROUNDS_A_SOLUTION = 8


def _values(row: models.Model, leave_out: Iterable[str] = ()) -> dict[str, Any]:
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not field.primary_key and field.name not in leave_out
    }


def _copy_all(
    rows: Iterable[Any], model: type[Any], change: Callable[[dict[str, Any]], dict[str, Any]]
) -> dict[int, Any]:
    """Copies of records under other ids, by the primary key of what was copied."""
    originals = list(rows)
    copies = [model(**change(_values(row))) for row in originals]
    model._default_manager.bulk_create(copies, batch_size=BATCH)
    return {row.pk: copy for row, copy in zip(originals, copies, strict=True)}


def _copy_parts(rows: Iterable[Any], owner: str, owners: dict[int, Any]) -> list[Any]:
    """Copies of the child rows of copied records, not saved."""
    return [
        type(row)(**_values(row, [owner]), **{owner: owners[getattr(row, f"{owner}_id")]})
        for row in rows
        if getattr(row, f"{owner}_id") in owners
    ]


def _shuffled(text: str, chooser: random.Random) -> str:
    words = text.split()
    chooser.shuffle(words)
    return " ".join(words)


def multiply_cases(total: int, *, seed: int = 1, in_new_cities: bool = True) -> None:
    """Add copies of the cases in the database until there are `total`.

    Each round has cities of its own, so that places are spread as on a map of the world; otherwise
    the cities that are there get more cases.
    """
    chooser = random.Random(seed)
    originals = list(CaseStudy.objects.order_by("id"))
    cities, solutions = list(City.objects.all()), list(Solution.objects.all())
    texts, classes = list(SolutionText.objects.all()), list(SolutionClassification.objects.all())
    parts = [
        list(model._default_manager.filter(case__in=originals))
        for model in (CaseText, CaseClassification, Effect, Source, CaseVersion)
    ]
    own_solutions: dict[int, Any] = {solution.pk: solution for solution in solutions}
    missing, number = total - len(originals), 0
    while missing > 0:
        number += 1

        def renamed(values: dict[str, Any], number: int = number) -> dict[str, Any]:
            return values | {"public_id": f"{values['public_id'][:60]}-{number}"}

        def moved(values: dict[str, Any], number: int = number) -> dict[str, Any]:
            place = {"name": f"{values['name']} {number}"}
            for name in ("latitude", "longitude"):
                if values[name] is not None:
                    place[name] = values[name] + chooser.uniform(-2, 2)
            return renamed(values) | place

        if number % ROUNDS_A_SOLUTION == 0:
            own_solutions = _copy_all(solutions, Solution, renamed)
            for rows in (texts, classes):
                type(rows[0])._default_manager.bulk_create(
                    _copy_parts(rows, "solution", own_solutions), batch_size=BATCH
                )
        own_cities = (
            _copy_all(cities, City, moved) if in_new_cities else {city.pk: city for city in cities}
        )

        def set_there(
            values: dict[str, Any],
            number: int = number,
            there: dict[int, Any] = own_cities,
            solved: dict[int, Any] = own_solutions,
        ) -> dict[str, Any]:
            city = there.get(values["city_id"])
            return renamed(values) | {
                "city_id": city.pk if city else None,
                "place_name": f"{values['place_name'][:100]} {number}",
                "latitude": city.latitude if city else values["latitude"],
                "longitude": city.longitude if city else values["longitude"],
                "solution_id": solved[values["solution_id"]].pk,
            }

        owners = _copy_all(originals[:missing], CaseStudy, set_there)
        for rows in parts:
            copies = _copy_parts(rows, "case", owners)
            for row in copies:
                if isinstance(row, CaseText):
                    row.title = _shuffled(row.title, chooser)
                    row.summary = _shuffled(row.summary, chooser)
            type(copies[0])._default_manager.bulk_create(copies, batch_size=BATCH)
        missing -= len(owners)
