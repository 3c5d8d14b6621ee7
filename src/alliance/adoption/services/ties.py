"""The table of relations: those derived from data, beside those that teams state."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, TextField, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from alliance.adoption.enums import Ending, Key, Kind, Relation
from alliance.adoption.models import Adoption, Tie
from alliance.indicators.models import IndicatorMeasure
from alliance.knowledge.enums import CaseStatus, Outcome
from alliance.knowledge.models import Effect, Measure
from alliance.knowledge.selectors.access import visible_cases
from alliance.network.enums import NeedState, SubjectKind
from alliance.participation.enums import ProcessState
from alliance.participation.models import Process
from alliance.testbeds.enums import PilotState
from alliance.testbeds.models import Pilot, PilotCity
from alliance.testbeds.rules import PUBLIC

BATCH = 500
#: Stands for an indicator, because indicators and records refer to measures.
_MEASURE = "measure"
#: The measure by its name, or by that of a merged measure.
_MEASURE_NAME = "measure-name"
#: Both ends and the relation.
_Ends = tuple[str, str, str, str, str]
_Ids = Mapping[str, Collection[str]]


@dataclass(frozen=True)
class Source:
    """A query whose rows relate two records: the kind and id column of each end.

    `on`: the column of the date. `public`: when everybody may see both ends; None: always.
    """

    relation: Relation
    first: tuple[str, str]
    second: tuple[str, str]
    rows: Callable[[], QuerySet[Any]]
    on: str
    public: Q | None = None

    def read(self, ids: _Ids | None) -> Iterator[tuple[str, str, dt.datetime | None, bool]]:
        """The ids of both ends, the time, and whether it is public; for all rows if `ids` is
        None."""
        rows = self.rows()
        if ids is not None:
            at = [Q(**{f"{column}__in": list(ids[kind])})
                  for kind, column in (self.first, self.second) if ids.get(kind)]  # fmt: skip
            if not at:
                return
            rows = rows.filter(at[0] | at[-1])
        public: Any = Value(True)
        if self.public is not None:
            public = Case(When(self.public, then=Value(True)), default=Value(False))
        annotated = rows.order_by().annotate(
            tie_first=F(self.first[1]), tie_second=F(self.second[1]), tie_public=public
        )
        yield from annotated.values_list(
            "tie_first", "tie_second", self.on, "tie_public"
        ).iterator()


def _adoptions(**of: Any) -> Callable[[], QuerySet[Any]]:
    return lambda: Adoption.objects.filter(**of)


def _pilots() -> QuerySet[Any]:
    return Pilot.objects.exclude(state=PilotState.DROPPED)


def _measured_pilots() -> QuerySet[Any]:
    """Pilots annotated with the outcome measure in their plan."""
    # As plain text, because a lookup in JSON would parse its argument as JSON.
    return _pilots().annotate(tie_measure=Cast(KT("plan__measure"), TextField()))


def _pilot_cases() -> QuerySet[Any]:
    return PilotCity.objects.filter(draft__case__status=CaseStatus.PUBLISHED)


def _answers() -> QuerySet[Any]:
    worked = Q(result__status=CaseStatus.PUBLISHED, result__outcome=Outcome.WORKED)
    rows = Adoption.objects.filter(need__state=NeedState.ANSWERED)
    return rows.filter(worked | Q(ending=Ending.ADOPTED))


def _processes() -> QuerySet[Any]:
    """Processes of a need that have opened."""
    return Process.objects.filter(need__isnull=False).exclude(state=ProcessState.DRAFT)


_ADOPTION, _PILOT, _CASE = (
    (Kind.AGREEMENT, "public_id"),
    (Kind.PILOT, "public_id"),
    (Kind.CASE, "public_id"),
)
_READ_BY_ALL = Q(public_at__isnull=False)
_SHOWN = Q(state__in=[state.value for state in PUBLIC])

#: In order of precedence if not all fit: pilots have few relations, cases many.
_SOURCES = (
    Source(
        Relation.BECAME,
        (Kind.PILOT, "pilot__public_id"),
        (Kind.CASE, "draft__case__public_id"),
        _pilot_cases,
        "draft__case__published_at",
        Q(pilot__state__in=[state.value for state in PUBLIC]),
    ),
    Source(
        Relation.TRIES,
        _PILOT,
        (Kind.SOLUTION, "solution__public_id"),
        lambda: _pilots().filter(solution__isnull=False),
        "frozen_at",
        _SHOWN,
    ),
    Source(
        Relation.MEASURED_BY,
        _PILOT,
        (_MEASURE_NAME, "tie_measure"),
        _measured_pilots,
        "frozen_at",
        _SHOWN,
    ),
    Source(
        Relation.BECAME,
        _ADOPTION,
        (Kind.CASE, "result__public_id"),
        _adoptions(result__status=CaseStatus.PUBLISHED),
        "result__published_at",
        _READ_BY_ALL,
    ),
    Source(
        Relation.LED_TO,
        (Kind.NEED, "need__public_id"),
        _ADOPTION,
        _adoptions(need__isnull=False),
        "started_at",
        _READ_BY_ALL,
    ),
    Source(
        Relation.LED_TO,
        (Kind.NEED, "need__public_id"),
        (Kind.PROCESS, "public_id"),
        _processes,
        "opened_at",
    ),
    # The answer to a need: rolled out, or with a successful result.
    Source(
        Relation.ANSWERED_BY,
        (Kind.NEED, "need__public_id"),
        _ADOPTION,
        _answers,
        "need__ended_at",
        _READ_BY_ALL,
    ),
    Source(
        Relation.LED_TO,
        _ADOPTION,
        (Kind.PILOT, "pilot__public_id"),
        _adoptions(pilot__isnull=False),
        "pilot__frozen_at",
        _READ_BY_ALL,
    ),
    *(
        Source(
            Relation.ADOPTS,
            _ADOPTION,
            (kind.value, "subject_id"),
            _adoptions(subject_kind=kind),
            "started_at",
            _READ_BY_ALL,
        )
        for kind in (SubjectKind.CASE, SubjectKind.SOLUTION)
    ),
    Source(
        Relation.LOOKED_AT,
        (Kind.PEER_REVIEW, "reviews__public_id"),
        _ADOPTION,
        _adoptions(reviews__isnull=False),
        "reviews__requested_at",
        _READ_BY_ALL,
    ),
    Source(
        Relation.ADAPTED_FROM,
        _CASE,
        (Kind.CASE, "adapted_from__public_id"),
        lambda: visible_cases(None).filter(adapted_from__status=CaseStatus.PUBLISHED),
        "published_at",
    ),
    Source(
        Relation.TRIAL_OF,
        _CASE,
        (Kind.SOLUTION, "solution__public_id"),
        lambda: visible_cases(None),
        "published_at",
    ),
    Source(
        Relation.ACTS_ON,
        (Kind.CASE, "case__public_id"),
        (_MEASURE, "measure__slug"),
        lambda: Effect.objects.filter(case__status=CaseStatus.PUBLISHED),
        "case__published_at",
    ),
)


def at_ends(ids: _Ids) -> Q:
    """The condition that one of the ids is at an end of a tie."""
    condition = Q()
    for kind, wanted in ids.items():
        for end in ("first", "second"):
            condition |= Q(**{f"{end}_kind": kind, f"{end}_id__in": list(wanted)})
    return condition


def _implied(
    ids: _Ids | None, sources: Iterable[Source]
) -> dict[_Ends, tuple[dt.date | None, bool, int]]:
    """The relations derived from data for these records: date, whether it is public, and rank."""
    indicators: dict[str, list[str]] = defaultdict(list)
    names = IndicatorMeasure.objects.order_by().values_list("measure", "indicator__public_id")
    for measure, indicator in names:
        indicators[measure].append(indicator)
    slugs: dict[str, str] = {}
    for slug, name, aliases in Measure.objects.values_list("slug", "name", "aliases"):
        slugs |= dict.fromkeys([*aliases, name], slug)
    if ids is not None:
        asked = set(ids.get(Kind.INDICATOR, ()))
        measures = {measure for measure, named in indicators.items() if asked & set(named)}
        words = [name for name, slug in slugs.items() if slug in measures]
        ids = {**ids, _MEASURE: measures, _MEASURE_NAME: words}
    implied = {}
    for rank, source in enumerate(sources, start=1):
        for first, second, moment, public in source.read(ids):
            kind, seconds = source.second[0], [second]
            if kind == _MEASURE_NAME:
                kind, second = _MEASURE, slugs.get(second, "")
            if kind == _MEASURE:
                kind, seconds = Kind.INDICATOR, indicators.get(second, [])
            for second_id in seconds:
                ends = (str(source.first[0]), first, str(kind), second_id, str(source.relation))
                implied[ends] = (moment.date() if moment else None, public, rank)
    return implied


def refresh(keys: Collection[Key] | None = None, *, above: Iterable[Source] = ()) -> dict[str, int]:
    """Updates the derived relations of these records, or of all for None.

    `above`: relations derived from records of higher apps, which come last. Stated links are not
    changed. Returns how many are new, changed and removed.
    """
    ids: dict[str, set[str]] | None = None
    if keys is not None:
        ids = defaultdict(set)
        for kind, public_id in keys:
            ids[kind].add(public_id)
        if not ids:
            return {"new": 0, "changed": 0, "gone": 0}
    with transaction.atomic():
        rows = Tie.objects.all() if ids is None else Tie.objects.filter(at_ends(ids))
        there = {row.ends: row for row in rows}
        wanted = {
            ends: values
            for ends, values in _implied(ids, (*_SOURCES, *above)).items()
            if ids is None or ends[1] in ids.get(ends[0], ()) or ends[3] in ids.get(ends[2], ())
        }
        new, changed = [], []
        for ends, (day, public, rank) in wanted.items():
            tie = there.get(ends)
            if tie is None:
                new.append(Tie.of(ends, day=day, is_public=public, rank=rank))
            elif tie.link_id is None and (tie.day, tie.is_public) != (day, public):
                tie.day, tie.is_public = day, public
                changed.append(tie)
        gone = [tie.pk for ends, tie in there.items() if tie.link_id is None and ends not in wanted]
        Tie.objects.bulk_create(new, ignore_conflicts=True, batch_size=BATCH)
        Tie.objects.bulk_update(changed, ["day", "is_public"], batch_size=BATCH)
        for n in range(0, len(gone), BATCH):
            Tie.objects.filter(pk__in=gone[n : n + BATCH]).delete()
    return {"new": len(new), "changed": len(changed), "gone": len(gone)}
