"""Search documents of registered pilots; plans that are not frozen have none."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.db.models import Prefetch, Q

from alliance.core.documents import Document
from alliance.knowledge.models import Solution
from alliance.network.documents import names_of, place_facets
from alliance.network.models import City
from alliance.testbeds.enums import EvaluationLabel, EvaluationState, PilotStage, case_design
from alliance.testbeds.models import Evaluation, Pilot, PilotCity

KINDS = ("pilot",)
LANGUAGES = ("en", "fr", "sv")


def _solution_facets(solution: Solution | None) -> dict[str, tuple[str, ...]]:
    if solution is None:
        return {}
    codes: dict[str, list[str]] = {"solution": [solution.public_id]}
    for row in solution.classifications.all():
        codes.setdefault(row.scheme, []).append(row.code)
    return {scheme: tuple(values) for scheme, values in codes.items()}


def _place(cities: list[City]) -> dict[str, str]:
    names = {language: [names_of([city])[language][0] for city in cities] for language in LANGUAGES}
    return {language: ", ".join(city_names) for language, city_names in names.items()}


def _sentence_data(results: list[Evaluation]) -> dict[str, Any] | None:
    """The data for a sentence about the pooled result, or else the newest."""
    chosen = [evaluation for evaluation in results if evaluation.city_id is None] or results
    if not chosen:
        return None
    result = chosen[-1].result
    keys = ("design", "n", "level", "estimate", "shows_effect")
    return {key: result[key] for key in keys} | {
        "sentences": [
            sentence
            for place, sentence in enumerate(result.get("sentences", ()))
            if place == 0 or sentence["code"] == "no-comparison"
        ],
        "details": {key: result["details"].get(key) for key in ("scale", "of")}
        | {"prediction_interval": [None, None]},
        "ci": None,
        "warnings": [],
    }


def _pilot(pilot: Pilot) -> Document:
    plan = pilot.plan
    cities = [place.city for place in pilot.places.all()]
    solution = pilot.solution
    names = names_of(cities)
    if solution is not None:
        for text in solution.texts.all():
            names[text.language] = (text.name, *names.get(text.language, ()))
    countries = {city.country for city in cities}
    facets = {
        **_solution_facets(solution),
        **place_facets(cities),
        "stage": (pilot.state,),
        "actor": (pilot.organisation.kind,),
        "design": (case_design(pilot.design, controlled=bool(plan["control_series"])).value,),
    }
    if plan["measure"]:
        facets["measure"] = (plan["measure"],)
    return Document(
        kind="pilot",
        public_id=pilot.public_id,
        language=pilot.language,
        title=pilot.title,
        summary=plan["question"],
        body="\n".join(
            part
            for part in (plan["outcome"], plan["unit"], plan["estimand"], pilot.stopped_because)
            if part
        ),
        names=names,
        facets=facets,
        year=pilot.starts_on.year if pilot.starts_on else None,
        updated_at=pilot.stopped_at or pilot.reported_at or pilot.frozen_at,
        latitude=cities[0].latitude if len(cities) == 1 else None,
        longitude=cities[0].longitude if len(cities) == 1 else None,
        extra={
            "place": _place(cities),
            "country": next(iter(countries)) if len(countries) == 1 else None,
            "design": pilot.design,
            "state": pilot.state,
            "result_due": pilot.result_due.isoformat() if pilot.result_due else None,
            "result": _sentence_data(pilot.finished),  # type: ignore[attr-defined]
            "unit": plan["outcome_unit"],
        },
    )


def depending_on(ids: Mapping[str, Collection[str]]) -> set[tuple[str, str]]:
    """(kind, public id) of the pilots whose documents contain the records of `ids`, by kind."""
    condition = Q(solution__public_id__in=list(ids.get("solution", ())))
    condition |= Q(places__city__public_id__in=list(ids.get("city", ())))
    if not (ids.get("solution") or ids.get("city")):
        return set()
    pilots = Pilot.objects.filter(condition, state__in=PilotStage.values)
    return {("pilot", public_id) for public_id in pilots.values_list("public_id", flat=True)}


def documents(kind: str, public_ids: Collection[str] | None = None) -> Iterator[Document]:
    """The documents of all registered pilots, or of those in `public_ids` that are registered.

    Raises ValueError for another kind.
    """
    if kind not in KINDS:
        raise ValueError(f"pilots publish no {kind!r}")
    pilots = Pilot.objects.filter(state__in=PilotStage.values)
    if public_ids is not None:
        pilots = pilots.filter(public_id__in=public_ids)
    results = Evaluation.objects.filter(
        label=EvaluationLabel.AS_FROZEN, state=EvaluationState.DONE
    ).order_by("finished_at", "pk")
    rows = pilots.select_related("organisation", "solution").prefetch_related(
        "solution__texts",
        "solution__classifications",
        Prefetch("places", PilotCity.objects.select_related("city")),
        Prefetch("evaluations", results, to_attr="finished"),
    )
    yield from (_pilot(row) for row in rows.iterator(chunk_size=500))
