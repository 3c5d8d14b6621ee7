"""From rows of pilots to what the API answers."""

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
    """A pilot in a list; its places and protocols are fetched already."""
    versions = sorted(pilot.protocols.all(), key=lambda one: one.number)
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
    """A pilot with its plan, versions, data and results."""
    protocols = sorted(pilot.protocols.all(), key=lambda one: one.number)
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
        "columns": [one.name for one in columns_of(check_shape(pilot.plan))],
        "versions": [
            {
                "version": one.number,
                "frozen_at": one.frozen_at,
                "reason": one.reason or None,
                "sha256": one.digest,
                "counts": one == counts,
            }
            for one in protocols
        ],
        "data": [data_summary(one) for one in data],
        "results": [result_summary(one, language) for one in rows],
        "notes": [note_summary(one) for one in pilot.notes.all()],
    }


def note_summary(one: PilotNote) -> dict[str, Any]:
    """What was noted while a pilot ran."""
    recorded = ("kind", "text", "expected_on", "noted_at")
    return {name: getattr(one, name) for name in recorded} | {
        "id": one.public_id,
        "amount": None if one.amount is None else float(one.amount),
        "currency": one.currency or None,
    }


def data_summary(one: Measurement) -> dict[str, Any]:
    """A file of data without its rows."""
    recorded = ("rows", "units", "first_time", "last_time", "sha256", "added_at", "warnings")
    return {name: getattr(one, name) for name in recorded} | {
        "id": one.public_id,
        "city": one.city.public_id,
    }


def protocol_whole(one: Protocol) -> dict[str, Any]:
    """A frozen version with its canonical JSON."""
    return {
        "version": one.number,
        "frozen_at": one.frozen_at,
        "reason": one.reason or None,
        "sha256": one.digest,
        "document": one.document,
    }


def result_summary(one: Evaluation, language: str) -> dict[str, Any]:
    """A result by its verdict."""
    said: list[str] = []
    done = one.state == EvaluationState.DONE
    if done:
        plan = plan_of(one.protocol)
        with translation.override(language):
            told = verdicts.pooled_sentences if one.city is None else verdicts.sentences
            said = told(one.result, plan.outcome_unit, plan.direction)
    return {
        "id": one.public_id,
        "city": one.city.public_id if one.city else None,
        "label": one.label,
        "state": one.state,
        "design": str(one.request.get("design", "")),
        "estimate": one.estimate,
        "low": one.low,
        "high": one.high,
        "shows_effect": one.result["shows_effect"] if done else None,
        "words": said,
    }


def result_whole(one: Evaluation, language: str) -> dict[str, Any]:
    """A result with its figures and what it rests on."""
    return result_summary(one, language) | {
        "p": one.p,
        "n": one.n,
        "standard_error": one.standard_error,
        "protocol_version": one.protocol.number,
        "protocol_sha256": one.protocol.digest,
        "data_sha256": one.measurement.sha256 if one.measurement else None,
        "request": one.request,
        "warnings": one.result.get("warnings", []),
        "details": one.result.get("details", {}),
        "groups": one.result.get("groups", []),
        "sha256": one.result_digest or None,
        "fault": one.fault,
        "asked_at": one.asked_at,
        "finished_at": one.finished_at,
    }


def power_told(pilot: Pilot, language: str) -> dict[str, Any]:
    """What the plan of a pilot can find."""
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
    """Where a pilot stands, for whoever has just written to it."""
    last = pilot.protocols.order_by("-number").first()
    return {
        "id": pilot.public_id,
        "state": pilot.state,
        "revision": pilot.revision,
        "version": last.number if last else None,
        "sha256": last.digest if last else None,
    }
