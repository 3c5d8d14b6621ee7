"""Published cases as their versions had them at a moment, and what followed from them then.

The cases are not saved: they are rows as the database would hold them, made of the kept versions,
so that all that reads cases reads these too. What was withdrawn since is left out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from django.db.models import OuterRef, QuerySet, Subquery

from alliance.analysis import evidence_grade
from alliance.cases.case_document import CaseDocument, check_shape
from alliance.cases.case_fields import CLASSIFIED, OF_EFFECTS, OF_NULLS, OF_SOURCES, columns_of_part
from alliance.cases.effects import null_effects, place_effects
from alliance.cases.models import (
    CaseClassification,
    CaseStudy,
    CaseText,
    CaseVersion,
    Effect,
    Measure,
    NullResult,
    Solution,
    Source,
    Unit,
)
from alliance.cases.selectors.access import visible_cases
from alliance.cases.snapshots import OUTSIDE
from alliance.core.ids import slug
from alliance.evidence.models import SolutionVerdict, VerdictChange
from alliance.evidence.services.verdicts import Judged, judged
from alliance.network.models import City
from alliance.writing.services.cases import set_columns

W = TypeVar("W", Measure, Unit)


def cases_at(moment: dt.datetime, among: QuerySet[CaseStudy] | None = None) -> list[CaseStudy]:
    """The published cases as they were at `moment`, by id, each with its `version` of then.

    `among`: of these alone. Eight queries.
    """
    newest = CaseVersion.objects.filter(case=OuterRef("pk"), at__lte=moment).order_by("-number")
    rows = visible_cases(None) if among is None else among
    live = list(
        rows.select_related("solution", "owner")
        .annotate(version_id=Subquery(newest.values("pk")[:1]))
        .filter(version_id__isnull=False)
        .order_by("public_id")
    )
    versions = CaseVersion.objects.in_bulk([case.version_id for case in live])
    documents = {
        case.pk: check_shape(
            {
                key: value
                for key, value in versions[case.version_id].snapshot.items()
                if key not in OUTSIDE
            }
        )
        for case in live
    }
    cities = {
        city.public_id: city
        for city in City.objects.filter(
            public_id__in={
                document.place.city for document in documents.values() if document.place.city
            }
        )
    }
    solutions = {
        solution.public_id: solution
        for solution in Solution.everything.filter(
            public_id__in={document.solution for document in documents.values()}
        ).prefetch_related("texts", "costs", "disputes", "national_schemes")
    }
    words: tuple[Mapping[str, Measure], Mapping[str, Unit]] = _by_name(Measure), _by_name(Unit)
    return [
        _case(case, versions[case.version_id], documents[case.pk], solutions, cities, *words)
        for case in live
    ]


def _by_name(model: type[W]) -> dict[str, W]:
    """The words of a vocabulary by their names, and by those that were merged into them."""
    rows = list(model._default_manager.all())
    merged = {alias: row for row in rows for alias in row.aliases}
    return merged | {row.name: row for row in rows}


def _case(
    live: CaseStudy,
    version: CaseVersion,
    document: CaseDocument,
    solutions: Mapping[str, Solution],
    cities: Mapping[str, City],
    measures: Mapping[str, Measure],
    units: Mapping[str, Unit],
) -> CaseStudy:
    case = CaseStudy(
        pk=live.pk,
        public_id=live.public_id,
        origin=live.origin,
        from_network=live.from_network,
        from_address=live.from_address,
        owner=live.owner,
        licence=live.licence,
        published_at=live.published_at,
        revision=version.number,
    )
    set_columns(
        case,
        document,
        solution=solutions.get(document.solution) or live.solution,
        city=cities.get(document.place.city or ""),
        status=live.status,
        at=version.at,
    )
    case.is_masked = live.is_masked

    def measure(name: str) -> Measure:
        return measures.get(name) or Measure(name=name, slug=slug(name))

    def unit(name: str) -> Unit:
        return units.get(name) or Unit(name=name, code=slug(name))

    held: dict[str, list[Any]] = {
        "texts": [
            CaseText(case=case, language=language, **text.model_dump())
            for language, text in document.written_texts.items()
        ],
        "classifications": [
            CaseClassification(case=case, scheme=row.scheme, code=code)
            for row in CLASSIFIED
            for code in getattr(document, row.name)
        ],
        "effects": [
            Effect(
                case=case,
                position=place,
                **columns_of_part(effect, OF_EFFECTS)
                | {
                    "measure": measure(effect.measure),
                    "unit": unit(effect.unit),
                    "baseline_unit": unit(effect.baseline_unit) if effect.baseline_unit else None,
                },
            )
            for place, effect in enumerate(document.effects)
        ],
        "nulls": [
            NullResult(
                case=case,
                position=place,
                **columns_of_part(null, OF_NULLS) | {"measure": measure(null.measure)},
            )
            for place, null in enumerate(document.nulls)
        ],
        "sources": [
            Source(case=case, position=place, **columns_of_part(source, OF_SOURCES))
            for place, source in enumerate(document.sources)
        ],
        "amounts": [],
    }
    case._prefetched_objects_cache = held  # type: ignore[attr-defined]
    case.version = version  # type: ignore[attr-defined]
    return case


def verdicts_at(
    moment: dt.datetime, cases: Iterable[CaseStudy]
) -> dict[str, tuple[Solution, Judged]]:
    """What the rule says at `moment` of each solution of `cases`, all of whose cases they hold.

    The word is the one that was published then: a panel may have set it, and the rule keeps a word
    until enough has changed. Two queries.
    """
    by_solution: dict[str, list[CaseStudy]] = {}
    for case in cases:
        by_solution.setdefault(case.solution.public_id, []).append(case)
    words = _published_words(moment, by_solution)
    judgements = {}
    for public_id, own in sorted(by_solution.items()):
        solution = own[0].solution
        everywhere = [
            place_effect
            for case in own
            for place_effect in (*place_effects(case), *null_effects(case))
        ]
        sources = [
            evidence_grade.GradeSource(source.url, source.independent, case.public_id)
            for case in own
            for source in case.sources.all()
        ]
        whole = evidence_grade.solution_grade(everywhere, sources=sources)
        solution.evidence_points = whole.grade.points if whole.grade.graded else None
        judgement = judged(solution, own, (whole.measure, whole.unit))
        for verdict in judgement.verdicts:
            key = (public_id, verdict.measure_id, verdict.unit_id)
            verdict.verdict = words.get(key, verdict.verdict)
        solution._prefetched_objects_cache["verdicts"] = judgement.verdicts  # type: ignore[attr-defined]
        judgements[public_id] = (solution, judgement)
    return judgements


def _published_words(
    moment: dt.datetime, solutions: Collection[str]
) -> dict[tuple[str, int | None, int | None], str]:
    """The word of each stored verdict as it was at `moment`."""
    stored: Sequence[SolutionVerdict] = list(
        SolutionVerdict.objects.filter(solution__public_id__in=list(solutions))
        .select_related("solution")
        .defer("details", "cases")
    )
    words = {verdict.pk: verdict.verdict for verdict in stored}
    later = VerdictChange.objects.filter(verdict__in=words, at__gt=moment).order_by("-at", "-id")
    for change in later:
        words[change.verdict_id] = change.before
    return {
        (verdict.solution.public_id, verdict.measure_id, verdict.unit_id): words[verdict.pk]
        for verdict in stored
    }
