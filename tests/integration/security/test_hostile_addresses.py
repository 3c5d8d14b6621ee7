"""Every address is asked for with ids and parameters that nobody means: never a failure.

Before a change lands, each address meets some of them by turns.
"""

from __future__ import annotations

import re
from contextlib import nullcontext
from urllib.parse import quote

import pytest
from django.db import transaction
from django.test import Client

from tests.factories.pages import by_turn, status_alone
from tests.integration.rights.addresses import Address, Unknown, operations, pages
from tests.integration.rights.ground import Ground
from tests.integration.security.hostile import MARKER, MARKUP

CLIENT = Client(raise_request_exception=False)
PAGES, OPERATIONS = pages(), operations()
#: As they stand in an address, percent-encoded.
TEXTS = (
    "%00",
    "a%0Ab",
    "%FF%FE",
    quote(MARKUP, safe=""),
    quote("\u202e" + MARKER),
    quote("../../../etc/passwd", safe=""),
    "x" * 3_000,
)
NUMBERS = (str(10**30), "-1", "٣")
#: Names of parameters that pages read; more are taken from the links and forms of each page.
USUAL_NAMES = frozenset(
    ("q", "page", "next", "lang", "old", "new", "topic", "theme", "city", "country", "year", "kind")
)


def asked(ground: Ground, path: str, role: str, *, is_read: bool = False) -> tuple[int, str]:
    """The status and, if it is read or may show markup, the text of an answer.

    Whatever it changed is undone.
    """
    client = ground.callers[role].seated_at(CLIENT)
    with transaction.atomic(), nullcontext() if is_read or MARKER in path else status_alone():
        answer = client.get(path)
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content
        transaction.set_rollback(True)
    return answer.status_code, text.decode(errors="replace")


def faults(status: int, text: str) -> list[str]:
    found = [f"failed ({status})"] if status >= 500 and status != 503 else []
    if f"<img src=x onerror={MARKER}" in text or f"<script>{MARKER}" in text:
        found.append("shows markup as it came")
    return found


def with_value(address: Address, value: str) -> str:
    """The address with `value` for each of its parameters."""
    return address.path({parameter: lambda: value for parameter in address.parameters})


WITH_IDS = [address for address in (*PAGES, *OPERATIONS) if address.parameters]


@pytest.mark.slow
@pytest.mark.parametrize("address", WITH_IDS, ids=lambda address: address.key)
def test_an_id_that_cannot_be_is_no_failure(db: None, ground: Ground, address: Address) -> None:
    found = []
    others = by_turn((*TEXTS[1:], *NUMBERS[1:]), address.key, 2)
    for value in (TEXTS[0], NUMBERS[0], *others):
        path = with_value(address, value)
        for role in ("visitor", "elevated") if value == "%00" else ("elevated",):
            status, text = asked(ground, path, role)
            found += [f"{path[:120]} as {role}: {fault}" for fault in faults(status, text)]
            # The library for accounts tells of links that are over on a page like any other.
            if status == 200 and not address.key.startswith("account_"):
                found.append(f"{path[:120]} as {role}: answered 200")
    assert not found, "\n".join(found)


def names_on(text: str) -> set[str]:
    """Parameters that the links and forms of a page use."""
    linked = re.findall(r"[?&](?:amp;)?([a-z][a-z_]*)=", text)
    typed = re.findall(r'<(?:input|select)[^>]* name="([a-z][a-z_]*)"', text)
    return {*linked, *typed} - {"csrfmiddlewaretoken"}


@pytest.mark.slow
@pytest.mark.parametrize("address", (*PAGES, *OPERATIONS), ids=lambda address: address.key)
def test_a_parameter_that_makes_no_sense_is_no_failure(
    db: None, ground: Ground, address: Address
) -> None:
    try:
        path = address.path(ground.objects)
    except Unknown:
        path = with_value(address, "none")
    _, text = asked(ground, path, "elevated", is_read=True)
    names = sorted(USUAL_NAMES | names_on(text))
    queries = [
        "&".join(f"{name}={value}" for name in names)
        for value in ("%00", quote(MARKUP), NUMBERS[0], "-1")
    ]
    alone = [f"{name}=%00" for name in names if name not in USUAL_NAMES][:8]
    queries += by_turn(alone, address.key, 2)
    several = "&".join(f"{name}[]=1&{name}=a&{name}=b" for name in names)
    queries += by_turn((several, "%00=1", "&&=&=="), address.key)
    found = [
        f"{path}?{query[:120]}: {fault}"
        for query in queries
        for fault in faults(*asked(ground, f"{path}?{query}", "elevated"))
    ]
    assert not found, "\n".join(found)
