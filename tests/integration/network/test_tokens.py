"""Tokens of a team: making, using and revoking them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from alliance.core.errors import InvalidData, NotAllowed
from alliance.core.models import AuditEvent
from alliance.network.access import actor_for_token
from alliance.network.models import ApiToken
from alliance.network.services import MadeToken, end_membership, make_token, revoke_token
from alliance.network.services import tokens as service
from alliance.network.services.tokens import new_token_secret
from tests.factories.people import acting
from tests.integration.network.conftest import AT, People

LATER = AT + dt.timedelta(days=1)


def make(people: People, name: str = "register", **values: Any) -> MadeToken:
    given = {
        "scopes": ["drafts:write", "drafts:read"],
        "expires_at": AT + dt.timedelta(days=90),
        "actor": acting(people.editor),
        "at": AT,
        **values,
    }
    return make_token(people.lund, name=name, **given)


def where(error: pytest.ExceptionInfo[InvalidData]) -> list[str]:
    return [fault.where for fault in error.value.faults]


def test_a_token_stands_for_its_team_and_only_its_digest_is_kept(people: People) -> None:
    made = make(people)
    row = ApiToken.objects.values().get()
    assert made.secret not in str(row)
    assert made.secret.startswith("alliance_") and made.secret.startswith(row["hint"])
    actor = actor_for_token(made.secret, at=LATER)
    assert actor is not None
    assert actor.user is None
    assert actor.teams == {"lund-municipality": "editor"}
    assert actor.scopes == {"drafts:read", "drafts:write"}
    event = AuditEvent.objects.get(kind="api-token")
    assert (event.verb, event.public_id) == ("create", made.token.public_id)
    assert made.secret not in str(event.details)


def test_a_token_survives_the_person_who_made_it(people: People) -> None:
    made = make(people)
    membership = people.editor.memberships.get()
    end_membership(membership, actor=acting(people.secretariat), at=AT)
    assert actor_for_token(made.secret, at=LATER) is not None
    people.editor.delete()
    assert actor_for_token(made.secret, at=LATER) is not None


def test_a_revoked_token_is_worthless_at_once(people: People) -> None:
    made = make(people)
    revoke_token(made.token, actor=acting(people.editor), at=AT)
    revoke_token(made.token, actor=acting(people.editor), at=LATER)
    assert actor_for_token(made.secret, at=AT) is None
    made.token.refresh_from_db()
    assert made.token.ended_at == AT
    verbs = AuditEvent.objects.filter(kind="api-token").values_list("verb", flat=True)
    assert list(verbs) == ["create", "revoke"]


def test_a_token_runs_out(people: People) -> None:
    made = make(people, expires_at=LATER)
    assert actor_for_token(made.secret, at=LATER - dt.timedelta(seconds=1)) is not None
    assert actor_for_token(made.secret, at=LATER) is None


def test_its_last_use_is_noted(people: People) -> None:
    made = make(people)
    assert ApiToken.objects.get().last_used_at is None
    actor_for_token(made.secret, at=LATER)
    assert ApiToken.objects.get().last_used_at == LATER


@pytest.mark.parametrize("name", ["member", "foreign", "citizen"])
def test_others_may_neither_make_nor_revoke(people: People, name: str) -> None:
    actor = acting(getattr(people, name))
    with pytest.raises(NotAllowed):
        make(people, actor=actor)
    with pytest.raises(NotAllowed):
        revoke_token(make(people).token, actor=actor, at=AT)


def test_a_token_makes_no_token(people: People) -> None:
    actor = actor_for_token(make(people).secret, at=AT)
    with pytest.raises(NotAllowed):
        make(people, "second", actor=actor)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"expires_at": AT}, "expires"),
        ({"expires_at": AT + dt.timedelta(days=367)}, "expires"),
    ],
)
def test_what_breaks_a_rule_is_named(people: People, values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidData) as error:
        make(people, **values)
    assert where(error) == [field]
    assert not ApiToken.objects.exists()


def test_names_are_told_apart(people: People) -> None:
    first = make(people)
    with pytest.raises(InvalidData) as error:
        make(people)
    assert where(error) == ["name"]
    revoke_token(first.token, actor=acting(people.editor), at=AT)
    make(people)
    with pytest.raises(ValidationError):
        make(people, "")


def test_a_team_has_a_number_of_tokens_at_most(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_TOKENS", 1)
    make(people)
    with pytest.raises(InvalidData) as error:
        make(people, "second")
    assert where(error) == ["form"]


def test_the_same_form_sent_twice_makes_one_token(people: People) -> None:
    secret = new_token_secret()
    made = [make(people, secret=secret) for _ in range(2)]
    assert made[0].token == made[1].token
    assert [one.is_new for one in made] == [True, False]
    assert made[1].secret == secret
    with pytest.raises(
        InvalidData,
        match=r"This form has already been sent. Check the token below, then send it again.",
    ):
        make(people, "another", secret=secret)
    revoke_token(made[0].token, actor=acting(people.editor), at=AT)
    with pytest.raises(
        InvalidData,
        match=r"This form has already been sent. Check the token below, then send it again.",
    ):
        make(people, secret=secret)
