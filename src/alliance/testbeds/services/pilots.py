"""The plan of a pilot: starting, saving, freezing, deviating, dropping and stopping."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.errors import Conflict, Fault, NotAllowed, refuse
from alliance.core.text import canonical_json, markup_fault
from alliance.core.text import digest as digest_of
from alliance.equity.models import DistributionCheck
from alliance.equity.services import gate
from alliance.knowledge.models import CaseStudy, Solution
from alliance.network.enums import SubjectKind
from alliance.network.models import City, Organisation
from alliance.testbeds import rules
from alliance.testbeds.enums import PilotState
from alliance.testbeds.models import Pilot, PilotCity, Protocol
from alliance.testbeds.plan_checks import LONGEST_TEXT, faults_of_plan, shape_of_texts
from alliance.testbeds.protocol import FORMAT, Plan, check_shape, plain, request_of


def start_pilot(
    organisation: Organisation,
    *,
    language: str,
    content: dict[str, Any],
    who: str = "",
    adapted_from: CaseStudy | None = None,
    actor: audit.Actor,
    at: dt.datetime,
) -> Pilot:
    """Creates a pilot of a team; the same person's unchanged identical pilot is returned instead.

    `who`: a `WhoGets` if it is already decided how units are assigned. `adapted_from`: the case
    that the pilot adapts.

    Raises NotAllowed, InvalidData.
    """
    if not rules.may_lead_for(actor, organisation):
        raise NotAllowed(_("To plan pilots for this team, you need to be one of its editors."))
    plan = checked(content)
    faults = [Fault(f"plan.{name}", "missing") for name in ("title", "design")
              if not getattr(plan, name).strip()]  # fmt: skip
    if plan.draw is not None:
        faults.append(Fault("plan.draw", "not-drawn-here"))
    refuse(faults)
    with transaction.atomic():
        # Concurrent starts for this team wait here.
        Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
        untouched = Pilot.objects.filter(
            organisation=organisation,
            started_by=actor.user,
            state=PilotState.PLANNING,
            revision=1,
            language=language,
        )
        for present in untouched:
            if present.plan == plain(plan):
                return present
        pilot = Pilot(
            organisation=organisation,
            language=language,
            plan=plain(plan),
            before={"who": who} if who else {},
            adapted_from=adapted_from,
            started_by=actor.user,
            started_at=at,
            saved_at=at,
        )
        _mirror(pilot, plan)
        pilot.full_clean(validate_constraints=False)
        pilot.save()
        _set_cities(pilot, plan)
        audit.record("pilot", pilot, "start", actor=actor, at=at, team=organisation.public_id)
    return pilot


def save_plan(
    pilot: Pilot,
    *,
    content: dict[str, Any],
    expected_revision: int,
    actor: audit.Actor,
    at: dt.datetime,
) -> Pilot:
    """Saves a plan, which may be incomplete; the same content again changes nothing.

    Raises NotAllowed for a frozen plan or another team's, InvalidData, Conflict.
    """
    plan = checked(content)
    with transaction.atomic():
        current = locked(pilot)
        if current.state != PilotState.PLANNING and rules.may_lead_pilot(actor, current):
            raise NotAllowed(
                _(
                    "The plan is registered and cannot be edited. Register a deviation "
                    "instead and give a reason."
                )
            )
        if not rules.may_plan(actor, current):
            raise NotAllowed(_("To plan pilots for this team, you need to be one of its editors."))
        if current.plan == plain(plan):
            return current
        if current.revision != expected_revision:
            raise Conflict("pilot", current.public_id, current.revision)
        refuse(_allocation_faults(plan, current))
        write_plan(current, plan, at=at)
        audit.record("pilot", current, "save", actor=actor, at=at, revision=current.revision)
    return current


def write_plan(current: Pilot, plan: Plan, *, at: dt.datetime) -> None:
    """Saves a checked plan as the next revision of a locked pilot."""
    current.plan = plain(plan)
    current.revision += 1
    current.saved_at = at
    _mirror(current, plan)
    current.full_clean(validate_constraints=False)
    current.save()
    _set_cities(current, plan)


def freeze(
    pilot: Pilot, *, expected_revision: int, actor: audit.Actor, at: dt.datetime
) -> Protocol:
    """Freezes the plan: from now on it is public and cannot be edited.

    Raises InvalidData with all faults, NotAllowed, Conflict.
    """
    with transaction.atomic():
        current = locked(pilot)
        if not rules.may_plan(actor, current):
            raise NotAllowed(_("Only the team can register its plan, and only once."))
        if current.revision != expected_revision:
            raise Conflict("pilot", current.public_id, current.revision)
        plan = check_shape(current.plan)
        refuse(faults_to_freeze(current, plan, today=at.date()))
        current.state = PilotState.REGISTERED
        current.frozen_at = at
        _mirror(current, plan)
        current.save()
        protocol = _new_version(current, plan, reason="", actor=actor, at=at)
        audit.record(
            "pilot", current, "freeze", actor=actor, at=at, version=1, sha256=protocol.digest
        )
    return protocol


def faults_to_freeze(pilot: Pilot, plan: Plan, *, today: dt.date) -> list[Fault]:
    """All faults that keep a pilot from being registered: those of its plan, and an incomplete
    fairness check if a city tries something on people.
    """
    faults = faults_of_plan(plan, today=today)
    return faults + (_at_gate(pilot, plan) if rules.needs_check(pilot, plan) else [])


def _at_gate(pilot: Pilot, plan: Plan) -> list[Fault]:
    return gate.faults_at(
        pilot.fairness,
        *subjects_of(pilot, plan.solution),
        team=pilot.organisation,
        where="fairness",
        first="pilot-check-first",
    )


def subjects_of(pilot: Pilot, solution: str = "") -> list[gate.Subject]:
    """What the fairness check must be about: the solution, that of the plan if it names another
    public id, and the case that the pilot adapts.
    """
    case = pilot.adapted_from
    if not solution and pilot.solution is not None:
        solution = pilot.solution.public_id
    subjects = [(SubjectKind.SOLUTION.value, solution)] if solution else []
    subjects += [(SubjectKind.CASE.value, case.public_id)] if case else []
    return subjects or [gate.NOTHING]


def name_check(
    pilot: Pilot, check: DistributionCheck, *, actor: audit.Actor, at: dt.datetime
) -> Pilot:
    """Sets the fairness check, which must be the team's own and about what is tried.

    Raises InvalidData naming `check`, NotAllowed.
    """
    with transaction.atomic():
        current = locked(pilot)
        if not rules.may_name_check(actor, current):
            raise NotAllowed(_("To plan pilots for this team, you need to be one of its editors."))
        if current.fairness_id != check.pk:
            others = check.pilots.exclude(pk=current.pk).exists() or check.adoptions.exists()
            gate.take(check, *subjects_of(current), team=current.organisation, is_free=not others)
            current.fairness, current.saved_at = check, at
            current.save(update_fields=["fairness", "saved_at"])
            audit.record("pilot", current, "check", actor=actor, at=at, linked=check.public_id)
    return current


def deviate(
    pilot: Pilot,
    *,
    content: dict[str, Any],
    reason: str,
    expected_version: int,
    actor: audit.Actor,
    at: dt.datetime,
) -> Protocol:
    """Freezes the next version of a plan, with the reason for the deviation; older ones remain.

    Raises InvalidData, NotAllowed, and Conflict if another version was frozen in the meantime.
    """
    plan = checked(content)
    with transaction.atomic():
        current = locked(pilot)
        if not rules.may_deviate(actor, current):
            raise NotAllowed(_("Only the team behind a registered pilot can register a deviation."))
        last = current.protocols.order_by("-number").first()
        assert last is not None
        if last.number != expected_version:
            raise Conflict("pilot", current.public_id, last.number)
        faults = _reason_faults(reason)
        # An overdue result may stay overdue: other changes do not require a new date.
        faults += [
            fault
            for fault in faults_of_plan(plan, today=at.date())
            if fault.where != "plan.result_due" or plan.result_due != current.result_due
        ]
        faults += _allocation_faults(plan, current)
        was_free = not rules.needs_check(current, check_shape(current.plan))
        if was_free and rules.needs_check(current, plan):
            faults += _at_gate(current, plan)
        with_data = set(current.measurements.values_list("city__public_id", flat=True))
        if with_data - set(plan.cities):
            faults.append(Fault("plan.cities", "city-with-data"))
        if plain(plan) == current.plan:
            faults.append(Fault("plan", "nothing-changed"))
        refuse(faults)
        write_plan(current, plan, at=at)
        protocol = _new_version(current, plan, reason=reason.strip(), actor=actor, at=at)
        audit.record(
            "pilot",
            current,
            "deviate",
            actor=actor,
            at=at,
            version=protocol.number,
            sha256=protocol.digest,
        )
    return protocol


def drop(pilot: Pilot, *, actor: audit.Actor, at: dt.datetime) -> Pilot:
    """Drops a plan before it is registered. A registered pilot can only be stopped."""
    with transaction.atomic():
        current = locked(pilot)
        if not rules.may_plan(actor, current):
            raise NotAllowed(_("Only the team can discard its plan, before it is registered."))
        current.state = PilotState.DROPPED
        current.save(update_fields=["state"])
        audit.record("pilot", current, "drop", actor=actor, at=at)
    return current


def stop(pilot: Pilot, *, reason: str, actor: audit.Actor, at: dt.datetime) -> Pilot:
    """Stops a registered pilot early, with a reason. It remains public, with its data."""
    faults = _reason_faults(reason)
    refuse(faults)
    with transaction.atomic():
        current = locked(pilot)
        if current.state != PilotState.REGISTERED or not rules.may_lead_pilot(actor, current):
            raise NotAllowed(_("Only the team can stop its pilot, as long as there is no result."))
        current.state = PilotState.STOPPED
        current.stopped_at = at
        current.stopped_because = reason.strip()
        current.save(update_fields=["state", "stopped_at", "stopped_because"])
        audit.record("pilot", current, "stop", actor=actor, at=at, reason=reason.strip())
    return current


def checked(content: Any) -> Plan:
    """The validated plan, which may be incomplete. Raises InvalidData."""
    plan = check_shape(content)
    faults = shape_of_texts(plan)
    refuse(faults)
    return plan


def _allocation_faults(plan: Plan, current: Pilot) -> list[Fault]:
    """A plan may go without the platform's random selection, but not bring a different one."""
    if plan.draw is None:
        return []
    before = check_shape(current.plan)
    if plan.draw != before.draw or plan.design != before.design:
        return [Fault("plan.draw", "not-drawn-here")]
    if plan.assignment_seed != before.assignment_seed:
        return [Fault("plan.assignment_seed", "seed-of-lots")]
    return []


def _reason_faults(reason: str) -> list[Fault]:
    if not reason.strip():
        return [Fault("reason", "missing")]
    fault = markup_fault("reason", reason)
    if fault is None and len(reason) > LONGEST_TEXT:
        fault = Fault("reason", "longer-than", {"most": LONGEST_TEXT})
    return [fault] if fault else []


def locked(pilot: Pilot) -> Pilot:
    """The current state of the pilot, locked until the transaction ends."""
    rows = Pilot.objects.select_for_update(of=("self",)).select_related("organisation", "fairness")
    return rows.get(pk=pilot.pk)


def _mirror(pilot: Pilot, plan: Plan) -> None:
    """Copies fields of the plan to the columns that lists are ordered and filtered by."""
    pilot.title = plan.title.strip()
    pilot.design = plan.design
    pilot.direction = plan.direction
    pilot.starts_on = plan.starts_on
    pilot.result_due = plan.result_due
    pilot.solution = Solution.objects.filter(public_id=plan.solution).first()


def _set_cities(pilot: Pilot, plan: Plan) -> None:
    cities = {city.public_id: city for city in City.objects.filter(public_id__in=plan.cities)}
    pilot.places.exclude(city__public_id__in=plan.cities).delete()
    present = {place.city_id: place for place in pilot.places.all()}
    for position, public_id in enumerate(dict.fromkeys(plan.cities)):
        city = cities.get(public_id)
        if city is None:
            continue
        place = present.get(city.pk)
        if place is None:
            PilotCity.objects.create(pilot=pilot, city=city, position=position)
        elif place.position != position:
            place.position = position
            place.save(update_fields=["position"])


def _new_version(
    pilot: Pilot, plan: Plan, *, reason: str, actor: audit.Actor, at: dt.datetime
) -> Protocol:
    """Saves the canonical JSON of a version with its SHA-256."""
    last = pilot.protocols.order_by("-number").first()
    number = last.number + 1 if last else 1
    content = {
        "format": FORMAT,
        "pilot": pilot.public_id,
        "team": pilot.organisation.public_id,
        "language": pilot.language,
        "version": number,
        "frozen_at": at.isoformat(timespec="seconds"),
        "reason": reason or None,
        "previous_sha256": last.digest if last else None,
        "plan": plain(plan),
        "analysis": request_of(plan),
    }
    return Protocol.objects.create(
        pilot=pilot,
        number=number,
        frozen_at=at,
        actor=actor.user,
        actor_label=actor.label[:200],
        document=canonical_json(content),
        digest=digest_of(content),
        reason=reason,
    )
