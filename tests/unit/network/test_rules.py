"""Who is who, asked of actors alone."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from alliance.accounts.models import User
from alliance.core.audit import COMMAND_LINE, VISITOR, WORKER, Actor
from alliance.network import rules
from alliance.network.enums import InvitationState, Scope
from alliance.network.models import Invitation, Organisation

NOW = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)
OWN = Organisation(public_id="own", name="Own", kind="municipality", country="SE")
OTHER = Organisation(public_id="other", name="Other", kind="municipality", country="FR")


def somebody(**changes: object) -> Actor:
    return dataclasses.replace(Actor("Ada", user=User(pk=1, name="Ada")), **changes)


CITIZEN = somebody()
MEMBER = somebody(teams={"own": "member"})
EDITOR = somebody(teams={"own": "editor"})
SECRETARIAT = somebody(roles=frozenset({"secretariat"}))
OPERATOR = somebody(roles=frozenset({"operator"}))
ELEVATED = somebody(roles=frozenset({"operator"}), elevated=True)
TOKEN = Actor("Own: register", teams={"own": "editor"}, scopes=frozenset({Scope.READ_DRAFTS}))
ALL = {
    "visitor": VISITOR,
    "citizen": CITIZEN,
    "member": MEMBER,
    "editor": EDITOR,
    "reviewer": somebody(roles=frozenset({"reviewer"})),
    "moderator": somebody(roles=frozenset({"moderator"})),
    "secretariat": SECRETARIAT,
    "operator": OPERATOR,
    "elevated": ELEVATED,
    "token": TOKEN,
    "command": COMMAND_LINE,
    "worker": WORKER,
}


def those(rule: object, *args: object) -> set[str]:
    return {name for name, actor in ALL.items() if rule(actor, *args)}


def test_the_roles_are_told_apart() -> None:
    people = set(ALL) - {"visitor", "token", "command", "worker"}
    assert those(rules.is_signed_in) == people
    assert those(rules.is_member_of, OWN) == {"member", "editor", "token"}
    assert those(rules.is_editor_of, OWN) == {"editor", "token"}
    assert those(rules.is_member_of, OTHER) == set()
    assert those(rules.is_editor_of, OTHER) == set()
    assert those(rules.is_reviewer) == {"reviewer"}
    assert those(rules.is_moderator) == {"moderator", "secretariat", "elevated"}
    assert those(rules.is_secretariat) == {"secretariat", "elevated"}
    assert those(rules.is_elevated) == {"elevated"}


def test_a_token_manages_no_team_whatever_its_scopes() -> None:
    managing = {"editor", "secretariat", "elevated", "command", "worker"}
    assert those(rules.may_manage_team, OWN) == managing
    assert those(rules.may_manage_team, OTHER) == managing - {"editor"}
    mighty = dataclasses.replace(TOKEN, scopes=frozenset(Scope.values))
    assert not rules.may_manage_team(mighty, OWN)


def test_who_is_in_a_team_may_leave_it() -> None:
    assert those(rules.may_leave_team, OWN) == {"member", "editor"}
    assert those(rules.may_leave_team, OTHER) == set()
    leaving = {"secretariat", "elevated", "command", "worker"}
    assert those(rules.may_leave_team_without_editor) == leaving


def test_scopes_limit_tokens_and_not_people() -> None:
    assert rules.has_scope(TOKEN, Scope.READ_DRAFTS)
    assert not rules.has_scope(TOKEN, Scope.WRITE_DRAFTS)
    assert all(rules.has_scope(EDITOR, scope) for scope in Scope)


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, InvitationState.OPEN),
        ({"expires_at": NOW + dt.timedelta(seconds=1)}, InvitationState.OPEN),
        ({"expires_at": NOW}, InvitationState.EXPIRED),
        ({"withdrawn_at": NOW}, InvitationState.WITHDRAWN),
        ({"withdrawn_at": NOW, "expires_at": NOW}, InvitationState.WITHDRAWN),
        ({"accepted_at": NOW, "expires_at": NOW}, InvitationState.ACCEPTED),
    ],
)
def test_the_state_of_an_invitation(changes: dict[str, object], state: InvitationState) -> None:
    values = {"made_at": NOW, "expires_at": NOW + dt.timedelta(days=14), **changes}
    invitation = Invitation(organisation=OWN, role="member", **values)
    assert rules.invitation_state(invitation, NOW) == state
    refused = rules.invitation_refusal(invitation, CITIZEN, NOW)
    assert bool(refused) == (state != InvitationState.OPEN)
