"""Permissions to make, write, publish and read reports."""

from __future__ import annotations

from alliance.core.audit import Actor
from alliance.network.enums import TeamRole
from alliance.network.models import Organisation
from alliance.network.rules import is_editor_of, is_secretariat
from alliance.reports.enums import EditionState
from alliance.reports.models import Report, ReportEdition


def may_write(actor: Actor, organisation: Organisation | None) -> bool:
    """The secretariat may make, write and publish any report, editors of a municipality that of its
    city; tokens may not."""
    if actor.scopes is not None:
        return False
    if actor.is_system or is_secretariat(actor):
        return True
    return organisation is not None and is_editor_of(actor, organisation)


def may_run(actor: Actor, report: Report) -> bool:
    """Whether the actor may write an existing report."""
    return may_write(actor, report.organisation)


def may_read(actor: Actor, edition: ReportEdition) -> bool:
    """Published editions are public; others are visible to those who may write them."""
    return edition.state == EditionState.PUBLISHED or may_run(actor, edition.report)


def may_make_any(actor: Actor) -> bool:
    """Whether an actor edits for some team, which may be that of a city."""
    return actor.scopes is None and TeamRole.EDITOR in actor.teams.values()
