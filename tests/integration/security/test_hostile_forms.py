"""Every address that takes a form is sent what no form sends: it is refused, never a failure.

The addresses come from the resolver and the fields from the pages themselves, so that a new form is
attacked without anybody thinking of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import cache

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat, StrIndex
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client
from django.utils import translation

from alliance.core.models import AuditEvent
from tests.factories.pages import status_alone
from tests.integration.rights import table
from tests.integration.rights.addresses import Address, Unknown, pages
from tests.integration.rights.ground import Ground
from tests.integration.security import hostile

KNOWN = table.read("pages")
CLIENT = Client(enforce_csrf_checks=True, raise_request_exception=False)
PREFERRED = ("editor", "elevated", "reviewer", "moderator", "secretariat", "citizen", "visitor")


def roles_for(address: Address) -> list[str]:
    """Those who get in with a form: one is enough; at pages of the library, with and without."""
    row = KNOWN.row(address.key)
    if row is None or row.get("POST") == "any":
        return ["visitor", "elevated"]
    for role in PREFERRED:
        if KNOWN.right(address.key, "POST", role, is_api=False) == {table.IN}:
            return [role]
    return []


FORMS = [(address, role) for address in pages() for role in roles_for(address)]


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever is written within is undone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def in_french(ground: Ground, address: Address) -> str:
    """The address with things that are there, or with ids of nothing where none is known."""
    try:
        path = address.path(ground.objects)
    except Unknown:
        path = address.path({parameter: lambda: "none" for parameter in address.parameters})
    return re.sub(r"^/en/", "/fr/", path)


@cache
def _looking(sign: str) -> tuple[str, list[object]]:
    """The statement that finds the tables that hold a text, made once, and its values."""
    parts, values = [], []
    for model in apps.get_models(include_auto_created=True):
        texts = [
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField | models.JSONField)
        ]
        if not texts or not model._meta.managed or model._meta.proxy:
            continue
        nothing = Value("", output_field=TextField())
        cells = [Coalesce(Cast(name, TextField()), nothing) for name in texts]
        row = Concat(*cells, output_field=TextField()) if len(cells) > 1 else cells[0]
        at = StrIndex(row, Value(sign))
        rows = model._base_manager.annotate(_at=at).filter(_at__gt=0).order_by().values("pk")
        statement, given = rows.query.sql_with_params()
        parts.append(f"SELECT '{model._meta.label}' WHERE EXISTS ({statement})")
        values += given
    return " UNION ALL ".join(parts), values


def marked_tables(sign: str) -> list[str]:
    """Every table that holds a text, in any of its columns."""
    with connection.cursor() as cursor:
        cursor.execute(*_looking(sign))
        return [label for (label,) in cursor.fetchall()]


def wrong(ground: Ground, client: Client, path: str, sending: hostile.Sending) -> Iterator[str]:
    """What is not as it must be after sending this."""
    token = _get_new_csrf_string()
    client.cookies[settings.CSRF_COOKIE_NAME] = token
    is_read = sending.refused or b"onerror" in sending.body
    with taken_back(), nullcontext() if is_read else status_alone():
        acts = AuditEvent.objects.count()
        answer = client.generic(
            "POST", path, sending.body, sending.content_type, headers={"X-CSRFToken": token}
        )
        has_acted = AuditEvent.objects.count() != acts
        # What was typed and refused is kept for its owner, until it is mended.
        written = [
            found
            for sign in sending.refused
            for found in (marked_tables(sign) if has_acted else ())
            if sign == hostile.MARKER or found != "accounts.TypedText"
        ]
    status = answer.status_code
    text = b"".join(answer.streaming_content) if answer.streaming else answer.content
    html = text.decode(errors="replace")
    if status >= 500:
        yield f"failed ({status})"
    if sending.is_unreadable and status not in {400, 405, 413}:
        yield f"answered {status}, and not 400 or 413"
    if sending.is_unreadable and has_acted:
        yield "acted on what cannot be read"
    if written:
        yield f"wrote it to {written}"
    if f"<img src=x onerror={hostile.MARKER}" in html or f"<script>{hostile.MARKER}" in html:
        yield "shows markup as it was sent"
    is_page = "text/html" in answer.headers.get("Content-Type", "") and html
    if path.startswith("/fr/") and status >= 400 and is_page and 'lang="fr"' not in html[:400]:
        yield f"answers {status} in another language than that of the address"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("address", "role"), FORMS, ids=lambda one: one.key if isinstance(one, Address) else one
)
def test_what_no_form_sends_is_refused(
    db: None, ground: Ground, address: Address, role: str
) -> None:
    path = in_french(ground, address)
    client = ground.callers[role].seated_at(CLIENT)
    with taken_back():
        page = client.get(path)
        html = "" if page.streaming else page.content.decode(errors="replace")
        fields = hostile.fields_for(html, path) if page.status_code == 200 else {}
    fields = fields or dict.fromkeys(hostile.USUAL_FIELDS, "1")
    found = [
        f"{path} as {role}, {sending.name}: {fault}"
        for sending in hostile.sendings(fields, f"{address.key} {role}")
        for fault in wrong(ground, client, path, sending)
    ]
    assert not found, "\n".join(found)


def test_forms_are_found() -> None:
    with translation.override("en"):
        keys = {address.key for address, _ in FORMS}
    assert {
        "account_login",
        "account_signup",
        "knowledge:draft-step",
        "network:team-invite",
    } <= keys
