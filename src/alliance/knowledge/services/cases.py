"""Writing case studies, each published state kept as a version."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Prefetch

from alliance.core import audit
from alliance.core.errors import Fault, InvalidData
from alliance.core.money import to_minor
from alliance.core.text import digest
from alliance.knowledge import masking
from alliance.knowledge.case_document import (
    TEXT_FIELDS,
    CaseDocument,
    CostPart,
    with_keys,
)
from alliance.knowledge.case_fields import (
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
from alliance.knowledge.enums import CaseStatus, Scheme
from alliance.knowledge.models import (
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
from alliance.knowledge.services.grading import regrade_siblings
from alliance.knowledge.services.texts import write_classifications, write_texts
from alliance.knowledge.snapshots import snapshot
from alliance.knowledge.validation import case_faults
from alliance.network.enums import OrganisationKind, Origin
from alliance.network.models import City, Organisation

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
    for one in QUANTITIES:
        quantity = getattr(document, one.name)
        is_known = quantity is not None and quantity.value is not None
        setattr(case, one.value.column, quantity.value if is_known else None)
        setattr(case, one.unit.column, quantity.unit if is_known else "")
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
class Words:
    """The measures and units that results may name, by their names."""

    measures: Mapping[str, Measure]
    units: Mapping[str, Unit]

    @classmethod
    def read(cls) -> Words:
        """Those that there are now. Two queries."""
        return cls(
            {measure.name: measure for measure in Measure.objects.all()},
            {unit.name: unit for unit in Unit.objects.all()},
        )


def _write_parts(case: CaseStudy, document: CaseDocument, words: Words, *, is_new: bool) -> None:
    """Replace the child rows of a saved case by what the document says."""
    if not is_new:
        for parts in (case.effects, case.nulls, case.amounts, case.sources):
            parts.all().delete()
    write_texts(
        CaseText,
        {"case": case},
        [
            (
                language,
                text.status,
                {name: getattr(text, name) for name in TEXT_FIELDS},
            )
            for language, text in document.written_texts.items()
        ],
    )
    organisations: dict[str, dict[str, Any]] = {}
    if case.city_id and OrganisationKind.MUNICIPALITY in document.actors:
        municipality = Organisation.objects.filter(
            city=case.city, kind=OrganisationKind.MUNICIPALITY
        ).first()
        organisations[OrganisationKind.MUNICIPALITY] = {"organisation": municipality}
    write_classifications(
        CaseClassification,
        {"case": case},
        {row.scheme: getattr(document, row.name) for row in CLASSIFIED},
        **{Scheme.ACTOR.value: organisations},
    )
    measures, units = words.measures, words.units
    # What would name the city of a masked case, as its sources would.
    hidden: dict[str, dict[str, Any]] = (
        {"effects": {"baseline_source": ""}, "nulls": {"source": ""}} if document.is_masked else {}
    )
    effects = [
        Effect(
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
        for position, effect in enumerate(document.effects)
    ]
    Effect.objects.bulk_create(effects)
    NullResult.objects.bulk_create(
        NullResult(
            case=case,
            position=position,
            **columns_of_part(null, OF_NULLS)
            | {"measure": measures[null.measure]}
            | hidden.get("nulls", {}),
        )
        for position, null in enumerate(document.nulls)
    )
    CaseAmount.objects.bulk_create(
        CaseAmount(case=case, position=position, **amount_columns(amount, OF_AMOUNTS))
        # As of the cost: a currency tells the country.
        for position, amount in enumerate(() if document.is_masked else document.amounts)
    )
    Source.objects.bulk_create(
        Source(case=case, position=position, **columns_of_part(source, OF_SOURCES))
        # The sources of a masked case would name its city: its draft keeps them.
        for position, source in enumerate(() if document.is_masked else document.sources)
    )


def _with_present_words(document: CaseDocument, words: Words) -> CaseDocument:
    """The document with the words that those it names were merged into."""
    measures, units = (
        {alias: row.name for row in rows.values() for alias in row.aliases}
        for rows in (words.measures, words.units)
    )
    if not measures and not units:
        return document

    def measured(part: Any) -> dict[str, Any]:
        return {"measure": measures.get(part.measure, part.measure)}

    def told(part: Any) -> dict[str, Any]:
        names = ("unit", "baseline_unit")
        return {one: units.get(getattr(part, one), getattr(part, one)) for one in names}

    return document.model_copy(
        update={
            "effects": [
                one.model_copy(update=measured(one) | told(one)) for one in document.effects
            ],
            "nulls": [one.model_copy(update=measured(one)) for one in document.nulls],
        }
    )


def keep_version(case: CaseStudy, *, actor: audit.Actor, at: dt.datetime) -> CaseVersion | None:
    """Keep the present state as a new version, unless it says what the last one says."""
    results = Effect.objects.select_related("measure", "unit", "baseline_unit")
    nulls = NullResult.objects.select_related("measure")
    parts = (Prefetch("effects", results), Prefetch("nulls", nulls), "texts", "classifications")
    state = snapshot(CaseStudy.objects.prefetch_related(*parts).get(pk=case.pk))
    sum_of_state = digest(state)
    last = case.versions.order_by("-number").first()
    if last is not None and last.digest == sum_of_state:
        return None
    version = CaseVersion.objects.create(
        case=case,
        number=last.number + 1 if last else 1,
        at=at,
        actor=actor.user,
        actor_label=actor.label[: audit.LONGEST_LABEL],
        snapshot=state,
        digest=sum_of_state,
    )
    CaseStudy.objects.filter(pk=case.pk).update(revision=version.number)
    case.revision = version.number
    return version


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
    words: Words | None = None,
) -> CaseStudy:
    """Create or update the case of `public_id`, keep a version, grade it and its siblings.

    An empty `public_id` makes a new case, whose id is chosen here.

    `owner`: the team that answers for it from now on; None leaves the owner as it is.
    `grade=False` leaves the grading to the caller, who calls `regrade` once per solution after a
    bulk of cases, and reads the `words` once. Raises InvalidData, naming each field and rule,
    before anything is written.
    """
    solution = Solution.objects.filter(public_id=document.solution).first()
    effects, nulls = (
        model._default_manager.filter(case__public_id=public_id or None)
        .order_by("position")
        .values_list("measure__name", "qualifier", "key")
        for model in (Effect, NullResult)
    )
    words = words or Words.read()
    document = with_keys(_with_present_words(document, words), effects, nulls)
    faults = case_faults(
        document,
        public_id=public_id,
        status=status,
        measures=frozenset(words.measures),
        units=frozenset(words.units),
        solutions=frozenset([solution.public_id] if solution else []),
    )
    city = None
    if document.place.city:
        city = City.objects.filter(public_id=document.place.city).first()
        if city is None:
            faults.append(Fault("case.place.city", "unknown", {"value": document.place.city}))
    if document.is_masked:
        faults.extend(masking.masking_faults(document, city))
        present = CaseStudy.objects.filter(public_id=public_id or None).first()
        faults.extend(masking.shown_faults(present) if present is not None else ())
    source_case = None
    if document.adapted_from:
        source_case = CaseStudy.objects.filter(public_id=document.adapted_from).first()
        if source_case is None or document.adapted_from == public_id:
            faults.append(
                Fault("case.adapted_from", "no-other-case", {"value": document.adapted_from})
            )
    if faults or solution is None:
        raise InvalidData(faults)
    with transaction.atomic():
        case = CaseStudy()
        if public_id:
            case = CaseStudy.objects.filter(public_id=public_id).first() or CaseStudy(
                public_id=public_id
            )
        verb = "update" if case.pk else "create"
        moved_from = case.solution if case.pk and case.solution_id != solution.pk else None
        set_columns(case, document, solution=solution, city=city, status=status, at=at)
        case.adapted_from = source_case
        case.origin = origin
        case.starter_digest = starter_digest
        if owner is not None:
            case.owner = owner
        if not actor.is_system:
            case.edited_at = at
        # What it points to was looked up.
        looked_up = {"solution", "city", "masked_city", "adapted_from", "owner"}
        case.full_clean(exclude=looked_up, validate_constraints=False)
        case.save()
        _write_parts(case, document, words, is_new=verb == "create")
        if case.status == CaseStatus.PUBLISHED:
            keep_version(case, actor=actor, at=at)
        audit.record("case", case, verb, actor=actor, at=at, version=case.revision)
        if grade:
            # A moved case leaves a gap in the evidence of the solution it belonged to.
            for affected in [solution, *([moved_from] if moved_from else [])]:
                regrade_siblings(affected, at, but=case.public_id)
            case.refresh_from_db()
    return case
