"""What rooms above put on the page of a process of their kind.

A room has a module `taking_part` with a mapping `PANELS` from the kind of a process to a `Panel`;
the one that keeps the areas of cities has `AREAS` there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise

from alliance.core import rooms
from alliance.participation.models import Issue, Participant, Process
from alliance.participation.places import Cell

#: What a panel shows: takes the request, the process and who takes part, if she did before.
Read = Callable[[HttpRequest, Process, Participant | None], Mapping[str, Any]]


@dataclass(frozen=True)
class Issuing:
    """What a room publishes of people in an issue (`services.issuing`).

    `read`: takes the process and the people of the issue, reads all that it needs; `work_out`:
    takes the process, what was read and the time of the issue, and asks for nothing that people can
    change; `store`: replaces the last issue by this one and its results.
    `counted`: of people those who make a batch, where not everybody who took part is in the files.
    `withdraw` takes what is a person's out of the files, before she is deleted. `has_more`: whether
    enough came of those who are in the last issue for another one of the same people.
    """

    read: Callable[[Process, QuerySet[Participant]], Any]
    work_out: Callable[[Process, Any, dt.datetime], Any]
    store: Callable[[Issue, Any], None]
    counted: Callable[[QuerySet[Participant]], QuerySet[Participant]] | None = None
    withdraw: Callable[[Participant], None] | None = None
    has_more: Callable[[Process], bool] | None = None


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
    `cells` are the parts of the map on which residents mark places, where the room has its own.
    `first_line` is said first on the page for residents, which without `results` has all that came
    of it, too. `closed` does what there is to do as a process of this kind closes. `runs_at` is the
    page of those who run it, in place of the one for all kinds. `issuing`: what it publishes.
    `confirms` is the page for which somebody confirms her email address, empty for none.
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
    cells: Callable[[Process], Sequence[Cell]] | None = None
    first_line: Callable[[Process], str] | None = None
    closed: Callable[[Process, dt.datetime], None] | None = None
    runs_at: str = ""
    issuing: Issuing | None = None
    confirms: Callable[[Process], str] | None = None


@dataclass(frozen=True)
class Areas:
    """What the room that keeps the areas of cities knows of one. `cells`: where places of a process
    may lie; `near`: what the outlines within west, south, east and north are, and the outlines."""

    cells: Callable[[Process], Sequence[Cell]]
    near: Callable[[Process, tuple[float, float, float, float]], tuple[Any, Sequence[str]]]


@cache
def _rooms() -> tuple[Any, ...]:
    return tuple(rooms.modules("taking_part"))


@cache
def panels() -> Mapping[str, Panel]:
    """The panels of all rooms by kind of process."""
    all_panels: dict[str, Panel] = {}
    for room in _rooms():
        all_panels |= getattr(room, "PANELS", {})
    return all_panels


def areas() -> Areas:
    """The areas of cities."""
    city_areas: Areas = next(room.AREAS for room in _rooms() if hasattr(room, "AREAS"))
    return city_areas


def cells_of(process: Process) -> Sequence[Cell]:
    """The parts of the map on which places of a process may lie; none where it is not known."""
    panel = panels().get(process.kind)
    return ((panel and panel.cells) or areas().cells)(process)


def missing_of(process: Process) -> str:
    """What of its room keeps a process from opening, in words; empty for nothing."""
    panel = panels().get(process.kind)
    return panel.missing(process) if panel and panel.missing else ""


def is_closed(process: Process) -> bool:
    """Whether the room of a process takes no more texts, whatever the phase."""
    panel = panels().get(process.kind)
    return bool(panel and panel.is_closed and panel.is_closed(process))
