"""What this app adds to the pages of a process that is a dialogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from alliance.dialogues import selectors
from alliance.dialogues.services.opinions import ISSUING
from alliance.participation.enums import ProcessKind
from alliance.participation.models import Participant, Process
from alliance.participation.panels import Panel


def _act(
    request: HttpRequest, process: Process, participant: Participant | None
) -> Mapping[str, Any]:
    return {"turn": selectors.next_statement_for(process, participant)}


def _results(process: Process) -> Mapping[str, Any]:
    return {"standing": selectors.standing(process, most=selectors.MOST_LINES)}


def _own(participant: Participant) -> Mapping[str, Any]:
    rows = participant.votes.select_related("statement__post").order_by("statement")
    return {
        "votes": [
            {
                "statement": row.statement.public_id,
                "text": row.statement.post.text,
                "value": row.value,
                "important": row.is_important,
                "at": row.at.isoformat(),
            }
            for row in rows
        ]
    }


def _shown_own(participant: Participant) -> Mapping[str, Any]:
    return {"votes": selectors.own_votes(participant)}


PANELS = {
    ProcessKind.DIALOGUE.value: Panel(
        act="dialogues/act.html",
        read=_act,
        results="dialogues/results.html",
        read_results=_results,
        read_own=_own,
        own="dialogues/parts/own.html",
        show_own=_shown_own,
        enter="dialogues:paper",
        issuing=ISSUING,
    )
}
