"""Who makes, writes, publishes and reads reports."""

from __future__ import annotations

from alliance.core.audit import Actor
from alliance.network.enums import TeamRole
from alliance.network.models import Organisation
from alliance.network.rules import is_editor_of, is_secretariat
from alliance.reports.enums import EditionState
from alliance.reports.models import Report, ReportEdition


def may_write(actor: Actor, organisation: Organisation | None) -> bool:
    """Make a report, write in it and publish it: the secretariat, and for that of a city the
    editors of its municipality. No token."""
    if actor.scopes is not None:
        return False
    if actor.is_system or is_secretariat(actor):
        return True
    return organisation is not None and is_editor_of(actor, organisation)


def may_run(actor: Actor, report: Report) -> bool:
    """The same, of a report that is there."""
    return may_write(actor, report.organisation)


def may_read(actor: Actor, edition: ReportEdition) -> bool:
    """Everybody reads what is published, others what they write."""
    return edition.state == EditionState.PUBLISHED or may_run(actor, edition.report)


def may_make_any(actor: Actor) -> bool:
    """Whether an actor edits for some team, which may be that of a city."""
    return actor.scopes is None and TeamRole.EDITOR in actor.teams.values()
