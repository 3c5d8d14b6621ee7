"""Converts pilots and their rows to API responses."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import translation

from alliance.core import citations
from alliance.network.api.common import page_address
from alliance.testbeds.cited import citable
from alliance.testbeds.enums import EvaluationState, PilotState
from alliance.testbeds.messages import verdicts
from alliance.testbeds.messages.cautions import fault_text
from alliance.testbeds.models import Evaluation, Measurement, Pilot, PilotNote, Protocol
from alliance.testbeds.protocol import check_shape, columns_of
from alliance.testbeds.selectors.planning import power_of, simulated_notes
from alliance.testbeds.selectors.protocols import plan_of, primary_among


def pilot_summary(pilot: Pilot, language: str, today: dt.date) -> dict[str, Any]:
    """A pilot in a list. Expects its places and protocols to be prefetched."""
    versions = sorted(pilot.protocols.all(), key=lambda protocol: protocol.number)
    due = pilot.result_due
    recorded = (
        "title", "language", "state", "design", "starts_on", "result_due", "frozen_at",
    )  # fmt: skip
    return {name: getattr(pilot, name) for name in recorded} | {
        "id": pilot.public_id,
        "overdue": pilot.state == PilotState.REGISTERED and due is not None and due < today,
        "team": pilot.organisation.public_id,
        "solution": pilot.solution.public_id if pilot.solution else None,
        "cities": [place.city.public_id for place in pilot.places.all()],
        "sha256": versions[-1].digest if versions else None,
        "page": page_address("testbeds:pilot", language, pilot.public_id),
    }


def pilot_whole(pilot: Pilot, language: str, today: dt.date) -> dict[str, Any]:
    protocols = sorted(pilot.protocols.all(), key=lambda protocol: protocol.number)
    data = list(pilot.measurements.select_related("city"))
    counts = primary_among(protocols, data)
    rows = pilot.evaluations.select_related("city", "protocol").order_by("asked_at", "pk")
    cited = citable(pilot, protocols[-1], language)
    return pilot_summary(pilot, language, today) | {
        "revision": pilot.revision,
        "stopped_because": pilot.stopped_because or None,
        "plan": pilot.plan,
        "citation": citations.plain(cited),
        "bibtex": citations.bibtex(cited),
        "columns": [column.name for column in columns_of(check_shape(pilot.plan))],
        "versions": [
            {
                "version": protocol.number,
                "frozen_at": protocol.frozen_at,
                "reason": protocol.reason or None,
                "sha256": protocol.digest,
                "counts": protocol == counts,
            }
            for protocol in protocols
        ],
        "data": [data_summary(measurement) for measurement in data],
        "results": [result_summary(row, language) for row in rows],
        "notes": [note_summary(note) for note in pilot.notes.all()],
    }


def note_summary(pilot_note: PilotNote) -> dict[str, Any]:
    recorded = ("kind", "text", "expected_on", "noted_at")
    return {name: getattr(pilot_note, name) for name in recorded} | {
        "id": pilot_note.public_id,
        "amount": None if pilot_note.amount is None else float(pilot_note.amount),
        "currency": pilot_note.currency or None,
    }


def data_summary(measurement: Measurement) -> dict[str, Any]:
    """The metadata of a data file."""
    recorded = ("rows", "units", "first_time", "last_time", "sha256", "added_at", "warnings")
    return {name: getattr(measurement, name) for name in recorded} | {
        "id": measurement.public_id,
        "city": measurement.city.public_id,
    }


def protocol_whole(protocol: Protocol) -> dict[str, Any]:
    return {
        "version": protocol.number,
        "frozen_at": protocol.frozen_at,
        "reason": protocol.reason or None,
        "sha256": protocol.digest,
        "document": protocol.document,
    }


def result_summary(evaluation: Evaluation, language: str) -> dict[str, Any]:
    """A result with its verdict in sentences."""
    sentences: list[str] = []
    done = evaluation.state == EvaluationState.DONE
    if done:
        plan = plan_of(evaluation.protocol)
        with translation.override(language):
            describe = verdicts.pooled_sentences if evaluation.city is None else verdicts.sentences
            sentences = describe(evaluation.result, plan.outcome_unit, plan.direction)
    return {
        "id": evaluation.public_id,
        "city": evaluation.city.public_id if evaluation.city else None,
        "label": evaluation.label,
        "state": evaluation.state,
        "design": str(evaluation.request.get("design", "")),
        "estimate": evaluation.estimate,
        "low": evaluation.low,
        "high": evaluation.high,
        "shows_effect": evaluation.result["shows_effect"] if done else None,
        "words": sentences,
    }


def result_whole(evaluation: Evaluation, language: str) -> dict[str, Any]:
    """A result with all its figures, its warnings and the digests of its data and protocol."""
    return result_summary(evaluation, language) | {
        "p": evaluation.p,
        "n": evaluation.n,
        "standard_error": evaluation.standard_error,
        "protocol_version": evaluation.protocol.number,
        "protocol_sha256": evaluation.protocol.digest,
        "data_sha256": evaluation.measurement.sha256 if evaluation.measurement else None,
        "request": evaluation.request,
        "warnings": evaluation.result.get("warnings", []),
        "details": evaluation.result.get("details", {}),
        "groups": evaluation.result.get("groups", []),
        "sha256": evaluation.result_digest or None,
        "fault": evaluation.fault,
        "asked_at": evaluation.asked_at,
        "finished_at": evaluation.finished_at,
    }


def power_payload(pilot: Pilot, language: str) -> dict[str, Any]:
    """The power of a plan, by formula or by simulation."""
    plan, simulated = check_shape(pilot.plan), pilot.simulation
    with translation.override(language):
        power = power_of(plan, pilot.before)
        fault = fault_text(simulated["fault"]) if "fault" in simulated else power.fault
        notes = simulated_notes(simulated)
    pairs = zip(simulated.get("sizes", ()), simulated.get("power", ()), strict=True)
    return {
        "words": [*power.sentences, *notes],
        "fault": fault or None,
        "simulation": simulated.get("state"),
        "simulated": [{"effect": size, "power": share} for size, share in pairs],
        "smallest": simulated.get("smallest"),
    }


def standing(pilot: Pilot) -> dict[str, Any]:
    """The state of a pilot, returned after each write."""
    last = pilot.protocols.order_by("-number").first()
    return {
        "id": pilot.public_id,
        "state": pilot.state,
        "revision": pilot.revision,
        "version": last.number if last else None,
        "sha256": last.digest if last else None,
    }
