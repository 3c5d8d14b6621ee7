"""The only way from an id to a process and what belongs to it. Hidden looks like missing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.db.models import QuerySet

from alliance.core.audit import Actor
from alliance.core.ids import one_by_id
from alliance.participation import rules
from alliance.participation.models import Process

READ, RUN, ENTER = "read", "run", "enter"
_RULES: dict[str, Callable[[Actor, Process], bool]] = {
    READ: rules.may_read,
    RUN: rules.may_run,
    ENTER: rules.may_enter,
}


def processes() -> QuerySet[Process]:
    """Processes with what every page of them reads."""
    rows = Process.objects.select_related("organisation__city", "city", "need")
    return rows.prefetch_related("phases")


def get_process_for(actor: Actor, public_id: str, action: str = READ) -> Process:
    """The process that the actor may "read", "run" or "enter" contributions into.

    Raises NotFound, also where that is not so.
    """
    return one_by_id(processes(), "process", public_id, partial(_RULES[action], actor))
