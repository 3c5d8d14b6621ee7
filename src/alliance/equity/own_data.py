"""What this room keeps about a person with an account."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from alliance.equity.models import AreaSet, Exposure, PopulationGroup

if TYPE_CHECKING:
    from alliance.accounts.models import User


def own_data(user: User) -> dict[str, Any]:
    """The areas and the figures of them that the person brought for her city."""
    return {
        "areas_brought": [
            {"id": one.public_id, "name": str(one), "at": one.made_at.isoformat()}
            for one in AreaSet.objects.filter(made_by=user)
        ],
        "figures_of_areas_brought": [
            {"id": one.public_id, "name": str(one), "at": one.made_at.isoformat()}
            for model in (PopulationGroup, Exposure)
            for one in model.objects.filter(made_by=user)
        ],
    }


def forget(user: User, *, at: dt.datetime) -> None:
    """Areas and figures belong to the city and stay; the tie to who brought them goes with the
    account."""
