"""Who is in a team, through its services."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from alliance.core.audit import COMMAND_LINE, Actor
from alliance.core.errors import NotAllowed
from alliance.core.models import AuditEvent
from alliance.network.models import Membership
from alliance.network.services import change_role, end_membership, give_membership
from alliance.network.services.memberships import is_last_editor
from tests.factories.people import acting
from tests.integration.network.conftest import AT, People

LATER = AT + dt.timedelta(minutes=1)


def of(people: People, name: str) -> Membership:
    return Membership.objects.get(user=getattr(people, name), ended_at=None)


def acts() -> list[tuple[str, str, dict[str, str]]]:
    events = AuditEvent.objects.filter(kind="team").order_by("id")
    return [(event.verb, event.actor_label, event.details) for event in events]


def test_somebody_is_given_a_place_and_it_is_written_down(people: People) -> None:
    citizen = people.citizen
    given = give_membership(
        people.lund, user=citizen, role="member", actor=acting(people.editor), at=AT
    )
    assert (given.role, given.since, given.given_by) == ("member", AT, people.editor)
    assert acting(citizen, LATER).teams == {"lund-municipality": "member"}
    assert acts() == [
        ("join", "Elin Editor", {"member": citizen.public_id, "role": "member"}),
    ]


def test_giving_a_place_again_changes_the_role(people: People) -> None:
    by = acting(people.secretariat)
    give_membership(people.lund, user=people.member, role="editor", actor=by, at=AT)
    assert of(people, "member").role == "editor"
    assert Membership.objects.filter(user=people.member).count() == 1
    give_membership(people.lund, user=people.member, role="editor", actor=by, at=LATER)
    assert [verb for verb, _, _ in acts()] == ["change-role"]


def test_a_place_that_ran_out_is_followed_by_a_new_one(people: People) -> None:
    Membership.objects.filter(user=people.member).update(expires_at=AT)
    give_membership(people.lund, user=people.member, role="member", actor=COMMAND_LINE, at=LATER)
    rows = Membership.objects.filter(user=people.member).order_by("id")
    assert [row.ended_at for row in rows] == [LATER, None]


@pytest.mark.parametrize("name", ["member", "foreign", "citizen"])
def test_others_may_not(people: People, name: str) -> None:
    actor = acting(getattr(people, name))
    with pytest.raises(NotAllowed):
        give_membership(people.lund, user=people.citizen, role="editor", actor=actor, at=AT)
    with pytest.raises(NotAllowed):
        change_role(of(people, "member"), role="editor", actor=actor, at=AT)
    with pytest.raises(NotAllowed):
        end_membership(of(people, "editor"), actor=actor, at=AT)
    assert acts() == []


def test_a_token_may_not(people: People) -> None:
    scopes = frozenset({"drafts:write"})
    token = Actor("Lund: register", teams={"lund-municipality": "editor"}, scopes=scopes)
    with pytest.raises(NotAllowed):
        give_membership(people.lund, user=people.citizen, role="editor", actor=token, at=AT)


def test_a_role_that_is_none_is_refused(people: People) -> None:
    with pytest.raises(ValidationError) as error:
        change_role(of(people, "member"), role="king", actor=acting(people.editor), at=AT)
    assert set(error.value.message_dict) == {"role"}
    assert of(people, "member").role == "member"


def test_the_last_editor_stays_unless_the_secretariat_says_otherwise(people: People) -> None:
    last, own = of(people, "editor"), acting(people.editor)
    assert is_last_editor(last, at=AT)
    with pytest.raises(NotAllowed, match="last editor"):
        end_membership(last, actor=own, at=AT)
    with pytest.raises(NotAllowed, match="last editor"):
        change_role(last, role="member", actor=own, at=AT)
    end_membership(last, actor=acting(people.secretariat), at=AT)
    assert not Membership.objects.filter(user=people.editor, ended_at=None).exists()


@pytest.mark.parametrize("field", ["expired", "inactive"])
def test_an_editor_who_cannot_act_does_not_count(people: People, field: str) -> None:
    give_membership(
        people.lund, user=people.citizen, role="editor", actor=acting(people.editor), at=AT
    )
    assert not is_last_editor(of(people, "editor"), at=LATER)
    if field == "expired":
        Membership.objects.filter(user=people.citizen).update(expires_at=LATER)
    else:
        people.citizen.is_active = False
        people.citizen.save()
    assert is_last_editor(of(people, "editor"), at=LATER)


def test_members_leave_by_themselves_and_it_is_told_apart(people: People) -> None:
    end_membership(of(people, "member"), actor=acting(people.member), at=AT)
    assert acting(people.member, LATER).teams == {}
    assert [verb for verb, _, _ in acts()] == ["leave"]


def test_what_has_ended_stays_ended(people: People) -> None:
    membership = of(people, "member")
    end_membership(membership, actor=acting(people.editor), at=AT)
    end_membership(membership, actor=acting(people.editor), at=LATER)
    membership.refresh_from_db()
    assert membership.ended_at == AT
    assert [verb for verb, _, _ in acts()] == ["end-membership"]
    with pytest.raises(NotAllowed, match="no longer in the team"):
        change_role(membership, role="editor", actor=acting(people.editor), at=LATER)
