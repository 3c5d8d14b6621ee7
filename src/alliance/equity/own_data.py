"""What this room keeps about a person with an account."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from alliance.equity.models import (
    AreaSet,
    Claim,
    DistributionCheck,
    Exposure,
    PopulationGroup,
    Testimony,
)

if TYPE_CHECKING:
    from alliance.accounts.models import User


def own_data(user: User) -> dict[str, Any]:
    """The areas, the figures and the fairness checks that the person brought for her city."""
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
        "fairness_checks_begun": [
            {"id": one.public_id, "title": one.title, "at": one.made_at.isoformat()}
            for one in DistributionCheck.objects.filter(made_by=user)
        ],
        "waivers_signed": [
            {
                "id": one.public_id,
                "role": one.waived_role,
                "at": one.waived_at and one.waived_at.isoformat(),
            }
            for one in DistributionCheck.objects.filter(waived_by=user)
        ],
        "testimonies_added": [
            {"id": one.public_id, "at": one.made_at.isoformat()}
            for one in Testimony.objects.filter(made_by=user)
        ],
        "challenges_answered": [
            {"id": one.public_id, "at": one.answered_at and one.answered_at.isoformat()}
            for one in Claim.objects.filter(answered_by=user).select_related("post")
        ],
    }


def forget(user: User, *, at: dt.datetime) -> None:
    """Areas, figures and checks belong to the city and stay, and so does the role of a waiver; the
    tie to who brought or signed them goes with the account."""
