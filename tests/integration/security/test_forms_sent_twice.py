"""Every form that makes something makes it once, also where it is sent twice.

The answer to the first may be lost, and the browser or its reader sends the same again. The forms
come from the pages themselves and are filled in by what their fields are, so that a new form is
tried without anybody thinking of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.apps import apps
from django.conf import settings
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client

from alliance.core import clock
from tests.integration.rights.addresses import Address, Unknown, pages
from tests.integration.rights.ground import Ground
from tests.integration.security.test_hostile_forms import roles_for, taken_back

#: What counts, keeps or queues, and says nothing of its own.
ASIDE = {
    "core.ThrottleCount",
    "core.WriteCount",
    "core.SharedCacheEntry",
    "core.TaskState",
    "core.AuditEvent",
    "django_tasks_database.DBTaskResult",
    "sessions.Session",
    "usersessions.UserSession",
    "accounts.TypedText",
}


@dataclass
class Form:
    """A form of a page: where it is sent, and what its fields are."""

    action: str
    fields: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    options: dict[str, list[tuple[str, bool]]] = field(default_factory=dict)

    def filled(self) -> dict[str, list[str]]:
        """Values that the fields may take, as far as their kinds tell, and the first button."""
        values: dict[str, list[str]] = {}
        is_pressed = False
        for name, about in self.fields:
            kind, value = about.get("type", "text"), about.get("value", "")
            if kind == "submit":
                if not is_pressed:
                    values[name] = [value]
                is_pressed = True
            elif kind == "hidden":
                values.setdefault(name, []).append(value)
            elif kind in {"checkbox", "radio"}:
                if name not in values or "checked" in about:
                    values[name] = [value or "on"]
            elif kind == "select":
                choices = [key for key, _is_chosen in self.options[name] if key]
                chosen = [key for key, is_chosen in self.options[name] if is_chosen and key]
                values[name] = (chosen or choices)[:1]
            else:
                values[name] = [value or typed(name, kind, about.get("min", ""))]
        return values


def typed(name: str, kind: str, least: str) -> str:
    """What somebody may type into a field of a kind."""
    day = clock.today() + dt.timedelta(days=30)
    return {
        "email": "new@example.org",
        "url": "https://example.org/new",
        "number": least or "5",
        "date": f"{day}",
        "datetime-local": f"{day}T10:00",
        "password": "correct horse battery staple",
        "file": "",
    }.get(kind, f"Some words of {name}")


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._name = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = {key: value or "" for key, value in attrs}
        if tag == "form":
            is_post = about.get("method", "").lower() == "post"
            self._form = Form(about.get("action", "")) if is_post else None
            if self._form:
                self.forms.append(self._form)
        form = self._form
        if form is None or "disabled" in about:
            return
        if tag == "option" and self._name:
            form.options[self._name].append((about.get("value", ""), "selected" in about))
        name = about.get("name")
        if not name or name in {"website", "csrfmiddlewaretoken"}:
            return
        if tag == "input":
            form.fields.append((name, about))
        elif tag == "textarea":
            form.fields.append((name, {"type": "textarea"}))
        elif tag == "select":
            self._name = name
            form.options[name] = []
            form.fields.append((name, {"type": "select"}))
        elif tag == "button" and about.get("type", "submit") == "submit":
            form.fields.append((name, about | {"type": "submit"}))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._name = ""


def forms_of(html: str) -> list[Form]:
    reader = _Forms()
    reader.feed(html)
    return reader.forms


def rows() -> dict[str, int]:
    """How many rows each table has."""
    return {
        model._meta.label: model._base_manager.count()
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.label not in ASIDE
    }


def more(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {name: n - before[name] for name, n in after.items() if n > before[name]}


FORMS = [(address, role) for address in pages() for role in roles_for(address)]
CLIENT = Client(enforce_csrf_checks=True, raise_request_exception=False)


def doubled(client: Client, path: str) -> Iterator[str]:
    """What a second copy of each form of a page makes, where the first made something."""
    with taken_back():
        page = client.get(path)
    if page.status_code != 200 or page.streaming:
        return
    for form in forms_of(page.content.decode(errors="replace")):
        action = urlsplit(urljoin(path, form.action)).path
        token = _get_new_csrf_string()
        client.cookies[settings.CSRF_COOKIE_NAME] = token
        data = form.filled() | {"csrfmiddlewaretoken": token}
        with taken_back():
            before = rows()
            client.post(action, data)
            once = rows()
            client.post(action, data)
            again = more(once, rows())
        if again and more(before, once):
            yield f"{action} makes {again} again"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("address", "role"), FORMS, ids=lambda one: one.key if isinstance(one, Address) else one
)
def test_a_form_that_is_sent_twice_makes_one(
    db: None, ground: Ground, address: Address, role: str
) -> None:
    try:
        path = address.path(ground.objects)
    except Unknown:
        pytest.skip("nothing is there")
    client = ground.callers[role].seated_at(CLIENT)
    found = list(doubled(client, path))
    assert not found, "\n".join(found)
