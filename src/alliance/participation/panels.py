"""What higher apps add to the page of a process of their kind.

An app has a module `taking_part` with a mapping `PANELS` from the kind of a process to a `Panel`;
the app with the areas of cities has `AREAS` there.
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

#: The context of a panel: takes the request, the process and the participant, if there is one.
Read = Callable[[HttpRequest, Process, Participant | None], Mapping[str, Any]]


@dataclass(frozen=True)
class Issuing:
    """What an app publishes about people in an issue (`services.issuing`).

    `read`: takes the process and the people of the issue, reads all that it needs; `work_out`:
    takes the process, what was read and the time of the issue, and reads nothing that people can
    change; `store`: replaces the last issue by this one and its results.
    `counted`: filters the people who make up a batch, if not all participants are in the files.
    `withdraw` removes a person's rows from the files, before she is deleted. `has_more`: whether
    people in the last issue have submitted enough for another issue of the same people.
    """

    read: Callable[[Process, QuerySet[Participant]], Any]
    work_out: Callable[[Process, Any, dt.datetime], Any]
    store: Callable[[Issue, Any], None]
    counted: Callable[[QuerySet[Participant]], QuerySet[Participant]] | None = None
    withdraw: Callable[[Participant], None] | None = None
    has_more: Callable[[Process], bool] | None = None


@dataclass(frozen=True)
class Panel:
    """The templates of a kind of process, and their contexts.

    `act` is shown on the page for residents, instead of the list of contributions; `results` on the
    page of results. Both get what `read` and `read_results` return, and `process`. `read_own`
    returns the app's data about a participant, as JSON values; `own` is shown on the page of her
    own contributions, with what `show_own` returns. `enter` is the page for paper forms; `manage`,
    with its label, the page on which staff prepare the app's own part. `missing` returns what keeps
    a process of this kind from opening, in words, empty for nothing; `on_paper`: the questions of
    the paper form, each with `text`, `answers` to tick and `lines`. `is_closed`: whether no more
    texts are accepted, whatever the phase. `measures` are the app's own for the evaluation of a
    process, in the format of `knowledge.models.MethodResult`. `cells` are the parts of the map on
    which residents mark places, if the app has its own. `first_line` is shown first on the page for
    residents, which without `results` also contains the results. `closed` runs when a process of
    this kind closes. `runs_at` is the page for staff, instead of the general one. `issuing`: what
    the app publishes. `confirms` is the page for which somebody confirms her email address, empty
    for none.
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
    """The areas of cities. `cells`: where places of a process may lie; `near`: the description and
    the outlines of the areas within west, south, east and north."""

    cells: Callable[[Process], Sequence[Cell]]
    near: Callable[[Process, tuple[float, float, float, float]], tuple[Any, Sequence[str]]]


@cache
def _rooms() -> tuple[Any, ...]:
    return tuple(rooms.modules("taking_part"))


@cache
def panels() -> Mapping[str, Panel]:
    """The panels of all apps by kind of process."""
    all_panels: dict[str, Panel] = {}
    for room in _rooms():
        all_panels |= getattr(room, "PANELS", {})
    return all_panels


def areas() -> Areas:
    city_areas: Areas = next(room.AREAS for room in _rooms() if hasattr(room, "AREAS"))
    return city_areas


def cells_of(process: Process) -> Sequence[Cell]:
    """The cells of the map of a process; none if unknown."""
    panel = panels().get(process.kind)
    return ((panel and panel.cells) or areas().cells)(process)


def missing_of(process: Process) -> str:
    """What the process still lacks for its kind before opening, in words; empty for nothing."""
    panel = panels().get(process.kind)
    return panel.missing(process) if panel and panel.missing else ""


def is_closed(process: Process) -> bool:
    """Whether the app of a process accepts no more texts, whatever the phase."""
    panel = panels().get(process.kind)
    return bool(panel and panel.is_closed and panel.is_closed(process))
