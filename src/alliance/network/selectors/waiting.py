"""What waits for the reader, from all apps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import pgettext

from alliance.accounts.enums import NetworkRole
from alliance.core.audit import Actor
from alliance.core.waiting import Asked, Turn, Waiting, items, kinds_for, urgency
from alliance.network.enums import TeamRole
from alliance.network.localise import Localised, localised
from alliance.network.models import Organisation


@dataclass(frozen=True)
class WaitingLine:
    """An item with its title and note, in the language of the page if available.

    `who`: who has to act, in words; empty if the page says so.
    """

    item: Waiting
    title: Localised
    note: Localised
    is_late: bool
    who: str = ""


def in_language(words: Mapping[str, str], language: str) -> Localised:
    """The text in `language`, else in the first language that has one; empty if none has."""
    for code in (language, *words):
        if words.get(code):
            return localised(words[code], code, language)
    return Localised("")


def teams_of(actor: Actor) -> list[Organisation]:
    """The teams of a person, with their cities. At most one query."""
    rows = Organisation.objects.filter(public_id__in=list(actor.teams)).select_related("city")
    return list(rows) if actor.teams else []


def _duties(actor: Actor) -> tuple[set[str], set[str]]:
    """The teams that a person is an editor of, and her roles with those she stands in for."""
    roles = set(actor.roles)
    if NetworkRole.SECRETARIAT in roles:
        roles.add(NetworkRole.MODERATOR)  # it stands in for them, as in `rules.is_moderator`
    return {team for team, role in actor.teams.items() if role == TeamRole.EDITOR}, roles


def kinds_of(actor: Actor) -> frozenset[str]:
    """The codes about which a person may get emails. Items of a team without an editor go to the
    secretariat."""
    writes_for, roles = _duties(actor)
    return kinds_for(
        roles,
        of_teams=bool(writes_for) or NetworkRole.SECRETARIAT in roles,
        of_members=bool(actor.teams),
    )


def items_for(actor: Actor, *, at: dt.datetime) -> list[Waiting]:
    """What waits for a person, most urgent first, then news, newest first; nothing for others.

    At most 9 queries, whatever her roles and however much waits.
    """
    if actor.user is None:
        return []
    writes_for, roles = _duties(actor)
    asked = Asked(at, people={actor.user.pk}, teams=writes_for, roles=roles)
    waiting_items = [
        item
        for item in items(asked)
        if item.turn.holds(
            actor.user.pk, writes_for=writes_for, roles=roles, teams=actor.teams.keys()
        )
    ]
    return sorted(waiting_items, key=_order)


def waiting_for_team(public_id: str, *, at: dt.datetime, language: str) -> tuple[WaitingLine, ...]:
    """What waits for any editor of a team, most urgent first. At most 5 queries."""
    asked = Asked(at, people=(), teams={public_id}, roles=())
    waiting_items = [item for item in items(asked) if item.turn.team == public_id]
    return lines(sorted(waiting_items, key=_order), at=at, language=language)


def _who(turn: Turn, teams: Mapping[str, str]) -> str:
    if turn.person is not None:
        return pgettext("for whom", "you")
    return teams.get(turn.team, "") if turn.team else str(NetworkRole(turn.role).label)


def _order(item: Waiting) -> tuple[Any, ...]:
    return (item.is_news, -item.since.timestamp() if item.is_news else 0, *urgency(item))


def lines(
    waiting_items: Iterable[Waiting],
    *,
    at: dt.datetime,
    language: str,
    teams: Mapping[str, str] | None = None,
) -> tuple[WaitingLine, ...]:
    """Items in words. `teams`: names of teams, by which items say who has to act."""
    return tuple(
        WaitingLine(
            item,
            in_language(item.titles, language),
            in_language(item.notes, language),
            item.is_late(at),
            "" if teams is None else _who(item.turn, teams),
        )
        for item in waiting_items
    )
