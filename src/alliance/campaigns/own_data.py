"""This app's data about a person with an account; pledges are part of her participation."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from alliance.campaigns.models import Outcome, UnitList

if TYPE_CHECKING:
    from alliance.accounts.models import User


def own_data(user: User) -> dict[str, Any]:
    """The tables that the person imported for her city."""
    return {
        "campaign_tables": [
            {"id": row.campaign.process.public_id, "at": row.at.isoformat()}
            for rows in (
                UnitList.objects.filter(made_by=user),
                Outcome.objects.filter(added_by=user),
            )
            for row in rows.select_related("campaign__process").defer("columns")
        ]
    }


def forget(user: User, *, at: dt.datetime) -> None:
    """Tables remain, without the person: the database clears the foreign keys."""
