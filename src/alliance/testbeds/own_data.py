"""Personal data in testbeds, pilots and challenges: what a person wrote, sent or declared."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from alliance.accounts.services.own_data import FORMER_MEMBER
from alliance.testbeds.models import (
    Answer,
    Booking,
    Challenge,
    Evaluation,
    Measurement,
    Pilot,
    PilotNote,
    Protocol,
    Testbed,
)

if TYPE_CHECKING:
    from alliance.accounts.models import User


def own_data(user: User) -> dict[str, Any]:
    """The person's testbeds, bookings, pilots, data, analyses, challenges and declarations."""
    return {
        "pilots_started": [
            {"id": pilot.public_id, "title": pilot.title, "at": pilot.started_at.isoformat()}
            for pilot in Pilot.objects.filter(started_by=user)
        ],
        "protocols_frozen": [
            {
                "pilot": protocol.pilot.public_id,
                "version": protocol.number,
                "at": protocol.frozen_at.isoformat(),
                "sha256": protocol.digest,
                "reason": protocol.reason,
            }
            for protocol in Protocol.objects.filter(actor=user).select_related("pilot")
        ],
        "pilot_data_sent": [
            {
                "pilot": measurement.pilot.public_id,
                "file": measurement.file_name,
                "sha256": measurement.sha256,
                "at": measurement.added_at.isoformat(),
            }
            for measurement in Measurement.objects.filter(added_by=user).select_related("pilot")
        ],
        "pilot_notes": [
            {
                "pilot": pilot_note.pilot.public_id,
                "text": pilot_note.text,
                "at": pilot_note.noted_at.isoformat(),
            }
            for pilot_note in PilotNote.objects.filter(noted_by=user).select_related("pilot")
        ],
        "pilot_analyses_asked": [
            {
                "pilot": evaluation.pilot.public_id,
                "id": evaluation.public_id,
                "at": evaluation.asked_at.isoformat(),
            }
            for evaluation in Evaluation.objects.filter(asked_by=user).select_related("pilot")
        ],
        "testbeds_described": [
            {"id": testbed.public_id, "title": testbed.title, "at": testbed.stated_at.isoformat()}
            for testbed in Testbed.objects.filter(stated_by=user)
        ],
        "challenges_stated": [
            {
                "id": challenge.public_id,
                "title": challenge.title,
                "at": challenge.stated_at.isoformat(),
            }
            for challenge in Challenge.objects.filter(stated_by=user)
        ],
        "challenges_decided": [
            _declaration(challenge) | {"id": challenge.public_id, "title": challenge.title}
            for challenge in Challenge.objects.filter(declared_by=user)
        ],
        "answers_handed_in": [
            _declaration(answer) | {"id": answer.public_id, "title": answer.title}
            for answer in Answer.objects.filter(declared_by=user)
        ],
        "slots_asked": _slots(asked_by=user),
        "slots_answered": _slots(answered_by=user),
    }


def _slots(**whose: User) -> list[dict[str, Any]]:
    return [
        {
            "testbed": booking.testbed.public_id,
            "title": booking.title,
            "asked_at": booking.asked_at.isoformat(),
        }
        for booking in Booking.objects.filter(**whose).select_related("testbed")
    ]


def _declaration(record: Answer | Challenge) -> dict[str, Any]:
    return {
        "conflict": record.has_conflict,
        "conflict_note": record.conflict,
        "name": record.declared_name,
        "at": record.declared_at.isoformat() if record.declared_at else None,
    }


def forget(user: User, *, at: dt.datetime) -> None:
    """Replaces the name in records that remain, since plans and data belong to the team."""
    Challenge.objects.filter(declared_by=user).update(declared_name=FORMER_MEMBER)
    Answer.objects.filter(declared_by=user).update(declared_name=FORMER_MEMBER)
    Protocol.objects.filter(actor=user).update(actor_label=FORMER_MEMBER)
    Measurement.objects.filter(added_by=user).update(added_by_label=FORMER_MEMBER)
    PilotNote.objects.filter(noted_by=user).update(noted_by_label=FORMER_MEMBER)
