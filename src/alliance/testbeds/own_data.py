"""What testbeds and pilots keep about a person: plans, versions, data sent in, analyses asked."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from alliance.accounts.services.own_data import FORMER_MEMBER
from alliance.testbeds.models import Booking, Evaluation, Measurement, Pilot, Protocol, Testbed

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
        "pilot_analyses_asked": [
            {"pilot": one.pilot.public_id, "id": one.public_id, "at": one.asked_at.isoformat()}
            for one in Evaluation.objects.filter(asked_by=user).select_related("pilot")
        ],
        "testbeds_described": [
            {"id": one.public_id, "title": one.title, "at": one.stated_at.isoformat()}
            for one in Testbed.objects.filter(stated_by=user)
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


def forget(user: User, *, at: dt.datetime) -> None:
    """Take the name from what stays with the team: plans and data belong to the record."""
    Protocol.objects.filter(actor=user).update(actor_label=FORMER_MEMBER)
    Measurement.objects.filter(added_by=user).update(added_by_label=FORMER_MEMBER)
