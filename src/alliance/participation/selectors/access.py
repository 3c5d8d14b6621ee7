"""Permission-checked getters of processes and what belongs to them. Hidden looks like missing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.db.models import QuerySet

from alliance.core.audit import Actor
from alliance.core.ids import get_by_public_id
from alliance.participation import rules
from alliance.participation.models import Contribution, Process, stage

READ, RUN, ENTER, MODERATE = "read", "run", "enter", "moderate"
_RULES: dict[str, Callable[[Actor, Process], bool]] = {
    READ: rules.may_read,
    RUN: rules.may_run,
    ENTER: rules.may_enter,
    MODERATE: rules.may_moderate,
}


def processes() -> QuerySet[Process]:
    """Processes with what every page of them reads, and the `ProcessStage` of each."""
    rows = Process.objects.select_related("organisation__city", "city", "need")
    return rows.annotate(stage=stage()).prefetch_related("phases")


def get_process_for(
    actor: Actor, public_id: str, action: str = READ, *, alone: bool = False
) -> Process:
    """The process that the actor may "read", "run", "moderate" or "enter" contributions into.

    `alone`: only with the fields that permissions depend on. Raises NotFound, also without
    permission.
    """
    few = Process.objects.only("public_id", "kind", "state", "organisation")
    rows = few if alone else processes()
    return get_by_public_id(rows, "process", public_id, partial(_RULES[action], actor))


def get_contribution(process: Process, post_id: str) -> Contribution:
    """A contribution to a process that a getter has checked, also a hidden one. Raises NotFound."""
    rows = Contribution.objects.filter(process=process).select_related("post", "process")
    return get_by_public_id(rows, "contribution", post_id, field="post__public_id")
