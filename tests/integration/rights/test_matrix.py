"""Every role is tried on every address with every method; `expected.toml` says who gets in.

An address that the table does not know fails: whoever adds a page says whom it is for. What it
takes for that is told in `expected.toml` and, for a new kind of record, in `ground.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import filter as filter_names

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.test import Client

from alliance.core.ids import new_public_id
from alliance.reports import jobs
from tests.conftest import RUNS_ALL
from tests.factories.pages import by_turn, status_alone
from tests.integration.rights import table
from tests.integration.rights.addresses import Address, operations, pages
from tests.integration.rights.ground import ROLES, Ground

PAGES, OPERATIONS = pages(), operations()
PAGE_TABLE, OPERATION_TABLE = table.read("pages"), table.read("operations")
CLIENT = Client(raise_request_exception=False)
STRICT_CLIENT = Client(enforce_csrf_checks=True)
#: For these `script/test --all` tries what the table does not name, the rest for everybody.
UNNAMED_FOR = ("visitor", "elevated")


@pytest.fixture(autouse=True)
def _impatient(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """No page waits for a worker."""
    monkeypatch.setattr(jobs, "PATIENCE", 0.0)


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever is written within is undone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def outcome(response: HttpResponse) -> str:
    """What came of a try, in a word of the table; "failed (…)" for what nobody may get."""
    status = response.status_code
    if status in {301, 302, 303, 307, 308}:
        to_sign_in = response.headers["Location"].startswith(resolve_url(settings.LOGIN_URL))
        return table.SIGN_IN if to_sign_in else table.IN
    named = {401: table.UNAUTHORISED, 403: table.FORBIDDEN, 404: table.MISSING, 405: table.METHOD}
    if status in named:
        return named[status]
    # A fault in what was sent, a thing that is over, an installation that says that it is not well:
    # the door was open.
    is_open = status < 300 or status in {400, 409, 410, 412, 422, 428, 503}
    return table.IN if is_open else f"failed ({status})"


def knock(
    ground: Ground, address: Address, role: str, method: str, path: str, *, is_api: bool = False
) -> HttpResponse:
    client = ground.callers[role].seated_at(CLIENT)
    content: dict[str, object] = {}
    if method == "POST" or (is_api and method == "PUT"):
        posts = ground.posts
        content["data"] = posts.get(f"{method} {address.key}") or posts.get(
            address.key, {} if is_api else {"sure": "1"}
        )
    if is_api and method != "GET":
        # The state that was read, for operations that ask for it.
        content["headers"] = {"If-Match": '"1"'}
        if address.key in ground.uploads and method == "POST":
            content["data"] = {"file": SimpleUploadedFile("table.csv", b"title\nA\n")}
        else:
            content["content_type"] = "application/json"
    with taken_back():
        response: HttpResponse = getattr(client, method.lower())(path, **content)
        if response.streaming:
            # Read to its end: closed before, it would take the connection of the test along.
            list(response.streaming_content)
    return response


def roles_for(known: table.Table, key: str, method: str, *, is_api: bool) -> list[str]:
    """Who knocks. Before a change lands, where everybody is let in, a visitor and another by turns;
    where some are, a visitor, the other team, and by turns one who is let in and one who is not;
    with a method that nobody may use whoever may do most: with POST, and by turns one other."""
    row = known.row(key) or {}
    if RUNS_ALL:
        return list(ROLES if method in row or method == "GET" else UNNAMED_FOR)
    if method not in row:
        unused = [one for one in table.METHODS if one not in row and one != "POST"]
        return ["elevated"] if method in ("POST", *by_turn(unused, key)) else []
    if row[method] in ("everyone", "any"):
        return ["visitor", *by_turn(ROLES[1:], f"{method} {key}")]
    always = ["visitor", "foreign-token" if is_api else "foreign-editor"]
    let_in, refused = [], []
    for role in ROLES:
        is_in = known.right(key, method, role, is_api=is_api) == {table.IN}
        if role not in always:
            (let_in if is_in else refused).append(role)
    return [*always, *by_turn(let_in, f"{method} {key}"), *by_turn(refused, f"{method} {key}")]


def wrong(ground: Ground, address: Address, known: table.Table, *, is_api: bool) -> list[str]:
    """What is not as the table says, a line each."""
    path = address.path(ground.things(address.key)) + ground.queries.get(address.key, "")
    row = known.row(address.key)
    if row is None:
        return [
            f"Say in expected.toml whom {address.key} is for. As it stands (is that right?):",
            *as_it_stands(ground, address, path, is_api=is_api),
        ]
    found = []
    for method in table.METHODS:
        for role in roles_for(known, address.key, method, is_api=is_api):
            right = known.right(address.key, method, role, is_api=is_api)
            with status_alone():
                got = outcome(knock(ground, address, role, method, path, is_api=is_api))
            if got not in right:
                expected = " or ".join(sorted(right))
                found.append(f"{method} {path} as {role}: {got}, and not {expected}")
    return found


def test_every_address_is_in_the_table() -> None:
    unknown = [
        f"{address.key} ({address.pattern})"
        for known, addresses in ((PAGE_TABLE, PAGES), (OPERATION_TABLE, OPERATIONS))
        for address in addresses
        if known.row(address.key) is None
    ]
    assert not unknown, "Say in expected.toml whom these are for: " + ", ".join(unknown)


def as_it_stands(ground: Ground, address: Address, path: str, *, is_api: bool) -> Iterator[str]:
    """What each role gets at an address that the table does not know, for whoever adds its row."""
    for method in table.METHODS:
        by_outcome: dict[str, list[str]] = {}
        for role in ROLES:
            got = outcome(knock(ground, address, role, method, path, is_api=is_api))
            by_outcome.setdefault(got, []).append(role)
        if set(by_outcome) != {table.METHOD}:
            yield f'"{address.key}".{method}: {by_outcome}'


@pytest.mark.slow
@pytest.mark.parametrize("address", PAGES, ids=lambda address: address.key)
def test_pages_let_in_whom_they_are_for(ground: Ground, address: Address) -> None:
    found = wrong(ground, address, PAGE_TABLE, is_api=False)
    assert not found, "\n".join(found)


@pytest.mark.slow
@pytest.mark.parametrize("address", OPERATIONS, ids=lambda address: address.key)
def test_operations_let_in_whom_they_are_for(ground: Ground, address: Address) -> None:
    found = wrong(ground, address, OPERATION_TABLE, is_api=True)
    assert not found, "\n".join(found)


def test_the_table_tells_of_nothing_that_is_not_there() -> None:
    assert set(PAGE_TABLE.rows) - {address.key for address in PAGES} == set()
    assert set(OPERATION_TABLE.rows) - {address.key for address in OPERATIONS} == set()


def test_every_group_of_the_table_has_an_address() -> None:
    keys = [address.key for address in PAGES]
    assert [glob for glob in PAGE_TABLE.groups if not filter_names(keys, glob)] == []


def hidden_from(address: Address) -> list[str]:
    """To whom a page is not there; before a change lands one of them, by turns."""
    if not address.parameters or not PAGE_TABLE.row(address.key):
        return []
    hidden = [
        role
        for role in ("citizen", "member", "foreign-editor", "secretariat")
        if PAGE_TABLE.right(address.key, "GET", role, is_api=False) == {table.MISSING}
    ]
    return by_turn(hidden, address.key)


HIDING = [(address, role) for address in PAGES for role in hidden_from(address)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("address", "role"), HIDING, ids=lambda one: one.key if isinstance(one, Address) else one
)
def test_what_is_hidden_is_told_in_the_same_words_as_what_is_missing(
    ground: Ground, address: Address, role: str
) -> None:
    nothing = dict.fromkeys(address.parameters, new_public_id)
    answers = []
    for objects in (ground.objects, nothing):
        path = address.path(objects)
        response = knock(ground, address, role, "GET", path)
        assert response.status_code == 404
        answers.append(_without_address(response.content.decode(), path))
    assert answers[0] == answers[1]


def _without_address(html: str, path: str) -> str:
    # The languages and the way back to this page name its address.
    rest = path.partition("/en/")[2]
    escaped = re.escape(rest).replace("/", "(?:/|%2F)")
    return re.sub(escaped, "ADDRESS", html)


@pytest.mark.slow
def test_no_form_is_taken_without_its_token(ground: Ground, subtests: pytest.Subtests) -> None:
    client = ground.callers["elevated"].seated_at(STRICT_CLIENT)
    for address in PAGES:
        with subtests.test(address.key), taken_back(), status_alone():
            assert client.post(address.path(ground.objects)).status_code == 403
