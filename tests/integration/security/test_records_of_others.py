"""Ids that were seen or guessed: what is somebody else's answers as what is not there."""

from __future__ import annotations

import re

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from alliance.core.ids import new_public_id
from alliance.core.models import AuditEvent
from alliance.writing.services.drafts import start_draft
from tests.factories.drafts import document
from tests.factories.pages import by_turn
from tests.factories.people import acting
from tests.integration.rights import table
from tests.integration.rights.addresses import Address, pages
from tests.integration.rights.ground import Ground

KNOWN = table.read("pages")
CLIENT = Client(raise_request_exception=False)
WITH_IDS = [address for address in pages() if address.parameters and KNOWN.row(address.key)]


def closed_to(address: Address) -> list[str]:
    """Who may not send the form; before a change lands one of them, by turns."""
    closed = [
        role
        for role in ("citizen", "foreign-editor")
        if KNOWN.right(address.key, "POST", role, is_api=False) == {table.MISSING}
    ]
    return by_turn(closed, address.key)


CLOSED = [(address, role) for address in WITH_IDS for role in closed_to(address)]


def posted(ground: Ground, path: str, role: str) -> tuple[HttpResponse, int]:
    """The answer to a POST that is undone, and how many acts it left on record."""
    client = ground.callers[role].seated_at(CLIENT)
    with transaction.atomic():
        before = AuditEvent.objects.count()
        response = client.post(path, {"revision": "1", "act": "take", "sure": "yes"})
        acts = AuditEvent.objects.count() - before
        transaction.set_rollback(True)
    return response, acts


def without_address(response: HttpResponse, path: str) -> str:
    rest = re.escape(path.partition("/en/")[2]).replace("/", "(?:/|%2F)")
    return re.sub(rest, "ADDRESS", response.content.decode())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("address", "role"), CLOSED, ids=lambda one: one.key if isinstance(one, Address) else one
)
def test_a_form_for_what_is_somebody_elses_is_answered_as_for_what_is_missing(
    db: None, ground: Ground, address: Address, role: str
) -> None:
    answers = []
    # The step of a draft is a word, and no id of anything.
    ids = [parameter for parameter in address.parameters if parameter != ("write", "step")]
    missing = {**ground.objects, **dict.fromkeys(ids, new_public_id)}
    for objects in (ground.objects, missing):
        path = address.path(objects)
        response, acts = posted(ground, path, role)
        assert response.status_code == 404 and acts == 0, path
        answers.append(without_address(response, path))
    assert answers[0] == answers[1]


#: Below a team or a draft of one's own, the id of what belongs to another.
NESTED = [
    address
    for address in WITH_IDS
    if len(address.parameters) == 2
    and address.parameters[0] in {("organisations", "public_id"), ("write", "public_id")}
    and address.parameters[1] != ("write", "step")
]


@pytest.mark.parametrize("address", NESTED, ids=lambda address: address.key)
def test_one_door_of_ones_own_opens_no_other(db: None, ground: Ground, address: Address) -> None:
    first, _ = address.parameters
    with transaction.atomic():
        own_draft = start_draft(
            ground.foreign,
            language="sv",
            content=document(),
            actor=acting(ground.people["foreign-editor"], ground.at),
            at=ground.at,
        )
        own = {
            ("organisations", "public_id"): ground.foreign.public_id,
            ("write", "public_id"): own_draft.public_id,
        }
        path = address.path({**ground.objects, first: lambda: own[first]})
        client = ground.callers["foreign-editor"].seated_at(CLIENT)
        before = AuditEvent.objects.count()
        answers = [client.post(path).status_code, client.get(path).status_code]
        assert answers[0] == 404 and answers[1] in {404, 405}, (path, answers)
        assert AuditEvent.objects.count() == before
        transaction.set_rollback(True)
