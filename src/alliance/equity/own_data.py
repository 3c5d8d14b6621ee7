"""This app's data about a person with an account."""

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
    """The areas, the figures and the fairness checks that the person added for her city."""
    return {
        "areas_brought": [
            {"id": area_set.public_id, "name": str(area_set), "at": area_set.made_at.isoformat()}
            for area_set in AreaSet.objects.filter(made_by=user)
        ],
        "figures_of_areas_brought": [
            {"id": figure.public_id, "name": str(figure), "at": figure.made_at.isoformat()}
            for model in (PopulationGroup, Exposure)
            for figure in model.objects.filter(made_by=user)
        ],
        "fairness_checks_begun": [
            {
                "id": distribution_check.public_id,
                "title": distribution_check.title,
                "at": distribution_check.made_at.isoformat(),
            }
            for distribution_check in DistributionCheck.objects.filter(made_by=user)
        ],
        "waivers_signed": [
            {
                "id": distribution_check.public_id,
                "role": distribution_check.waived_role,
                "at": distribution_check.waived_at and distribution_check.waived_at.isoformat(),
            }
            for distribution_check in DistributionCheck.objects.filter(waived_by=user)
        ],
        "testimonies_added": [
            {"id": testimony.public_id, "at": testimony.made_at.isoformat()}
            for testimony in Testimony.objects.filter(made_by=user)
        ],
        "challenges_answered": [
            {"id": claim.public_id, "at": claim.answered_at and claim.answered_at.isoformat()}
            for claim in Claim.objects.filter(answered_by=user).select_related("post")
        ],
    }


def forget(user: User, *, at: dt.datetime) -> None:
    """Unlink the person: areas, figures and checks belong to the city and stay, and so does the
    role of a waiver."""
