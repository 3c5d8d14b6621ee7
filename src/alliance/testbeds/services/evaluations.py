"""Requests and runs analyses: the frozen one, or exploratory ones that are labelled as such.

Callers then enqueue waiting analyses with `alliance.testbeds.tasks.enqueue_waiting`.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from alliance import __version__
from alliance.analysis.errors import MethodError
from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed
from alliance.core.text import digest
from alliance.network.models import City
from alliance.testbeds import rules
from alliance.testbeds.enums import EvaluationLabel, EvaluationState, PilotState
from alliance.testbeds.models import Evaluation, Measurement, Pilot, Protocol
from alliance.testbeds.protocol import request_of
from alliance.testbeds.results import analysed, pooled
from alliance.testbeds.selectors.protocols import plan_of, primary_of
from alliance.testbeds.services.measurements import columns_of_measurement

#: Options that an exploratory analysis may change; all others are those of the protocol.
FREE = ("design", "predictors", "cluster", "compare_with", "counts", "period", "start", "level")


def ask_for_frozen(pilot: Pilot, *, actor: audit.Actor, at: dt.datetime) -> list[Evaluation]:
    """Requests the frozen analysis of the newest data of each city, once for each data file.

    Raises NotAllowed; InvalidData without data.
    """
    _may_analyse(pilot, actor)
    newest = newest_measurements(pilot)
    if not newest:
        raise InvalidData([Fault("data", "no-data")])
    protocol = primary_of(pilot)
    assert protocol is not None
    request = request_of(plan_of(protocol))
    evaluations = [
        _ask(pilot, protocol, measurement, request, EvaluationLabel.AS_FROZEN, actor=actor, at=at)
        for measurement in newest.values()
    ]
    if all(evaluation.state == EvaluationState.DONE for evaluation in evaluations):
        # A city may have left the protocol since its results were computed.
        with transaction.atomic():
            current = Pilot.objects.select_for_update(of=("self",)).get(pk=pilot.pk)
            _go_on(current, protocol, at=at)
    return evaluations


def explore(
    pilot: Pilot,
    city: City,
    *,
    changes: dict[str, Any],
    actor: audit.Actor,
    at: dt.datetime,
) -> Evaluation:
    """Requests another analysis of the newest data of a city, always labelled exploratory.

    `changes` are differences from the frozen request, by the names of `FREE`; without differences
    the frozen analysis itself is requested. Raises NotAllowed, InvalidData.
    """
    _may_analyse(pilot, actor)
    protocol = primary_of(pilot)
    measurement = newest_measurements(pilot).get(city.pk)
    if protocol is None or measurement is None:
        raise InvalidData([Fault("data", "no-data")])
    unknown = sorted(set(changes) - set(FREE))
    if unknown:
        raise InvalidData([Fault(unknown[0], "frozen-part")])
    frozen = request_of(plan_of(protocol))
    request = {**frozen, **changes}
    label = EvaluationLabel.AS_FROZEN if request == frozen else EvaluationLabel.EXPLORATORY
    return _ask(pilot, protocol, measurement, request, label, actor=actor, at=at)


def newest_measurements(pilot: Pilot) -> dict[int, Measurement]:
    """The newest data of each city, by the key of the city. One query."""
    rows = pilot.measurements.select_related("city", "pilot").order_by("number")
    return {row.city_id: row for row in rows}


def _may_analyse(pilot: Pilot, actor: audit.Actor) -> None:
    if not rules.may_analyse(actor, pilot):
        raise NotAllowed(_("Only the team behind a registered pilot can have its data analysed."))


def _ask(
    pilot: Pilot,
    protocol: Protocol,
    measurement: Measurement | None,
    request: dict[str, Any],
    label: str,
    *,
    actor: audit.Actor,
    at: dt.datetime,
) -> Evaluation:
    """Gets or creates the evaluation of this request; a failed evaluation is run again."""
    key = digest(
        {
            "request": request,
            "protocol": protocol.digest,
            "data": measurement.public_id if measurement else None,
        }
    )
    with transaction.atomic():
        evaluation = pilot.evaluations.filter(request_digest=key).first()
        if evaluation is None:
            try:
                with transaction.atomic():
                    evaluation = Evaluation.objects.create(
                        pilot=pilot,
                        city=measurement.city if measurement else None,
                        protocol=protocol,
                        measurement=measurement,
                        label=label,
                        request=request,
                        request_digest=key,
                        asked_by=actor.user,
                        asked_at=at,
                    )
            except IntegrityError:
                return pilot.evaluations.get(request_digest=key)
            audit.record(
                "pilot",
                pilot,
                "analyse",
                actor=actor,
                at=at,
                result=evaluation.public_id,
                label=label,
            )
        elif evaluation.state == EvaluationState.FAILED:
            evaluation.state, evaluation.fault, evaluation.asked_at = (
                EvaluationState.WAITING,
                {},
                at,
            )
            evaluation.save(update_fields=["state", "fault", "asked_at"])
    return evaluation


def work_out(evaluation: Evaluation, *, at: dt.datetime) -> Evaluation:
    """Runs an analysis and saves its result or its fault. For the worker.

    Running a finished analysis again changes nothing.
    """
    if evaluation.state == EvaluationState.DONE:
        return evaluation
    Evaluation.objects.filter(pk=evaluation.pk).update(state=EvaluationState.RUNNING, started_at=at)
    protocol, measurement = evaluation.protocol, evaluation.measurement
    try:
        if measurement is None:
            result = pooled(evaluation.pilot, evaluation.request, plan_of(protocol))
        else:
            columns = columns_of_measurement(measurement, protocol)
            result = analysed(columns, evaluation.request, plan_of(protocol))
    except MethodError as error:
        return _failed(evaluation, error.code, error.message, error.where, at=at)
    except InvalidData as error:
        first = error.faults[0]
        return _failed(evaluation, "bad-data", first.rule, first.where, at=at)
    with transaction.atomic():
        pilot = Pilot.objects.select_for_update(of=("self",)).get(pk=evaluation.pilot_id)
        current = Evaluation.objects.select_related("city").get(pk=evaluation.pk)
        if current.state == EvaluationState.DONE:
            return current
        current.state = EvaluationState.DONE
        current.finished_at = at
        current.estimate, current.standard_error = result["estimate"], result["se"]
        current.low, current.high = result["ci"] or (None, None)
        current.p, current.n = result["p"], result["n"]
        current.result = result
        current.result_digest = digest(result)
        current.software = f"alliance {__version__}"
        current.fault = {}
        current.save()
        audit.record(
            "pilot",
            pilot,
            "result",
            actor=audit.WORKER,
            at=at,
            result=current.public_id,
            sha256=current.result_digest,
        )
        if current.label == EvaluationLabel.AS_FROZEN and current.city_id is not None:
            _go_on(pilot, current.protocol, at=at)
    return current


def _failed(
    evaluation: Evaluation, code: str, message: str, where: str, *, at: dt.datetime
) -> Evaluation:
    evaluation.state = EvaluationState.FAILED
    evaluation.finished_at = at
    evaluation.fault = {"code": code, "message": message, "where": where}
    evaluation.save(update_fields=["state", "finished_at", "fault"])
    return evaluation


def frozen_results(pilot: Pilot) -> dict[int, Evaluation]:
    """The finished frozen analysis of the newest data of each city, by the key of the city."""
    newest = {
        newest_measurement.pk: city
        for city, newest_measurement in newest_measurements(pilot).items()
    }
    rows = pilot.evaluations.filter(
        label=EvaluationLabel.AS_FROZEN, state=EvaluationState.DONE, measurement__in=newest
    ).select_related("city")
    return {newest[row.measurement_id]: row for row in rows if row.measurement_id in newest}


def _go_on(pilot: Pilot, protocol: Protocol, *, at: dt.datetime) -> None:
    """Pools two or more cities, and marks the pilot as reported once every city has a result."""
    done = frozen_results(pilot)
    if len(done) >= 2:
        inputs = sorted(evaluation.public_id for evaluation in done.values())
        level = next(iter(done.values())).request["level"]
        _ask(
            pilot,
            protocol,
            None,
            {"design": "pooled", "results": inputs, "level": level},
            EvaluationLabel.AS_FROZEN,
            actor=audit.WORKER,
            at=at,
        )
    waiting = pilot.places.exclude(city__in=done).exists()
    if pilot.state == PilotState.REGISTERED and not waiting:
        pilot.state, pilot.reported_at = PilotState.REPORTED, at
        pilot.save(update_fields=["state", "reported_at"])
        audit.record("pilot", pilot, "report", actor=audit.WORKER, at=at)


__all__ = ["ask_for_frozen", "explore", "frozen_results", "newest_measurements", "work_out"]
