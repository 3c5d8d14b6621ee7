"""Personal data of this app: the workshops for which somebody registered."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from alliance.core.audit import VISITOR
from alliance.workshops.models import Registration, Workshop
from alliance.workshops.services import registering

if TYPE_CHECKING:
    from alliance.accounts.models import User


def own_data(user: User) -> dict[str, Any]:
    """A person's registrations, and the workshops that she prepared."""
    rows = Registration.objects.filter(user=user).select_related("workshop", "city")
    return {
        "workshops_signed_up": [data_of(row) for row in rows],
        "workshops_prepared": [
            {"id": workshop.public_id, "title": workshop.title, "at": workshop.made_at.isoformat()}
            for workshop in Workshop.objects.filter(made_by=user)
        ],
    }


def data_of(registration: Registration) -> dict[str, Any]:
    """A registration as JSON."""
    record = registration
    texts = {row.public_id: str(row) for row in record.workshop.questions.all()}
    return {
        "workshop": record.workshop.public_id,
        "title": record.workshop.title,
        "name": record.name,
        "email": record.email,
        "language": record.language,
        "time_zone": record.zone,
        "organisation": record.affiliation,
        "city": record.city.public_id if record.city else "",
        "kind": record.attendance,
        "state": record.state,
        "made_at": record.made_at.isoformat(),
        "answers": {texts.get(name, name): answer for name, answer in record.answers.items()},
        "may_meet": record.may_meet,
        "learns": record.learns,
        "tells": record.tells,
        "text": record.about,
    }


def forget(user: User, *, at: dt.datetime) -> None:
    """Delete the registrations of a person, whose places go to the waiting list, and her name in
    workshops that she prepared."""
    for registration in Registration.objects.filter(user=user).select_related("workshop"):
        registering.leave(registration, actor=VISITOR, at=at)
