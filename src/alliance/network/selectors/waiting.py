"""What waits for the one who acts, whatever room it belongs to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from alliance.accounts.enums import NetworkRole
from alliance.core.audit import Actor
from alliance.core.waiting import Asked, Waiting, items, urgency
from alliance.network.enums import TeamRole
from alliance.network.localise import Localised, localised


@dataclass(frozen=True)
class WaitingLine:
    """What waits, with its title and note in the language of the page as far as they go."""

    item: Waiting
    title: Localised
    note: Localised
    is_late: bool


def in_language(words: Mapping[str, str], language: str) -> Localised:
    """The words in `language`, else in the first one that has them; empty where none has."""
    for code in (language, *words):
        if words.get(code):
            return localised(words[code], code, language)
    return Localised("")


def waiting_for(actor: Actor, *, at: dt.datetime, language: str) -> tuple[WaitingLine, ...]:
    """What waits for a person to act, the most urgent first; nothing for others.

    At most 8 queries, whatever her roles and however much waits.
    """
    if actor.user is None:
        return ()
    writes_for = {team for team, role in actor.teams.items() if role == TeamRole.EDITOR}
    roles = set(actor.roles)
    if NetworkRole.SECRETARIAT in roles:
        roles.add(NetworkRole.MODERATOR)  # it stands in for them, as `rules.is_moderator` says
    asked = Asked(at, people={actor.user.pk}, teams=writes_for, roles=roles)
    found = [
        item
        for item in items(asked)
        if item.turn.holds(
            actor.user.pk, writes_for=writes_for, roles=roles, teams=actor.teams.keys()
        )
    ]
    return _lines(found, at=at, language=language)


def waiting_for_team(public_id: str, *, at: dt.datetime, language: str) -> tuple[WaitingLine, ...]:
    """What waits for any editor of a team, the most urgent first. At most 5 queries."""
    asked = Asked(at, people=(), teams={public_id}, roles=())
    found = [item for item in items(asked) if item.turn.team == public_id]
    return _lines(found, at=at, language=language)


def _lines(found: list[Waiting], *, at: dt.datetime, language: str) -> tuple[WaitingLine, ...]:
    return tuple(
        WaitingLine(
            item,
            in_language(item.titles, language),
            in_language(item.notes, language),
            item.is_late(at),
        )
        for item in sorted(found, key=urgency)
    )
