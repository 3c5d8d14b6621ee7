"""What rooms above put on the page of a process of their kind.

A room has a module `taking_part` with a mapping `PANELS` from the kind of a process to a `Panel`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.http import HttpRequest
from django.utils.functional import Promise

from alliance.participation.models import Participant, Process

#: What a panel shows: takes the request, the process and who takes part, if she did before.
Read = Callable[[HttpRequest, Process, Participant | None], Mapping[str, Any]]


@dataclass(frozen=True)
class Panel:
    """Templates of a kind of process, and what they read.

    `act` stands on the page for residents, in place of the list of contributions; `results` on the
    page of results. Both get what `read` and `read_results` return, and `process`. `read_own` is
    what the room keeps of a participant, as JSON can hold it; `own` is shown on the page of her own
    texts, with what `show_own` returns. `enter` is the page on which a form on paper is typed in;
    `manage`, with its words, the page on which those who run it prepare what is this room's own.
    `missing` says what keeps a process of this kind from opening, in words, empty for nothing;
    `on_paper`: the questions of the form on paper, each with `text`, `answers` to tick and `lines`.
    `is_closed` says that no more texts are taken, whatever the phase.
    `measures` are those of this room for the evaluation of a process, as
    `knowledge.models.MethodResult` keeps them.
    `first_line` is said first on the page for residents, which without `results` has all that came
    of it, too. `runs_at` is the page of those who run it, in place of the one for all kinds.
    """

    act: str
    read: Read
    results: str = ""
    read_results: Callable[[Process], Mapping[str, Any]] | None = None
    read_own: Callable[[Participant], Mapping[str, Any]] | None = None
    own: str = ""
    show_own: Callable[[Participant], Mapping[str, Any]] | None = None
    enter: str = ""
    manage: tuple[str, str | Promise] | None = None
    missing: Callable[[Process], str] | None = None
    on_paper: Callable[[Process], Sequence[Mapping[str, Any]]] | None = None
    is_closed: Callable[[Process], bool] | None = None
    measures: Callable[[Process], list[dict[str, Any]]] | None = None
    first_line: Callable[[Process], str] | None = None
    runs_at: str = ""


@cache
def panels() -> Mapping[str, Panel]:
    """The panels of all rooms by kind of process."""
    found: dict[str, Panel] = {}
    for config in apps.get_app_configs():
        name = f"{config.name}.taking_part"
        if config.name.startswith("alliance.") and find_spec(name):
            found |= import_module(name).PANELS
    return found


def missing_of(process: Process) -> str:
    """What of its room keeps a process from opening, in words; empty for nothing."""
    panel = panels().get(process.kind)
    return panel.missing(process) if panel and panel.missing else ""


def is_closed(process: Process) -> bool:
    """Whether the room of a process takes no more texts, whatever the phase."""
    panel = panels().get(process.kind)
    return bool(panel and panel.is_closed and panel.is_closed(process))
