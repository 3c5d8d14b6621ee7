"""Every operation of the API that writes is sent bodies that no program means: never a failure.

The operations come from the description of the API, so that a new one is attacked as it appears.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client

from alliance.config.api import document
from alliance.core.models import AuditEvent
from tests.factories.pages import by_turn
from tests.integration.rights.addresses import Address, Unknown
from tests.integration.rights.ground import Ground
from tests.integration.security.hostile import MARKER, MARKUP

CLIENT = Client(enforce_csrf_checks=True, raise_request_exception=False)
WRITING = ("post", "put", "patch", "delete")
OPERATIONS = [
    (Address(path, path), method)
    for path, methods in document()["paths"].items()
    for method in WRITING
    if method in methods
]
JSON = "application/json"
#: (name, body, type). None of these is what any operation takes; before a change lands a third is
#: sent to each by turns.
BODIES = (
    ("no JSON", b"{", JSON),
    ("bare text", b'"' + MARKER.encode() + b'"', JSON),
    ("a list", b"[1, 2]", JSON),
    ("deep nesting", b'{"a":' * 100_000 + b"1" + b"}" * 100_000, JSON),
    ("a long number", b'{"revision": ' + b"9" * 10_000 + b"}", JSON),
    ("NaN", b'{"revision": NaN}', JSON),
    ("unknown fields", json.dumps({"is_superuser": True, "owner": MARKER}).encode(), JSON),
    ("half a character", b'{"text": "\\ud800", "note": "\\udc00"}', JSON),
    ("NUL", b'{"text": "\\u0000"}', JSON),
    ("markup", json.dumps({"text": MARKUP, "reason": MARKUP, "note": MARKUP}).encode(), JSON),
    ("no UTF-8", b'{"text": "\xff\xfe"}', JSON),
    ("10 MB", b'{"text": "' + b"x" * 10_000_000 + b'"}', JSON),
    ("a form", b"text=1", "application/x-www-form-urlencoded"),
    ("XML", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "text/xml"),
    ("broken parts", b"--x\r\n", "multipart/form-data"),
)


def faults(ground: Ground, address: Address, method: str, role: str) -> Iterator[str]:
    try:
        path = address.path(ground.objects)
    except Unknown:
        path = address.path({parameter: lambda: "none" for parameter in address.parameters})
    for name, body, kind in by_turn(BODIES, f"{method} {address.key} {role}", 5):
        client = ground.callers[role].seated_at(CLIENT)
        with transaction.atomic():
            before = AuditEvent.objects.count()
            answer = client.generic(method.upper(), path, body, kind, headers={"If-Match": '"1"'})
            acts = AuditEvent.objects.count() - before
            transaction.set_rollback(True)
        # An operation that takes no body may do its work whatever came along.
        takes_body = "requestBody" in document()["paths"][address.key][method]
        is_refused = 400 <= answer.status_code < 500
        if answer.status_code >= 500 or (acts and takes_body):
            yield f"{method} {path} as {role}, {name}: {answer.status_code}, {acts} acts"
        if is_refused and answer.headers["Content-Type"] != "application/problem+json":
            yield f"{method} {path} as {role}, {name}: no problem details"
        if b"/etc/" in answer.content or b"Traceback" in answer.content:
            yield f"{method} {path} as {role}, {name}: tells of the inside"


@pytest.mark.slow
@pytest.mark.parametrize("role", ["token", "visitor"])
@pytest.mark.parametrize(
    ("address", "method"),
    OPERATIONS,
    ids=lambda one: one.key if isinstance(one, Address) else one,
)
def test_a_body_that_nobody_means_is_a_problem(
    db: None, ground: Ground, address: Address, method: str, role: str
) -> None:
    found = list(faults(ground, address, method, role))
    assert not found, "\n".join(found)


def test_operations_that_write_are_found() -> None:
    assert len(OPERATIONS) >= 10
