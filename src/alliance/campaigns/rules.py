"""What a campaign lacks before it starts, and what it accepts at a time."""

from __future__ import annotations

import datetime as dt

from alliance.campaigns.models import Campaign, UnitList
from alliance.participation import rules as participation
from alliance.participation.enums import ProcessState

#: The fields of each screen, in their order.
OF_SCREEN = {
    "describe": ("summary",),
    "measure": ("outcome", "unit", "starts_on", "answers_by", "decides_what", "decides_who"),
    "units": ("list",),
}


def missing(campaign: Campaign, units: UnitList | None) -> list[str]:
    """The incomplete screens."""
    process = campaign.process

    def is_there(name: str) -> bool:
        if name == "list":
            return units is not None
        return bool(getattr(process, name, "") or getattr(campaign, name, ""))

    return [name for name, fields in OF_SCREEN.items() if not all(map(is_there, fields))]


def takes_pledges(campaign: Campaign, at: dt.datetime) -> bool:
    """Whether residents can pledge at `at`. Reads the phases, which may be prefetched."""
    return participation.takes_votes(campaign.process, at)


def takes_outcomes(campaign: Campaign, at: dt.datetime) -> bool:
    """Whether outcome data are accepted: from the first day of the campaign on."""
    has_begun = campaign.starts_on is not None and campaign.starts_on <= at.date()
    return has_begun and campaign.process.state != ProcessState.DRAFT
