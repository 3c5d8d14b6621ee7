"""What cases, solutions and methods publish to the search index."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from alliance.analysis.prices import NotComparable
from alliance.cases.costs import comparable_cost, cost_band
from alliance.cases.effects import ends_of, is_measured
from alliance.cases.enums import CaseStatus, Scheme, Topic
from alliance.cases.models import (
    CaseStudy,
    CaseText,
    Effect,
    Method,
    NullResult,
    Solution,
    Source,
    SourceCheck,
)
from alliance.cases.selectors.localise import by_language, dispute_of
from alliance.core.documents import Document
from alliance.evidence.line_facts import line_facts, main_of, years_to_result
from alliance.network.bands import climate_zone, size_band
from alliance.network.localise import local_field

KINDS = ("case", "solution", "method")
#: The columns of a text about the dimensions of justice, without the register of all fields: it
#: changes more often than what the index is made of.
_JUSTICE = tuple(
    field.name for field in CaseText._meta.get_fields() if field.name.startswith("justice_")
)


def _codes(record: CaseStudy | Solution) -> dict[str, tuple[str, ...]]:
    """The classification of a record by scheme; a scheme without codes is left out."""
    codes: dict[str, list[str]] = {}
    for row in record.classifications.all():
        codes.setdefault(row.scheme, []).append(row.code)
    return {scheme: tuple(values) for scheme, values in codes.items()}


def _facets(**values: object) -> dict[str, tuple[str, ...]]:
    """Facets from single codes and sequences of codes; what is not recorded is left out."""
    facets: dict[str, tuple[str, ...]] = {}
    for key, value in values.items():
        if isinstance(value, str) and value:
            facets[key] = (str(value),)
        elif isinstance(value, list | tuple | set) and value:
            facets[key] = tuple(dict.fromkeys(str(item) for item in value))
    return facets


def _solution_names(solution: Solution) -> dict[str, tuple[str, ...]]:
    return {text.language: (text.name,) for text in solution.texts.all()}


def _place_names(case: CaseStudy) -> dict[str, tuple[str, ...]]:
    city = case.city
    of_city = by_language(city) if city else {}
    return {
        language: tuple(
            dict.fromkeys(
                name
                for name in (
                    own,
                    case.place_name,
                    of_city.get(language, ""),
                    city.name if city else "",
                )
                if name
            )
        )
        for language, own in by_language(case, "place_name").items()
    }


def main_null(case: CaseStudy) -> NullResult | None:
    """The main result of a case where that is one without a number."""
    return next((null for null in case.null_results if null.is_main), None)


def main_effect(case: CaseStudy) -> Effect | None:
    """The effect shown beside a case in a list: the one marked, else the first that is counted.

    None where the main result is one without a number.
    """
    if main_null(case) is not None:
        return None
    effects = [effect for effect in case.effects.all() if not effect.pool_exclusion]
    return next((effect for effect in effects if effect.is_main), next(iter(effects), None))


def _case(case: CaseStudy) -> Iterator[Document]:
    codes = _codes(case)
    results: list[Effect | NullResult] = [*case.effects.all(), *case.null_results]
    solution_names = _solution_names(case.solution)
    names = {
        language: solution_names.get(language, ()) + places
        for language, places in _place_names(case).items()
    }
    facets = _facets(
        outcome=case.outcome,
        reason=case.reasons,
        topic=codes.get(Scheme.TOPIC, ()),
        theme=codes.get(Scheme.THEME, ()),
        solution_theme=_codes(case.solution).get(Scheme.THEME, ()),
        sdg=codes.get(Scheme.SDG, ()),
        actor=codes.get(Scheme.ACTOR, ()),
        solution=case.solution.public_id,
        country=case.country,
        city=case.city.public_id if case.city else "",
        size=size_band(case.city) or "",
        climate=climate_zone(case.city) or "",
        cost_band=cost_band(case) or "",
        design=[result.design for result in results],
        measure=[result.measure.slug for result in results],
        member=("yes" if case.city.is_member else "no") if case.city else "",
        gained=case.gained,
        paid=case.paid,
    )
    effect, null = main_effect(case), main_null(case)
    cost = comparable_cost(case)
    extra: dict[str, Any] = {
        "solution": case.solution.public_id,
        "place": by_language(case, "place_name"),
        "country": case.country,
        "start_year": case.start_year,
        "end_year": case.end_year,
        "origin": case.origin,
        "from_network": case.from_network,
        "solution_names": {language: name[0] for language, name in solution_names.items()},
        "cost": None if isinstance(cost, NotComparable) else cost.value,
        "years_to_result": years_to_result(case, case.effects.all()),
        "dispute": case.disputed,  # type: ignore[attr-defined]
        "no_difference": None if null is None else by_language(null.measure),
        "effect": None
        if effect is None
        else {
            "value": effect.value,
            "ends": ends_of(effect),
            "unit": effect.unit.code,
            "unit_names": by_language(effect.unit),
            "unit_symbols": by_language(effect.unit, "symbol"),
            "measure_names": by_language(effect.measure),
            "qualifier": effect.qualifier,
            "is_change": effect.unit.is_change,
            "design": effect.design,
            "check_again": effect.check_again,
        },
        "is_measured": is_measured(case),
    }
    for text in case.texts.all():
        yield Document(
            kind="case",
            public_id=case.public_id,
            language=text.language,
            title=text.title,
            summary=text.abstract,
            body="\n".join(
                part
                for part in (
                    text.problem,
                    text.what_worked,
                    text.what_did_not,
                    text.equity_notes,
                    *(getattr(text, name) for name in _JUSTICE),
                    *(
                        f"{result.measure.name} {local_field(result, 'qualifier', text.language)}"
                        for result in results
                    ),
                )
                if part
            ),
            names=names,
            facets=facets,
            outcome=case.outcome,
            evidence=case.evidence_points,
            year=case.start_year,
            review_by=_fresh_until(case),
            updated_at=case.published_at,
            latitude=case.latitude,
            longitude=case.longitude,
            extra=extra,
        )


def _fresh_until(case: CaseStudy) -> dt.date | None:
    """The date from which a case sinks: its review, or sooner where none of its sources lives."""
    if case.lives or not case.has_sources:  # type: ignore[attr-defined]
        return case.review_by
    ends = [
        (check.last_alive_at or check.checked_at).date()
        for check in SourceCheck.objects.filter(url__in=case.sources.values("url"))
        if check.checked_at is not None
    ]
    return min(filter(None, [case.review_by, *ends]), default=None)


def _with_life_of_sources(cases: QuerySet[CaseStudy]) -> QuerySet[CaseStudy]:
    """Whether a case names sources, and whether any of them is not known to be dead."""
    own = Source.objects.filter(case=OuterRef("pk"))
    dead = SourceCheck.objects.filter(is_alive=False).values("url")
    return cases.annotate(has_sources=Exists(own), lives=Exists(own.exclude(url__in=dead)))


def _solution(solution: Solution) -> Iterator[Document]:
    codes = _codes(solution)
    cases = list(solution.cases.all())
    facets = _facets(
        topic=codes.get(Scheme.TOPIC, ()),
        theme=codes.get(Scheme.THEME, ()),
        sdg=codes.get(Scheme.SDG, ()),
        solution=solution.public_id,
        measure=[effect.measure.slug for case in cases for effect in case.effects.all()],
    )
    outcomes = [case.outcome for case in cases]
    for text in solution.texts.all():
        yield Document(
            kind="solution",
            public_id=solution.public_id,
            language=text.language,
            title=text.name,
            summary=text.summary,
            body="\n".join([text.how_it_works, *text.prerequisites]),
            names=_solution_names(solution),
            facets=facets,
            evidence=solution.evidence_points,
            updated_at=solution.updated_at,
            extra=line_facts(solution, main_of(solution))
            | {
                "kind": solution.kind,
                "from_network": solution.from_network,
                "trials": len(outcomes),
                "worked": outcomes.count("worked"),
                "reported": outcomes.count("reported"),
                "mixed": outcomes.count("mixed"),
                "did_not_work": outcomes.count("did-not-work"),
            },
        )


def _method(method: Method) -> Iterator[Document]:
    names = {text.language: (text.name,) for text in method.texts.all()}
    # A method of another topic is how a city works, whatever it is applied to: it is found by what
    # it is, and does not weigh on how the solution it once served is found.
    engages = method.topic == Topic.ENGAGING_CITIZENS
    related = method.related_solution.public_id if engages and method.related_solution else ""
    facets = _facets(topic=(method.topic,), solution=related)
    for text in method.texts.all():
        yield Document(
            kind="method",
            public_id=method.public_id,
            language=text.language,
            title=text.name,
            summary=text.description,
            body="\n".join(
                [text.best_for, *text.strengths, *text.limits, *text.evaluation_criteria]
            )
            if engages
            else "",
            names=names,
            facets=facets,
            updated_at=method.updated_at,
            extra={
                "iap2_level": method.iap2_level,
                "cost_level": method.cost_level,
                "mode": method.mode,
            },
        )


def depending_on(ids: Mapping[str, Collection[str]]) -> set[tuple[str, str]]:
    """(kind, public id) of the cases that name the solutions and cities of `ids`, and of the
    solutions that count its cases."""
    solutions, cities, cases = (list(ids.get(kind, ())) for kind in ("solution", "city", "case"))
    keys: set[tuple[str, str]] = set()
    if solutions or cities:
        condition = Q(solution__public_id__in=solutions) | Q(city__public_id__in=cities)
        case_ids = (
            CaseStudy.objects.filter(condition).order_by().values_list("public_id", flat=True)
        )
        keys |= {("case", case_id) for case_id in case_ids}
    if cases:
        rows = Solution.objects.filter(cases__public_id__in=cases).order_by()
        keys |= {("solution", public_id) for public_id in rows.values_list("public_id", flat=True)}
    return keys


def documents(kind: str, public_ids: Collection[str] | None = None) -> Iterator[Document]:
    """The documents of all published records of `kind`, or of those named.

    A record that is missing or not published gives none, which takes it out of the index.
    """
    if kind == "case":
        cases = CaseStudy.objects.filter(status=CaseStatus.PUBLISHED).select_related(
            "solution", "city"
        )
        if public_ids is not None:
            cases = cases.filter(public_id__in=public_ids)
        cases = cases.annotate(disputed=dispute_of("public_id"))
        cases = _with_life_of_sources(cases).prefetch_related(
            "texts",
            "classifications",
            "solution__texts",
            "solution__classifications",
            Prefetch("effects", queryset=Effect.objects.select_related("measure", "unit")),
            Prefetch("nulls", queryset=NullResult.objects.select_related("measure")),
        )
        for case in cases.iterator(chunk_size=500):
            yield from _case(case)
    elif kind == "solution":
        solutions = Solution.objects.all()
        if public_ids is not None:
            solutions = solutions.filter(public_id__in=public_ids)
        solutions = solutions.prefetch_related(
            "texts",
            "classifications",
            "verdicts__measure",
            "verdicts__unit",
            "costs",
            "disputes",
            "national_schemes",
            Prefetch(
                "cases",
                queryset=CaseStudy.objects.filter(status=CaseStatus.PUBLISHED).prefetch_related(
                    Prefetch("effects", queryset=Effect.objects.select_related("measure"))
                ),
            ),
        )
        for solution in solutions.iterator(chunk_size=500):
            yield from _solution(solution)
    elif kind == "method":
        methods = Method.objects.select_related("related_solution")
        if public_ids is not None:
            methods = methods.filter(public_id__in=public_ids)
        for method in methods.prefetch_related("texts").iterator(chunk_size=500):
            yield from _method(method)
