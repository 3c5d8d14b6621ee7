"""What this room puts on the pages of a process that is a dialogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from alliance.dialogues import selectors
from alliance.participation.enums import ProcessKind
from alliance.participation.models import Participant, Process
from alliance.participation.panels import Panel


def _act(
    request: HttpRequest, process: Process, participant: Participant | None
) -> Mapping[str, Any]:
    return {"turn": selectors.turn_of(process, participant)}


def _results(process: Process) -> Mapping[str, Any]:
    return {"standing": selectors.standing(process), "fewest": selectors.FEWEST}


PANELS = {
    ProcessKind.DIALOGUE.value: Panel(
        act="dialogues/act.html",
        read=_act,
        results="dialogues/results.html",
        read_results=_results,
    )
}
