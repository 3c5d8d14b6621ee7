"""What rooms above put on the page of a process of their kind.

A room has a module `taking_part` with a mapping `PANELS` from the kind of a process to a `Panel`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.http import HttpRequest

from alliance.participation.models import Participant, Process

#: What a panel shows: takes the request, the process and who takes part, if she did before.
Read = Callable[[HttpRequest, Process, Participant | None], Mapping[str, Any]]


@dataclass(frozen=True)
class Panel:
    """Templates of a kind of process, and what they read.

    `act` stands on the page for residents, in place of the list of contributions; `results` on the
    page of results. Both get what `read` and `read_results` return, and `process`. `read_own` is
    what the room keeps of a participant, as JSON can hold it; `own` is shown on the page of her own
    texts, with what `show_own` returns. `enter` is the page on which a form on paper is typed in.
    """

    act: str
    read: Read
    results: str = ""
    read_results: Callable[[Process], Mapping[str, Any]] | None = None
    read_own: Callable[[Participant], Mapping[str, Any]] | None = None
    own: str = ""
    show_own: Callable[[Participant], Mapping[str, Any]] | None = None
    enter: str = ""


@cache
def panels() -> Mapping[str, Panel]:
    """The panels of all rooms by kind of process."""
    found: dict[str, Panel] = {}
    for config in apps.get_app_configs():
        name = f"{config.name}.taking_part"
        if config.name.startswith("alliance.") and find_spec(name):
            found |= import_module(name).PANELS
    return found
