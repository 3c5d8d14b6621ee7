"""Invitations to a team, through their services."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage

from alliance.core.errors import InvalidData, NotAllowed
from alliance.core.ids import new_secret, secret_digest
from alliance.core.models import AuditEvent
from alliance.network.models import Invitation, Membership
from alliance.network.services import accept_invitation, invite, withdraw_invitation
from alliance.network.services import invitations as service
from tests.factories.people import acting, join
from tests.integration.network.conftest import AT, People, confirm

LATER = AT + dt.timedelta(days=1)


def make(people: People, role: str = "member", **values: str) -> Invitation:
    by = acting(people.editor)
    return invite(people.lund, role=role, actor=by, at=AT, **values).invitation


def roles_of(people: People, name: str, at: dt.datetime = LATER) -> dict[str, str]:
    return dict(acting(getattr(people, name), at).teams)


def acts() -> list[str]:
    kinds = ["invitation", "team"]
    return list(AuditEvent.objects.filter(kind__in=kinds).values_list("verb", flat=True))


def test_only_the_digest_of_the_secret_is_kept(people: People) -> None:
    made = invite(people.lund, role="editor", actor=acting(people.editor), at=AT)
    kept = Invitation.objects.get()
    assert kept.secret_digest == secret_digest(made.secret)
    assert made.secret not in str(Invitation.objects.values()[0])
    assert kept.expires_at == AT + dt.timedelta(days=14)
    assert made.address("fr").endswith(f"/fr/invitations/{made.secret}/")
    event = AuditEvent.objects.get(kind="invitation")
    assert (event.public_id, event.details) == (
        kept.public_id,
        {"organisation": "lund-municipality", "role": "editor"},
    )


def test_accepting_lets_a_person_in_once(people: People) -> None:
    invitation = make(people, "editor")
    membership = accept_invitation(invitation, actor=acting(people.citizen), at=LATER)
    assert (membership.role, membership.since, membership.given_by) == (
        "editor",
        LATER,
        people.editor,
    )
    assert roles_of(people, "citizen") == {"lund-municipality": "editor"}
    assert acts() == ["invite", "accept", "join"]
    # Sent twice, as by a double click: nothing more happens.
    again = accept_invitation(invitation, actor=acting(people.citizen), at=LATER)
    assert again == membership
    assert acts() == ["invite", "accept", "join"]
    with pytest.raises(
        NotAllowed,
        match=r"This invitation has already been used. An invitation can be used only once.",
    ):
        accept_invitation(invitation, actor=acting(people.foreign), at=LATER)


def test_who_left_does_not_come_back_by_the_old_link(people: People) -> None:
    invitation = make(people)
    accept_invitation(invitation, actor=acting(people.citizen), at=LATER)
    Membership.objects.filter(user=people.citizen).update(ended_at=LATER)
    with pytest.raises(
        NotAllowed,
        match=r"This invitation has already been used. An invitation can be used only once.",
    ):
        accept_invitation(invitation, actor=acting(people.citizen), at=LATER)


def test_an_invitation_runs_out(people: People) -> None:
    invitation = make(people)
    with pytest.raises(NotAllowed, match=r"This invitation has expired."):
        accept_invitation(invitation, actor=acting(people.citizen), at=AT + dt.timedelta(days=14))


def test_a_withdrawn_invitation_is_worthless(people: People) -> None:
    invitation = make(people)
    withdraw_invitation(invitation, actor=acting(people.secretariat), at=AT)
    withdraw_invitation(invitation, actor=acting(people.editor), at=LATER)
    invitation.refresh_from_db()
    assert invitation.withdrawn_at == AT
    with pytest.raises(NotAllowed, match="withdrawn"):
        accept_invitation(invitation, actor=acting(people.citizen), at=LATER)
    assert acts() == ["invite", "withdraw"]


def test_withdrawing_what_was_accepted_changes_nothing(people: People) -> None:
    invitation = make(people)
    accept_invitation(invitation, actor=acting(people.citizen), at=AT)
    withdraw_invitation(invitation, actor=acting(people.editor), at=LATER)
    invitation.refresh_from_db()
    assert invitation.withdrawn_at is None
    assert roles_of(people, "citizen") == {"lund-municipality": "member"}


def test_only_the_person_of_the_confirmed_address_may_accept(people: People) -> None:
    invitation = make(people, email="Cia.Citizen@Example.org")
    # The address of the account alone shows nothing: anybody could have typed it.
    with pytest.raises(
        NotAllowed,
        match=r"This invitation was sent to a different email address from those you have",
    ):
        accept_invitation(invitation, actor=acting(people.citizen), at=LATER)
    confirm(people.foreign)
    with pytest.raises(
        NotAllowed,
        match=r"This invitation was sent to a different email address from those you have",
    ) as error:
        accept_invitation(invitation, actor=acting(people.foreign), at=LATER)
    assert "cia" not in str(error.value).lower()
    confirm(people.citizen)
    accept_invitation(invitation, actor=acting(people.citizen), at=LATER)
    assert roles_of(people, "citizen") == {"lund-municipality": "member"}


@pytest.mark.parametrize(("before", "invited", "after"), [
    ("member", "editor", "editor"), ("editor", "member", "editor"), ("member", "member", "member"),
])  # fmt: skip
def test_a_member_never_gets_a_lower_role(
    people: People, before: str, invited: str, after: str
) -> None:
    join(people.citizen, people.lund, before)
    accept_invitation(make(people, invited), actor=acting(people.citizen), at=LATER)
    assert roles_of(people, "citizen") == {"lund-municipality": after}
    assert Membership.objects.filter(user=people.citizen).count() == 1


@pytest.mark.parametrize("name", ["member", "foreign", "citizen"])
def test_others_may_neither_invite_nor_withdraw(people: People, name: str) -> None:
    actor = acting(getattr(people, name))
    with pytest.raises(NotAllowed):
        invite(people.lund, role="editor", actor=actor, at=AT)
    invitation = make(people)
    with pytest.raises(NotAllowed):
        withdraw_invitation(invitation, actor=actor, at=AT)


def test_the_letter_is_written_in_the_chosen_language(
    people: People,
    django_capture_on_commit_callbacks: Any,
    run_jobs: Callable[[], int],
    mailoutbox: list[EmailMessage],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        made = invite(
            people.lund,
            role="editor",
            email="ny@example.org",
            language="sv",
            actor=acting(people.editor),
            at=AT,
        )
    run_jobs()
    [letter] = mailoutbox
    assert letter.to == ["ny@example.org"]
    assert "City of Lund" in letter.subject
    assert "Elin Editor" in letter.body
    assert made.address("sv") in letter.body.splitlines()


def test_a_link_to_pass_on_is_mailed_to_nobody(
    people: People, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as letters:
        make(people)
    assert letters == []


def test_the_same_form_sent_twice_makes_one_invitation(
    people: People, django_capture_on_commit_callbacks: Any
) -> None:
    secret, by = new_secret(), acting(people.editor)
    with django_capture_on_commit_callbacks() as letters:
        made = [
            invite(
                people.lund, role="member", email="ny@example.org", actor=by, at=AT, secret=secret
            )
            for _ in range(2)
        ]
    assert made[0].invitation == made[1].invitation
    assert [one.is_new for one in made] == [True, False]
    assert len(letters) == 1
    assert acts() == ["invite"]
    with pytest.raises(
        InvalidData,
        match=r"This form has already been sent. Check the invitation below, then send it again.",
    ):
        invite(people.lund, role="editor", email="ny@example.org", actor=by, at=AT, secret=secret)
    with pytest.raises(
        InvalidData,
        match=r"This form has already been sent. Check the invitation below, then send it again.",
    ):
        invite(
            people.umea, role="member", email="ny@example.org", actor=acting(people.foreign),
            at=AT, secret=secret,
        )  # fmt: skip


@pytest.mark.parametrize("email", ["mats.member@example.org", "Mats.Member@example.org"])
def test_who_is_in_the_team_needs_no_invitation(people: People, email: str) -> None:
    with pytest.raises(InvalidData) as error:
        make(people, email=email)
    assert [fault.where for fault in error.value.faults] == ["email"]


def test_an_address_is_invited_once_at_a_time(people: People) -> None:
    first = make(people, email="ny@example.org")
    with pytest.raises(InvalidData, match="open invitation"):
        make(people, email="NY@example.org")
    withdraw_invitation(first, actor=acting(people.editor), at=AT)
    make(people, email="ny@example.org")


def test_a_wrong_role_or_address_is_refused(people: People) -> None:
    with pytest.raises(ValidationError) as error:
        make(people, role="king", email="nobody")
    assert set(error.value.message_dict) == {"role", "email"}
    assert not Invitation.objects.exists()


def test_a_team_has_a_number_of_open_invitations_at_most(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_OPEN", 2)
    make(people)
    make(people)
    with pytest.raises(InvalidData, match="2 open invitations"):
        make(people)
