"""What this app adds to the pages of a process that is a campaign."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext

from alliance.campaigns import selectors
from alliance.campaigns.services import ISSUING, fulfil_result_promise
from alliance.core import clock
from alliance.participation.enums import ProcessKind
from alliance.participation.models import Participant, Process
from alliance.participation.panels import Panel


def _act(
    request: HttpRequest, process: Process, participant: Participant | None
) -> Mapping[str, Any]:
    return selectors.page(process, participant, clock.now())


def _own(participant: Participant) -> Mapping[str, Any]:
    pledge = selectors.own_pledge(participant)
    if pledge is None:
        return {}
    did_at = pledge.did_at.isoformat() if pledge.did_at else ""
    return {"pledge": {"at": pledge.at.isoformat(), "did": pledge.did, "did_at": did_at}}


def _shown_own(participant: Participant) -> Mapping[str, Any]:
    return {"own_pledge": selectors.own_pledge(participant)}


def _missing(process: Process) -> str:
    return (
        ""
        if selectors.units_of(selectors.campaign_of(process))
        else gettext("the list of who gets the campaign")
    )


PANELS = {
    ProcessKind.CAMPAIGN.value: Panel(
        act="campaigns/act.html",
        read=_act,
        first_line=selectors.first_line,
        measures=selectors.measures,
        read_own=_own,
        own="campaigns/own.html",
        show_own=_shown_own,
        runs_at="campaigns:manage",
        enter="campaigns:paper",
        missing=_missing,
        closed=fulfil_result_promise,
        issuing=ISSUING,
    )
}
