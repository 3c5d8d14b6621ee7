"""What this room keeps about a person with an account: the workshops she signed up for."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from alliance.core.audit import VISITOR
from alliance.workshops.models import Registration, Workshop
from alliance.workshops.services import registering

if TYPE_CHECKING:
    from alliance.accounts.models import User


def own_data(user: User) -> dict[str, Any]:
    """What the person said when she signed up, and the workshops that she prepared."""
    rows = Registration.objects.filter(user=user).select_related("workshop", "city")
    return {
        "workshops_signed_up": [data_of(one) for one in rows],
        "workshops_prepared": [
            {"id": one.public_id, "title": one.title, "at": one.made_at.isoformat()}
            for one in Workshop.objects.filter(made_by=user)
        ],
    }


def data_of(registration: Registration) -> dict[str, Any]:
    """All that is kept of somebody who signed up, as JSON can hold it."""
    one = registration
    texts = {row.public_id: str(row) for row in one.workshop.questions.all()}
    return {
        "workshop": one.workshop.public_id,
        "title": one.workshop.title,
        "name": one.name,
        "email": one.email,
        "language": one.language,
        "time_zone": one.zone,
        "organisation": one.affiliation,
        "city": one.city.public_id if one.city else "",
        "kind": one.attendance,
        "state": one.state,
        "made_at": one.made_at.isoformat(),
        "answers": {texts.get(name, name): said for name, said in one.answers.items()},
        "may_meet": one.may_meet,
        "learns": one.learns,
        "tells": one.tells,
        "text": one.about,
    }


def forget(user: User, *, at: dt.datetime) -> None:
    """Places go back to who waits for them. Workshops stay, without who prepared them."""
    for one in Registration.objects.filter(user=user).select_related("workshop"):
        registering.leave(one, actor=VISITOR, at=at)
