"""What this app adds to the pages of a process that is a budget."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alliance.budgeting import rules, selectors
from alliance.budgeting.enums import Voters
from alliance.core import clock
from alliance.participation.enums import ProcessKind
from alliance.participation.models import Participant, Process
from alliance.participation.panels import Panel


def _act(
    request: HttpRequest, process: Process, participant: Participant | None
) -> Mapping[str, Any]:
    budget = selectors.budget_of(process)
    phases = list(process.phases.all())
    on_ballot = list(selectors.projects_of(budget).filter(number__isnull=False))
    return {
        "budget": budget,
        "on_ballot": on_ballot,
        **({"places": selectors.map_of(process, on_ballot)} if on_ballot else {}),
        "own_ballot": selectors.own_ballot(participant),
        "to_agree": selectors.to_agree(participant),
        "takes_ballots": rules.takes_ballots(budget, process.state, phases, clock.now()),
    }


def _results(process: Process) -> Mapping[str, Any]:
    budget = selectors.budget_of(process)
    return {
        "budget": budget,
        "standing": selectors.standing(budget),
        "command": selectors.recount_line(budget),
        "fewest": selectors.FEWEST_BALLOTS,
    }


def _own(participant: Participant) -> Mapping[str, Any]:
    """The ballot; after the separation, that there was one. Its number is no longer hers."""
    ballot = selectors.own_ballot(participant)
    if ballot is None:
        is_cut_off = selectors.is_cut_off(participant)
        return {"ballot": {"cut_off": True, "projects": None}} if is_cut_off else {}
    entries = ballot.entries.all()
    return {
        "ballot": {
            "cut_off": False,
            "at": ballot.at.isoformat() if ballot.at else None,
            "channel": ballot.channel,
            "projects": [
                {"id": entry.project.public_id, "title": entry.project.title, "value": entry.value}
                for entry in entries
            ],
        }
    }


def _shown_own(participant: Participant) -> Mapping[str, Any]:
    budget = selectors.budget_of(participant.process)
    at, phases = clock.now(), list(participant.process.phases.all())
    is_cut_off = selectors.is_cut_off(participant)
    return {
        "budget": budget,
        "ballot": selectors.own_ballot(participant),
        "is_cut_off": is_cut_off,
        "stays": _(
            "Your ballot still counts. It cannot be deleted, because no one can "
            "tell which ballot is yours."
        )
        if is_cut_off
        else "",
        "to_agree": selectors.to_agree(participant),
        "takes_ballots": rules.takes_ballots(budget, participant.process.state, phases, at),
    }


def _confirms(process: Process) -> str:
    """The ballot, if residents vote by email address."""
    budget = selectors.budget_of(process)
    phases = list(process.phases.all())
    if budget.voters != Voters.EMAIL or not rules.takes_ballots(
        budget, process.state, phases, clock.now()
    ):
        return ""
    return reverse("budgeting:ballot", args=[process.public_id])


def _is_declared(process: Process) -> bool:
    return selectors.budget_of(process).declared_at is not None


PANELS = {
    ProcessKind.BUDGET.value: Panel(
        act="budgeting/act.html",
        read=_act,
        first_line=selectors.first_line,
        results="budgeting/results.html",
        read_results=_results,
        read_own=_own,
        own="budgeting/parts/own.html",
        show_own=_shown_own,
        manage=("budgeting:manage", _("Budget, ballot and counting method")),
        is_closed=_is_declared,
        confirms=_confirms,
    )
}
