"""Writing case studies, each published state kept as a version."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.db.models import Model, Prefetch

from alliance.cases import masking
from alliance.cases.case_document import (
    TEXT_FIELDS,
    CaseDocument,
    CostPart,
    EffectPart,
    with_keys,
    with_lead,
)
from alliance.cases.case_fields import (
    CLASSIFIED,
    OF_AMOUNTS,
    OF_COST,
    OF_EFFECTS,
    OF_NULLS,
    OF_PLACE,
    OF_SOURCES,
    QUANTITIES,
    STORED,
    CaseField,
    columns_of_part,
)
from alliance.cases.enums import CaseStatus, PoolExclusion, Scheme
from alliance.cases.models import (
    CaseAmount,
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
from alliance.cases.snapshots import snapshot
from alliance.cases.validation import case_faults
from alliance.core import audit
from alliance.core.errors import Fault, InvalidData
from alliance.core.money import to_minor
from alliance.core.text import digest
from alliance.evidence.services.grading import regrade_siblings
from alliance.network.enums import OrganisationKind, Origin
from alliance.network.models import City, Organisation
from alliance.writing.services.fact_checks import forget_changed
from alliance.writing.services.texts import first_texts, write_texts

# A record is asked after once a year unless its writer names another date.
REVIEW_AFTER = dt.timedelta(days=365)


def set_columns(
    case: CaseStudy,
    document: CaseDocument,
    *,
    solution: Solution,
    city: City | None,
    status: str,
    at: dt.datetime,
) -> None:
    """Give a case the columns that a document says, without saving it."""
    case.status = status
    case.solution = solution
    case.is_masked = document.is_masked
    case.city = None if document.is_masked else city
    case.masked_city = city if document.is_masked else None
    place = masking.MASKED_PLACE if document.is_masked else document.place
    for row in OF_PLACE:
        if row.name != "city":
            setattr(case, row.column, getattr(place, row.name))
    for row in STORED:
        # Records that it points to were looked up.
        if row.name not in ("solution", "adapted_from", "is_masked"):
            setattr(case, row.column, copy(getattr(document, row.name)))
    case.outcome = document.published_outcome
    if document.is_masked:
        # It would name the city, as sources would.
        case.running_source = ""
    # A currency tells the country; a draft keeps what it cost for its reviewers.
    cost = None if document.is_masked else document.cost
    known = CostPart() if cost is None or cost.amount is None else cost
    for column, value in amount_columns(known, OF_COST).items():
        setattr(case, column, value)
    for definition in QUANTITIES:
        quantity = getattr(document, definition.name)
        is_known = quantity is not None and quantity.value is not None
        setattr(case, definition.value.column, quantity.value if is_known else None)
        setattr(case, definition.unit.column, quantity.unit if is_known else "")
    case.has_nulls = bool(document.nulls)
    case.has_amounts = bool(document.amounts) and not document.is_masked
    case.review_by = document.review_by or (document.checked_on or at.date()) + REVIEW_AFTER
    if case.status == CaseStatus.PUBLISHED and case.published_at is None:
        case.published_at = at


def amount_columns(part: CostPart, fields: Iterable[CaseField]) -> dict[str, Any]:
    """The columns of an amount, which is stored in minor units."""
    minor = None if part.amount is None else to_minor(part.amount, part.currency)
    return columns_of_part(part, fields) | {"cost_minor": minor}


@dataclass(frozen=True)
class Named:
    """What documents of cases may name: measures and units by their names, solutions and cities by
    their ids, and the municipality of a city by the key of the city."""

    measures: Mapping[str, Measure]
    units: Mapping[str, Unit]
    solutions: Mapping[str, Solution]
    cities: Mapping[str, City]
    municipalities: Mapping[int, Organisation]

    @cached_property
    def merged(self) -> tuple[dict[str, str], dict[str, str]]:
        """The present names of measures, and of units, by those that were merged into them."""
        measures, units = (
            {alias: row.name for row in rows.values() for alias in row.aliases}
            for rows in (self.measures, self.units)
        )
        return measures, units

    @classmethod
    def by(cls, documents: Collection[CaseDocument]) -> Named:
        """Those of some documents that there are now. Five queries at most, for a thousand each."""
        cities = City.objects.in_bulk(
            {document.place.city for document in documents if document.place.city},
            field_name="public_id",
        )
        acted = {
            cities[document.place.city].pk
            for document in documents
            if document.place.city in cities and OrganisationKind.MUNICIPALITY in document.actors
        }
        rows = Organisation.objects.filter(kind=OrganisationKind.MUNICIPALITY, city__in=acted)
        return cls(
            {measure.name: measure for measure in Measure.objects.all()},
            {unit.name: unit for unit in Unit.objects.all()},
            Solution.objects.in_bulk(
                {document.solution for document in documents}, field_name="public_id"
            ),
            cities,
            # The first of several.
            {row.city_id: row for row in rows.reverse() if row.city_id} if acted else {},
        )


def _write_parts(
    cases: Collection[tuple[CaseStudy, CaseDocument]], named: Named, *, are_new: bool
) -> None:
    """Replace the child rows of saved cases by what their documents say."""
    texts: list[CaseText] = []
    rows: dict[type[Model], list[Any]] = defaultdict(list)
    for case, document in cases:
        written = [
            (language, text.status, {name: getattr(text, name) for name in TEXT_FIELDS})
            for language, text in document.written_texts.items()
        ]
        if are_new:
            texts += first_texts(CaseText, {"case": case}, written)
        else:
            parts = (case.classifications, case.effects, case.nulls, case.amounts, case.sources)
            for part in parts:
                part.all().delete()
            write_texts(CaseText, {"case": case}, written)
        for row in _parts(case, document, named):
            rows[type(row)].append(row)
    CaseText.objects.bulk_create(texts)
    for model, made in rows.items():
        model._default_manager.bulk_create(made)


def _parts(case: CaseStudy, document: CaseDocument, named: Named) -> Iterator[Model]:
    """What a document says of a saved case beside its columns and texts."""
    for row in CLASSIFIED:
        for code in getattr(document, row.name):
            is_town_hall = row.scheme == Scheme.ACTOR and code == OrganisationKind.MUNICIPALITY
            yield CaseClassification(
                case=case,
                scheme=row.scheme,
                code=code,
                organisation=named.municipalities.get(case.city_id or 0) if is_town_hall else None,
            )
    measures, units = named.measures, named.units
    # What would name the city of a masked case, as its sources would.
    hidden: dict[str, dict[str, Any]] = (
        {"effects": {"baseline_source": "", "source": ""}, "nulls": {"source": ""}}
        if document.is_masked
        else {}
    )
    for position, effect in enumerate(document.effects):
        yield Effect(
            case=case,
            position=position,
            **columns_of_part(effect, OF_EFFECTS)
            | {
                "measure": measures[effect.measure],
                "unit": units[effect.unit],
                "baseline_unit": units[effect.baseline_unit] if effect.baseline_unit else None,
            }
            | hidden.get("effects", {}),
        )
    for position, null in enumerate(document.nulls):
        yield NullResult(
            case=case,
            position=position,
            **columns_of_part(null, OF_NULLS)
            | {"measure": measures[null.measure]}
            | hidden.get("nulls", {}),
        )
    if document.is_masked:
        # Sources would name its city, which its draft keeps; and a currency its country.
        return
    for position, amount in enumerate(document.amounts):
        yield CaseAmount(case=case, position=position, **amount_columns(amount, OF_AMOUNTS))
    for position, source in enumerate(document.sources):
        yield Source(case=case, position=position, **columns_of_part(source, OF_SOURCES))


def _with_present_words(document: CaseDocument, words: Named) -> CaseDocument:
    """The document with the words that those it names were merged into."""
    measures, units = words.merged
    if not measures and not units:
        return document

    def measured(part: Any) -> dict[str, Any]:
        return {"measure": measures.get(part.measure, part.measure)}

    def changed_fields(part: Any) -> dict[str, Any]:
        names = ("unit", "baseline_unit")
        return {name: units.get(getattr(part, name), getattr(part, name)) for name in names}

    return document.model_copy(
        update={
            "effects": [
                effect.model_copy(update=measured(effect) | changed_fields(effect))
                for effect in document.effects
            ],
            "nulls": [null.model_copy(update=measured(null)) for null in document.nulls],
        }
    )


def _without_new_measures(document: CaseDocument, named: Named) -> CaseDocument:
    """The document whose results count unless their measure waits for the secretariat."""

    def exclusion(effect: EffectPart) -> str | None:
        if named.measures[effect.measure].requested_at is not None:
            return effect.pool_exclusion or PoolExclusion.NEW_MEASURE.value
        is_old = effect.pool_exclusion == PoolExclusion.NEW_MEASURE
        return None if is_old else effect.pool_exclusion

    effects = [
        effect.model_copy(update={"pool_exclusion": exclusion(effect)})
        for effect in document.effects
    ]
    return document.model_copy(update={"effects": effects})


def save_version(case: CaseStudy, *, actor: audit.Actor, at: dt.datetime) -> CaseVersion | None:
    """Keep the present state as a new version, unless it says what the last one says."""
    [state] = _states([case])
    last = case.versions.order_by("-number").first()
    if last is not None and last.digest == digest(state):
        return None
    number = last.number + 1 if last else 1
    [version] = _save_versions([case], [state], number, actor, at)
    return version


def _states(cases: Iterable[CaseStudy]) -> list[dict[str, Any]]:
    """What is saved of each case, in their order."""
    results = Effect.objects.select_related("measure", "unit", "baseline_unit")
    nulls = NullResult.objects.select_related("measure")
    rows = CaseStudy.objects.select_related("solution", "city", "adapted_from").prefetch_related(
        Prefetch("effects", results),
        Prefetch("nulls", nulls),
        *("texts", "classifications", "amounts", "sources"),
    )
    keys = [case.pk for case in cases]
    by_key = {row.pk: row for row in rows.filter(pk__in=keys)}
    return [snapshot(by_key[key]) for key in keys]


def _save_versions(
    cases: list[CaseStudy],
    states: list[dict[str, Any]],
    number: int,
    actor: audit.Actor,
    at: dt.datetime,
) -> list[CaseVersion]:
    CaseStudy.objects.filter(pk__in=[case.pk for case in cases]).update(revision=number)
    for case, state in zip(cases, states, strict=True):
        case.revision = number
        forget_changed(case, state)
    return CaseVersion.objects.bulk_create(
        CaseVersion(
            case=case,
            number=number,
            at=at,
            actor=actor.user,
            actor_label=actor.label[: audit.LONGEST_LABEL],
            snapshot=state,
            digest=digest(state),
        )
        for case, state in zip(cases, states, strict=True)
    )


def save_case(
    document: CaseDocument,
    *,
    actor: audit.Actor,
    at: dt.datetime,
    public_id: str = "",
    status: str = CaseStatus.PUBLISHED,
    origin: str = Origin.MEMBERS,
    starter_digest: str = "",
    owner: Organisation | None = None,
    grade: bool = True,
    named: Named | None = None,
) -> CaseStudy:
    """Create or update the case of `public_id`, keep a version, grade it and its siblings.

    An empty `public_id` makes a new case, whose id is chosen here.

    `owner`: the team that answers for it from now on; None leaves the owner as it is.
    `grade=False` leaves the grading to the caller, who calls `regrade` once per solution after a
    bulk of cases, and reads once what is `named`. Raises InvalidData, naming each field and rule,
    before anything is written.
    """
    named = named or Named.by([document])
    with transaction.atomic():
        case = CaseStudy()
        if public_id:
            present = CaseStudy.objects.filter(public_id=public_id).first()
            case = present or CaseStudy(public_id=public_id)
        verb, solution_before = "update" if case.pk else "create", case.solution_id
        document = _fill(case, document, public_id, named, actor=actor, at=at, status=status)
        case.origin = origin
        case.starter_digest = starter_digest
        if owner is not None:
            case.owner = owner
        case.full_clean(exclude=_LOOKED_UP, validate_constraints=False)
        case.save()
        _write_parts([(case, document)], named, are_new=verb == "create")
        if case.status == CaseStatus.PUBLISHED:
            save_version(case, actor=actor, at=at)
        audit.record("case", case, verb, actor=actor, at=at, version=case.revision)
        if grade:
            # A moved case leaves a gap in the evidence of the solution it belonged to.
            left = {solution_before} - {case.solution_id, None}
            for affected in [case.solution, *Solution.objects.filter(pk__in=left)]:
                regrade_siblings(affected, at, but=case.public_id)
            case.refresh_from_db()
    return case


def create_cases(
    entries: Iterable[tuple[str, CaseDocument, str]],
    named: Named,
    *,
    actor: audit.Actor,
    at: dt.datetime,
    starter_digests: Mapping[str, str] = MappingProxyType({}),
) -> tuple[list[CaseStudy], list[Fault]]:
    """Publish cases of ids that nothing here has, each given with its document and origin.

    As `save_case` with `grade=False` would, in few queries for all of them; gives also the faults
    of those that were not created, each with the id of its case. `starter_digests` by their ids.
    """
    made: list[tuple[CaseStudy, CaseDocument]] = []
    faults: list[Fault] = []
    with transaction.atomic():
        for public_id, document, origin in entries:
            case = CaseStudy(public_id=public_id, origin=origin)
            case.starter_digest = starter_digests.get(public_id, "")
            try:
                document = _fill(case, document, public_id, named, actor=actor, at=at)
            except InvalidData as error:
                faults += [
                    replace(fault, where=f"{public_id}: {fault.where}") for fault in error.faults
                ]
                continue
            case.full_clean(exclude=_LOOKED_UP, validate_unique=False, validate_constraints=False)
            # One by one, because a case may be adapted from the one before.
            case.save(force_insert=True)
            made.append((case, document))
        _write_parts(made, named, are_new=True)
        cases = [case for case, _document in made]
        _save_versions(cases, _states(cases), 1, actor, at)
        audit.record_all("case", cases, "create", actor=actor, at=at, version=1)
    return cases, faults


#: What a case points to, which was looked up before it is checked.
_LOOKED_UP = {"solution", "city", "masked_city", "adapted_from", "owner"}


def _fill(
    case: CaseStudy,
    document: CaseDocument,
    public_id: str,
    named: Named,
    *,
    actor: audit.Actor,
    at: dt.datetime,
    status: str = CaseStatus.PUBLISHED,
) -> CaseDocument:
    """Give a case the columns that a document says; the document with keys and present words.

    Raises InvalidData, naming each field and rule.
    """
    effects, nulls = (
        rows.filter(case=case).order_by("position").values_list("measure__name", "qualifier", "key")
        if case.pk
        else ()
        for rows in (Effect._default_manager, NullResult._default_manager)
    )
    document = with_keys(with_lead(_with_present_words(document, named)), effects, nulls)
    solution = named.solutions.get(document.solution)
    faults = case_faults(
        document,
        public_id=public_id,
        status=status,
        measures=frozenset(named.measures),
        units=frozenset(named.units),
        solutions=frozenset(named.solutions),
    )
    city = named.cities.get(document.place.city or "")
    if document.place.city and city is None:
        faults.append(Fault("case.place.city", "unknown", {"value": document.place.city}))
    if document.is_masked:
        faults.extend(masking.masking_faults(document, city))
        faults.extend(masking.shown_faults(case) if case.pk else ())
    source_case = None
    if document.adapted_from:
        source_case = CaseStudy.objects.filter(public_id=document.adapted_from).first()
        if source_case is None or document.adapted_from == public_id:
            faults.append(
                Fault("case.adapted_from", "no-other-case", {"value": document.adapted_from})
            )
    if faults or solution is None:
        raise InvalidData(faults)
    document = _without_new_measures(document, named)
    set_columns(case, document, solution=solution, city=city, status=status, at=at)
    case.adapted_from = source_case
    if not actor.is_system:
        case.edited_at = at
    return document
