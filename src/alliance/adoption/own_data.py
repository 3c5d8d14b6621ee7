"""What this room keeps about a person: the steps and links that were stated for a city."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from alliance.adoption.models import Link, Step

if TYPE_CHECKING:
    from alliance.accounts.models import User


def own_data(user: User) -> dict[str, Any]:
    """The steps and links that the person stated."""
    return {
        "thread_steps": [
            {
                "id": one.public_id,
                "kind": one.kind,
                "title": one.title,
                "stated_at": one.stated_at.isoformat(),
            }
            for one in Step.objects.filter(stated_by=user)
        ],
        "thread_links": [
            {
                "id": one.public_id,
                "first": f"{one.first_kind} {one.first_id}",
                "second": f"{one.second_kind} {one.second_id}",
                "stated_at": one.stated_at.isoformat(),
            }
            for one in Link.objects.filter(stated_by=user)
        ],
    }


def forget(user: User, *, at: dt.datetime) -> None:
    """Nothing: steps and links are the city's, and name nobody once the account is gone."""
