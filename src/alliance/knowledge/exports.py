"""Rows of each table from the database, a few hundred records at a time.

A row holds a value for every column of the codebook: None where nothing is recorded, a list for
columns of type `list`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from django.db.models import Count, Model, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from alliance.analysis.prices import ConvertedCost, CostPerInhabitant
from alliance.knowledge.case_document import TEXT_FIELDS
from alliance.knowledge.case_fields import (
    OF_AMOUNTS,
    OF_EFFECTS,
    OF_NULLS,
    OF_SOURCES,
    OPEN_OF_CASE,
    CaseField,
)
from alliance.knowledge.citations import LICENCE
from alliance.knowledge.codebook import LANGUAGES, codebook_rows
from alliance.knowledge.costs import comparable_cost, comparable_cost_per_inhabitant
from alliance.knowledge.enums import CaseStatus, Scheme
from alliance.knowledge.models import (
    CaseAmount,
    CaseStudy,
    CaseVersion,
    Effect,
    Measure,
    Method,
    NullResult,
    Solution,
    SolutionCost,
    Source,
    Unit,
)
from alliance.knowledge.records import COST_COLUMNS
from alliance.knowledge.selectors.access import visible_cases
from alliance.knowledge.selectors.localise import chosen_text
from alliance.knowledge.selectors.open_data import (
    codes,
    published_origin,
    with_all_parts,
    with_summary_parts,
)
from alliance.knowledge.selectors.register import Tally, tallies
from alliance.network.api.common import page_address
from alliance.network.bands import climate_zone, size_band
from alliance.network.models import City, Organisation

Row = dict[str, Any]
CHUNK = 250
SOLUTION_TEXTS = ("name", "summary", "how_it_works")
METHOD_TEXTS = ("name", "description", "best_for", "duration", "group_size_typical")
METHOD_LISTS = ("strengths", "limits", "evaluation_criteria")


def _values(record: Any, *names: str) -> Row:
    """Fields as they are; an empty text is nothing recorded."""
    values = {name: getattr(record, name) for name in names}
    return {name: None if value == "" else value for name, value in values.items()}


def _fields(record: Any, fields: Iterable[CaseField]) -> Row:
    """Fields of the register, by the names that tables give them."""
    values = {row.table: row.of(record) for row in fields}
    return {name: None if value == "" else value for name, value in values.items()}


def _texts(record: Any, plain: tuple[str, ...], lists: tuple[str, ...] = ()) -> Row:
    """The texts of a record, one value for each field and language."""
    texts = {text.language: text for text in record.texts.all()}
    row: Row = {}
    for language in LANGUAGES:
        text = texts.get(language)
        row[f"text_status_{language}"] = text.status if text else None
        for name in plain:
            row[f"{name}_{language}"] = (getattr(text, name) or None) if text else None
        for name in lists:
            row[f"{name}_{language}"] = list(getattr(text, name)) if text else []
    return row


def _grade(record: CaseStudy | Solution) -> Row:
    lines = record.evidence_lines
    return {
        "evidence_points": record.evidence_points,
        "evidence_lines_met": [line["code"] for line in lines if line["met"]],
        "evidence_lines_unknown": [line["code"] for line in lines if line["met"] is None],
        "evidence_rule_version": record.evidence_rule_version or None,
    }


def _classes(record: CaseStudy | Solution) -> Row:
    return {
        "topics": codes(record, Scheme.TOPIC),
        "themes": codes(record, Scheme.THEME),
        "sdg_targets": codes(record, Scheme.SDG),
    }


def _cost(case: CaseStudy) -> Row:
    total, each = comparable_cost(case), comparable_cost_per_inhabitant(case)
    converted = total if isinstance(total, ConvertedCost) else None
    return {
        "cost_converted": converted.value if converted else None,
        "cost_converted_currency": converted.currency if converted else None,
        "cost_converted_price_year": converted.year if converted else None,
        "cost_per_inhabitant": each.value if isinstance(each, CostPerInhabitant) else None,
        "cost_not_comparable": None if isinstance(total, ConvertedCost) else total.field,
    }


def case_row(case: CaseStudy, as_of: dt.date) -> Row:
    """A case read through `_with_counts`, with its texts and classifications."""
    return {
        **_fields(case, OPEN_OF_CASE),
        **_values(case, "published_at", "updated_at", "origin", "from_network", "licence"),
        "id": case.public_id,
        "solution_name": chosen_text(case.solution.texts.all(), "en").text.name,
        "actors": codes(case, Scheme.ACTOR),
        "adapted_from": published_origin(case),
        "n_effects": case.n_effects,  # type: ignore[attr-defined]
        "n_sources": case.n_sources,  # type: ignore[attr-defined]
        "version": case.revision,
        "version_digest": case.digest,  # type: ignore[attr-defined]
        "url": page_address("knowledge:case", "en", case.public_id),
        "as_of": as_of,
        **_texts(case, TEXT_FIELDS),
        **_classes(case),
        **_grade(case),
        **_cost(case),
    }


def effect_row(effect: Effect, case: CaseStudy, as_of: dt.date) -> Row:
    """An effect with what tells its case apart."""
    return _fields(effect, OF_EFFECTS) | {
        "position": effect.position,
        "case": case.public_id,
        "solution": case.solution.public_id,
        "place": case.place_name,
        "country": case.country,
        "city": case.city.public_id if case.city else None,
        "outcome": case.outcome,
        "measure": effect.measure.slug,
        "measure_name": effect.measure.name,
        "unit": effect.unit.code,
        "unit_name": effect.unit.name,
        "baseline_unit": effect.baseline_unit.code if effect.baseline_unit else None,
        "licence": case.licence,
        "as_of": as_of,
    }


def null_row(null: NullResult, case: CaseStudy, as_of: dt.date) -> Row:
    """A result without a number, with what tells its case apart."""
    return _fields(null, OF_NULLS) | {
        "position": null.position,
        "case": case.public_id,
        "solution": case.solution.public_id,
        "place": case.place_name,
        "country": case.country,
        "measure": null.measure.slug,
        "measure_name": null.measure.name,
        "licence": case.licence,
        "as_of": as_of,
    }


def amount_row(amount: CaseAmount, case: CaseStudy, as_of: dt.date) -> Row:
    """A further amount of a case."""
    return _fields(amount, OF_AMOUNTS) | {
        "position": amount.position,
        "case": case.public_id,
        "licence": case.licence,
        "as_of": as_of,
    }


def source_row(source: Source, case: CaseStudy, as_of: dt.date) -> Row:
    """A source of a case."""
    return _fields(source, OF_SOURCES) | {
        "position": source.position,
        "case": case.public_id,
        "licence": case.licence,
        "as_of": as_of,
    }


def _with_counts(cases: QuerySet[CaseStudy]) -> QuerySet[CaseStudy]:
    """`cases` by id, with the digest of the newest version and the numbers of parts."""

    def count(model: type[Effect] | type[Source]) -> Coalesce:
        parts = model.objects.filter(case=OuterRef("pk")).order_by().values("case")
        return Coalesce(Subquery(parts.annotate(count=Count("pk")).values("count")), 0)

    newest = CaseVersion.objects.filter(case=OuterRef("pk")).order_by("-number")
    return cases.order_by("public_id").annotate(
        digest=Subquery(newest.values("digest")[:1]),
        n_effects=count(Effect),
        n_sources=count(Source),
    )


def _cases(as_of: dt.date) -> Iterator[Row]:
    # Effects and sources are tables of their own: reading them here would take half the time.
    cases = with_summary_parts(_with_counts(visible_cases(None))).select_related("adapted_from")
    for case in cases.iterator(chunk_size=CHUNK):
        yield case_row(case, as_of)


def nested_cases(as_of: dt.date, public_ids: Collection[str] | None = None) -> Iterator[Row]:
    """Cases, or those named, with effects and sources inside, as the JSON file holds them."""
    cases = with_all_parts(_with_counts(visible_cases(None)))
    if public_ids is not None:
        cases = cases.filter(public_id__in=public_ids)
    for case in cases.iterator(chunk_size=CHUNK):
        yield case_row(case, as_of) | {
            "effects": [effect_row(effect, case, as_of) for effect in case.effects.all()],
            "nulls": [null_row(null, case, as_of) for null in case.nulls.all()],
            "amounts": [amount_row(amount, case, as_of) for amount in case.amounts.all()],
            "sources": [source_row(source, case, as_of) for source in case.sources.all()],
        }


#: What rows of the parts of a case read of it: to read the rest would take half the time.
_CASE_COLUMNS = tuple(
    f"case__{name}"
    for name in ("public_id", "place_name", "country", "outcome", "licence", "solution__public_id")
)


def _columns(model: type[Effect] | type[Source]) -> list[str]:
    return [field.name for field in model._meta.concrete_fields]


def _effects(as_of: dt.date) -> Iterator[Row]:
    effects = Effect.objects.filter(case__in=visible_cases(None)).order_by(
        "case__public_id", "position"
    )
    effects = effects.select_related(
        "case__solution", "case__city", "measure", "unit", "baseline_unit"
    )
    units = (f"{of}__{name}" for of in ("unit", "baseline_unit") for name in ("code", "name"))
    effects = effects.only(
        *_columns(Effect),
        *_CASE_COLUMNS,
        *("case__city__public_id", "measure__slug", "measure__name"),
        *units,
    )
    for effect in effects.iterator(chunk_size=4 * CHUNK):
        yield effect_row(effect, effect.case, as_of)


def _nulls(as_of: dt.date) -> Iterator[Row]:
    nulls = NullResult.objects.filter(case__in=visible_cases(None)).order_by(
        "case__public_id", "position"
    )
    for null in nulls.select_related("case__solution", "measure").iterator(chunk_size=4 * CHUNK):
        yield null_row(null, null.case, as_of)


def _amounts(as_of: dt.date) -> Iterator[Row]:
    amounts = CaseAmount.objects.filter(case__in=visible_cases(None)).order_by(
        "case__public_id", "position"
    )
    for amount in amounts.select_related("case").iterator(chunk_size=4 * CHUNK):
        yield amount_row(amount, amount.case, as_of)


def _sources(as_of: dt.date) -> Iterator[Row]:
    sources = Source.objects.filter(case__in=visible_cases(None)).order_by(
        "case__public_id", "position"
    )
    sources = sources.select_related("case").only(
        *_columns(Source), "case__public_id", "case__licence"
    )
    for source in sources.iterator(chunk_size=4 * CHUNK):
        yield source_row(source, source.case, as_of)


def _solutions(as_of: dt.date, public_ids: Collection[str] | None = None) -> Iterator[Row]:
    counts = tallies(None)
    solutions = Solution.objects.order_by("public_id").prefetch_related("texts", "classifications")
    if public_ids is not None:
        solutions = solutions.filter(public_id__in=public_ids)
    for solution in solutions.iterator(chunk_size=CHUNK):
        tally = counts.get(solution.pk, Tally())
        yield {
            "id": solution.public_id,
            "n_cases": tally.total,
            "n_worked": tally.worked,
            "n_reported": tally.reported,
            "n_mixed": tally.mixed,
            "n_did_not_work": tally.did_not_work,
            "url": page_address("knowledge:solution", "en", solution.public_id),
            "prerequisite_kinds": solution.prerequisite_kinds,
            "as_of": as_of,
            **_values(solution, "kind", "origin", "from_network", "licence", "updated_at"),
            **_texts(solution, SOLUTION_TEXTS, ("prerequisites",)),
            **_classes(solution),
            **_grade(solution),
        }


def nested_solutions(as_of: dt.date, public_ids: Collection[str]) -> Iterator[Row]:
    """The solutions named, with costs inside."""
    costs: dict[str, list[Row]] = {public_id: [] for public_id in public_ids}
    for row in _costs(as_of, public_ids):
        costs[row["solution"]].append(row)
    for row in _solutions(as_of, public_ids):
        yield row | {"costs": costs[row["id"]]}


def _costs(as_of: dt.date, public_ids: Collection[str] | None = None) -> Iterator[Row]:
    costs = (
        SolutionCost.objects.filter(solution__withdrawn_at=None)
        .select_related("solution")
        .order_by("solution__public_id", "position")
    )
    if public_ids is not None:
        costs = costs.filter(solution__public_id__in=public_ids)
    for cost in costs.iterator(chunk_size=4 * CHUNK):
        yield _values(cost, "position", *COST_COLUMNS) | {
            "solution": cost.solution.public_id,
            "licence": cost.solution.licence,
            "as_of": as_of,
        }


def _methods(as_of: dt.date) -> Iterator[Row]:
    methods = Method.objects.order_by("public_id").select_related("related_solution")
    shown = Prefetch("evidence_cases", queryset=visible_cases(None))
    for method in methods.prefetch_related("texts", shown).iterator(chunk_size=CHUNK):
        related = method.related_solution
        yield {
            "id": method.public_id,
            "related_solution": related.public_id if related else None,
            "evidence_cases": [case.public_id for case in method.evidence_cases.all()],
            "url": page_address("knowledge:method", "en", method.public_id),
            "licence": LICENCE,
            "as_of": as_of,
            **_values(
                method, "topic", "kind", "iap2_level", "cost_level", "mode", "group_size_min",
                "group_size_max", "sources", "origin", "updated_at",
            ),
            **_texts(method, METHOD_TEXTS, METHOD_LISTS),
        }  # fmt: skip


def _cities(as_of: dt.date) -> Iterator[Row]:
    cities = City.objects.order_by("public_id").annotate(
        n_cases=Count("cases", filter=Q(cases__status=CaseStatus.PUBLISHED))
    )
    for city in cities.iterator(chunk_size=CHUNK):
        yield {
            "id": city.public_id,
            "climate_zone": climate_zone(city),
            "size_band": size_band(city),
            "url": page_address("knowledge:city", "en", city.public_id),
            "licence": LICENCE,
            "as_of": as_of,
            **_values(
                city, "name", "name_fr", "name_sv", "country", "latitude", "longitude",
                "population", "population_year", "approximate_population",
                "approximate_population_source", "area_km2", "koppen", "koppen_source",
                "admin_code", "is_member", "unverified_fields", "n_cases", "origin", "updated_at",
            ),
        }  # fmt: skip


def _organisations(as_of: dt.date) -> Iterator[Row]:
    rows = Organisation.objects.order_by("public_id").select_related("city")
    for row in rows.iterator(chunk_size=CHUNK):
        yield {
            "id": row.public_id,
            "city": row.city.public_id if row.city else None,
            "url": page_address("knowledge:organisation", "en", row.public_id),
            "licence": LICENCE,
            "as_of": as_of,
            **_values(row, "name", "name_fr", "name_sv", "kind", "country", "origin", "updated_at"),
        }


def _measures(as_of: dt.date) -> Iterator[Row]:
    published = Q(effects__case__status=CaseStatus.PUBLISHED)
    rows = Measure.objects.order_by("slug").annotate(n_effects=Count("effects", filter=published))
    for row in rows.iterator(chunk_size=CHUNK):
        yield _values(row, "name", "name_fr", "name_sv", "n_effects") | {
            "code": row.slug,
            "licence": LICENCE,
            "as_of": as_of,
        }


def _units(as_of: dt.date) -> Iterator[Row]:
    for row in Unit.objects.order_by("code").iterator(chunk_size=CHUNK):
        yield _values(
            row, "code", "name", "name_fr", "name_sv", "symbol", "symbol_fr", "symbol_sv",
            "is_relative", "is_change",
        ) | {"licence": LICENCE, "as_of": as_of}  # fmt: skip


_ROWS: dict[str, Callable[[dt.date], Iterator[Row]]] = {
    "cases": _cases,
    "effects": _effects,
    "nulls": _nulls,
    "amounts": _amounts,
    "sources": _sources,
    "solutions": _solutions,
    "costs": _costs,
    "methods": _methods,
    "cities": _cities,
    "organisations": _organisations,
    "measures": _measures,
    "units": _units,
    "codebook": lambda as_of: codebook_rows(),
}
_MODELS: dict[str, type[Model]] = {
    "solutions": Solution,
    "costs": SolutionCost,
    "methods": Method,
    "cities": City,
    "organisations": Organisation,
    "measures": Measure,
    "units": Unit,
}


def rows_of(table: str, as_of: dt.date, *, nested: bool = False) -> Iterator[Row]:
    """The rows of a table; `nested` puts effects and sources into the rows of cases."""
    if nested and table == "cases":
        return nested_cases(as_of)
    return _ROWS[table](as_of)


def count_of(table: str) -> int:
    """How many rows a table has."""
    if table == "cases":
        return visible_cases(None).count()
    if table == "effects":
        return Effect.objects.filter(case__in=visible_cases(None)).count()
    if table == "nulls":
        return NullResult.objects.filter(case__in=visible_cases(None)).count()
    if table == "amounts":
        return CaseAmount.objects.filter(case__in=visible_cases(None)).count()
    if table == "sources":
        return Source.objects.filter(case__in=visible_cases(None)).count()
    if table == "codebook":
        return sum(1 for _ in codebook_rows())
    return _MODELS[table]._default_manager.count()
