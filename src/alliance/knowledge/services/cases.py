"""Writing case studies, each published state kept as a version."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from alliance.core import audit
from alliance.core.errors import Fault, InvalidData
from alliance.core.money import to_minor
from alliance.core.text import digest
from alliance.knowledge import masking
from alliance.knowledge.enums import CaseStatus, Scheme
from alliance.knowledge.masking import masking_faults
from alliance.knowledge.models import (
    CaseClassification,
    CaseStudy,
    CaseText,
    CaseVersion,
    Effect,
    Measure,
    Solution,
    Source,
    Unit,
)
from alliance.knowledge.records import CaseRecord, PlaceRecord, Quantity
from alliance.knowledge.services.grading import regrade
from alliance.knowledge.services.texts import write_classifications, write_texts
from alliance.knowledge.snapshots import snapshot
from alliance.knowledge.validation import case_faults
from alliance.network.enums import OrganisationKind, Origin
from alliance.network.models import City, Organisation

# A record is asked after once a year unless its writer names another date.
REVIEW_AFTER = dt.timedelta(days=365)


def _quantity(case: CaseStudy, name: str, quantity: Quantity | None) -> None:
    setattr(case, name, None if quantity is None else quantity.value)
    setattr(case, f"{name}_unit", "" if quantity is None else quantity.unit)


# What readers see of a masked place; a country would give it away in a small network.
MASKED_PLACE = PlaceRecord(
    name="City not disclosed",
    name_fr="Ville non divulguée",
    name_sv="Ej namngiven stad",
    country="ZZ",
)


def _set_columns(
    case: CaseStudy, record: CaseRecord, *, solution: Solution, city: City | None, at: dt.datetime
) -> None:
    case.solution = solution
    case.is_masked = record.is_masked
    case.city = None if record.is_masked else city
    case.masked_city = city if record.is_masked else None
    place = MASKED_PLACE if record.is_masked else record.place
    case.place_name = place.name
    case.place_name_fr = place.name_fr
    case.place_name_sv = place.name_sv
    case.country = place.country
    case.latitude = place.latitude
    case.longitude = place.longitude
    for name in (
        "kind",
        "status",
        "original_language",
        "start_year",
        "end_year",
        "outcome",
        "checked_on",
        "adaptation_changes",
    ):
        setattr(case, name, getattr(record, name))
    case.reasons = list(record.reasons)
    # A currency tells the country; a draft keeps what it cost for its reviewers.
    cost = None if record.is_masked else record.cost
    case.cost_minor = None if cost is None else to_minor(cost.amount, cost.currency)
    case.cost_currency = "" if cost is None else cost.currency
    case.cost_price_year = None if cost is None else cost.price_year
    _quantity(case, "staff_time", record.staff_time)
    _quantity(case, "lead_time", record.lead_time)
    _quantity(case, "lifetime", record.lifetime)
    case.review_by = record.review_by or (record.checked_on or at.date()) + REVIEW_AFTER
    if case.status == CaseStatus.PUBLISHED and case.published_at is None:
        case.published_at = at


def _write_parts(case: CaseStudy, record: CaseRecord) -> None:
    """Replace the child rows of a saved case by what the record says."""
    write_texts(
        CaseText,
        {"case": case},
        [
            (
                text.language,
                text.status,
                {
                    name: getattr(text, name)
                    for name in (
                        "title",
                        "summary",
                        "problem",
                        "what_worked",
                        "what_did_not",
                        "equity_notes",
                    )
                },
            )
            for text in record.texts
        ],
    )
    organisations: dict[str, dict[str, Any]] = {}
    if case.city_id and OrganisationKind.MUNICIPALITY in record.actors:
        municipality = Organisation.objects.filter(
            city=case.city, kind=OrganisationKind.MUNICIPALITY
        ).first()
        organisations[OrganisationKind.MUNICIPALITY] = {"organisation": municipality}
    write_classifications(
        CaseClassification,
        {"case": case},
        {
            Scheme.TOPIC: record.topics,
            Scheme.THEME: record.themes,
            Scheme.SDG: record.sdg_targets,
            Scheme.ACTOR: record.actors,
        },
        **{Scheme.ACTOR.value: organisations},
    )
    measures = {measure.name: measure for measure in Measure.objects.all()}
    units = {unit.name: unit for unit in Unit.objects.all()}
    case.effects.all().delete()
    effects = [
        Effect(
            case=case,
            position=position,
            measure=measures[effect.measure],
            unit=units[effect.unit],
            **{
                name: getattr(effect, name)
                for name in (
                    "qualifier",
                    "value",
                    "baseline",
                    "low",
                    "high",
                    "standard_error",
                    "n",
                    "period_start",
                    "period_end",
                    "design",
                    "direction",
                    "note",
                    "pool_exclusion",
                )
            },
        )
        for position, effect in enumerate(record.effects)
    ]
    Effect.objects.bulk_create(effects)
    case.sources.all().delete()
    Source.objects.bulk_create(
        Source(
            case=case,
            position=position,
            title=source.title,
            url=source.url,
            seen=source.seen,
            kind=source.kind,
            independent=source.independent,
        )
        # The sources of a masked case would name its city: its draft keeps them.
        for position, source in enumerate(() if record.is_masked else record.sources)
    )


def keep_version(case: CaseStudy, *, actor: audit.Actor, at: dt.datetime) -> CaseVersion | None:
    """Keep the present state as a new version, unless it says what the last one says."""
    state = snapshot(CaseStudy.objects.get(pk=case.pk))
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
    record: CaseRecord,
    *,
    actor: audit.Actor,
    at: dt.datetime,
    origin: str = Origin.MEMBERS,
    starter_digest: str = "",
    owner: Organisation | None = None,
    grade: bool = True,
) -> CaseStudy:
    """Create or update the case of `record.public_id`, keep a version, grade it and its siblings.

    `owner`: the team that answers for it from now on; None leaves the owner as it is.
    `grade=False` leaves the grading to the caller, who calls `regrade` once per solution after a
    bulk of cases. Raises InvalidData, naming each field and rule, before anything is written.
    """
    solution = Solution.objects.filter(public_id=record.solution).first()
    faults = case_faults(
        record,
        measures=frozenset(Measure.objects.values_list("name", flat=True)),
        units=frozenset(Unit.objects.values_list("name", flat=True)),
        solutions=frozenset([solution.public_id] if solution else []),
    )
    city = None
    if record.place.city_id is not None:
        city = City.objects.filter(public_id=record.place.city_id).first()
        if city is None:
            faults.append(Fault("case.city", "unknown", {"value": record.place.city_id}))
    if record.is_masked:
        faults.extend(masking_faults(record, city))
        present = CaseStudy.objects.filter(public_id=record.public_id or None).first()
        faults.extend(masking.shown_faults(present) if present is not None else ())
    source_case = None
    if record.adapted_from:
        source_case = CaseStudy.objects.filter(public_id=record.adapted_from).first()
        if source_case is None or record.adapted_from == record.public_id:
            faults.append(
                Fault("case.adapted_from", "no-other-case", {"value": record.adapted_from})
            )
    if faults or solution is None:
        raise InvalidData(faults)
    with transaction.atomic():
        case = CaseStudy()
        if record.public_id:
            case = CaseStudy.objects.filter(public_id=record.public_id).first() or CaseStudy(
                public_id=record.public_id
            )
        verb = "update" if case.pk else "create"
        moved_from = case.solution if case.pk and case.solution_id != solution.pk else None
        _set_columns(case, record, solution=solution, city=city, at=at)
        case.adapted_from = source_case
        case.origin = origin
        case.starter_digest = starter_digest
        if owner is not None:
            case.owner = owner
        if not actor.is_system:
            case.edited_at = at
        case.full_clean(validate_constraints=False)
        case.save()
        _write_parts(case, record)
        if case.status == CaseStatus.PUBLISHED:
            keep_version(case, actor=actor, at=at)
        audit.record(
            actor=actor,
            at=at,
            verb=verb,
            kind="case",
            public_id=case.public_id,
            version=case.revision,
        )
        if grade:
            # A moved case leaves a gap in the evidence of the solution it belonged to.
            for affected in [solution, *([moved_from] if moved_from else [])]:
                for public_id in regrade(affected):
                    if public_id != case.public_id:
                        audit.record(
                            actor=audit.WORKER,
                            at=at,
                            verb="regrade",
                            kind="case",
                            public_id=public_id,
                        )
            case.refresh_from_db()
    return case
