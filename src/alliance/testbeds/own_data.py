"""What testbeds, pilots and challenges keep about a person: what was written, sent, declared."""

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
    """The pilots that the person began, froze, sent data to, or had analysed."""
    return {
        "pilots_started": [
            {"id": one.public_id, "title": one.title, "at": one.started_at.isoformat()}
            for one in Pilot.objects.filter(started_by=user)
        ],
        "protocols_frozen": [
            {
                "pilot": one.pilot.public_id,
                "version": one.number,
                "at": one.frozen_at.isoformat(),
                "sha256": one.digest,
                "reason": one.reason,
            }
            for one in Protocol.objects.filter(actor=user).select_related("pilot")
        ],
        "pilot_data_sent": [
            {
                "pilot": one.pilot.public_id,
                "file": one.file_name,
                "sha256": one.sha256,
                "at": one.added_at.isoformat(),
            }
            for one in Measurement.objects.filter(added_by=user).select_related("pilot")
        ],
        "pilot_notes": [
            {"pilot": one.pilot.public_id, "text": one.text, "at": one.noted_at.isoformat()}
            for one in PilotNote.objects.filter(noted_by=user).select_related("pilot")
        ],
        "pilot_analyses_asked": [
            {"pilot": one.pilot.public_id, "id": one.public_id, "at": one.asked_at.isoformat()}
            for one in Evaluation.objects.filter(asked_by=user).select_related("pilot")
        ],
        "testbeds_described": [
            {"id": one.public_id, "title": one.title, "at": one.stated_at.isoformat()}
            for one in Testbed.objects.filter(stated_by=user)
        ],
        "challenges_stated": [
            {"id": one.public_id, "title": one.title, "at": one.stated_at.isoformat()}
            for one in Challenge.objects.filter(stated_by=user)
        ],
        "challenges_decided": [
            _declaration(one) | {"id": one.public_id, "title": one.title}
            for one in Challenge.objects.filter(declared_by=user)
        ],
        "answers_handed_in": [
            _declaration(one) | {"id": one.public_id, "title": one.title}
            for one in Answer.objects.filter(declared_by=user)
        ],
        "slots_asked": _slots(asked_by=user),
        "slots_answered": _slots(answered_by=user),
    }


def _slots(**whose: User) -> list[dict[str, Any]]:
    return [
        {
            "testbed": one.testbed.public_id,
            "title": one.title,
            "asked_at": one.asked_at.isoformat(),
        }
        for one in Booking.objects.filter(**whose).select_related("testbed")
    ]


def _declaration(one: Answer | Challenge) -> dict[str, Any]:
    return {
        "conflict": one.has_conflict,
        "conflict_note": one.conflict,
        "name": one.declared_name,
        "at": one.declared_at.isoformat() if one.declared_at else None,
    }


def forget(user: User, *, at: dt.datetime) -> None:
    """Take the name from what stays with the team: plans and data belong to the record."""
    Challenge.objects.filter(declared_by=user).update(declared_name=FORMER_MEMBER)
    Answer.objects.filter(declared_by=user).update(declared_name=FORMER_MEMBER)
    Protocol.objects.filter(actor=user).update(actor_label=FORMER_MEMBER)
    Measurement.objects.filter(added_by=user).update(added_by_label=FORMER_MEMBER)
    PilotNote.objects.filter(noted_by=user).update(noted_by_label=FORMER_MEMBER)
