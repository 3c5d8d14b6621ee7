"""A team that writes, and the forms of its steps as a browser sends them."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.datastructures import MultiValueDict

from alliance.network.models import Organisation
from alliance.writing.forms.steps import FORMS
from alliance.writing.models import Draft
from alliance.writing.selectors.drafts_names import DraftNames
from tests.factories.pages import text_of
from tests.factories.people import join, person


class Writer(Client):
    """A browser in which a new person has signed in, of a team or of none."""

    def __init__(
        self,
        name: str,
        organisation: Organisation | None = None,
        role: str = "editor",
        *roles: str,
        language: str = "en",
    ) -> None:
        super().__init__()
        self.user = person(name, *roles, language=language)
        if organisation is not None:
            join(self.user, organisation, role)
        self.force_login(self.user)


def content() -> dict[str, Any]:
    """What stands in the only draft."""
    return Draft.objects.get().content


def text_in_draft() -> dict[str, Any]:
    """The Swedish text of the only draft."""
    return content()["texts"]["sv"]


class _Forms(HTMLParser):
    """The values of the fields of the forms of a page, by the form's address."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, MultiValueDict[str, str]] = {}
        self.own: MultiValueDict[str, str] | None = None
        self.select = self.area = ""
        self.text = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.own = self.forms.setdefault(given.get("action", ""), MultiValueDict())
        name = given.get("name", "")
        if self.own is None:
            return
        if tag == "select":
            self.select = name
            self.own.setdefault(name, "")
        elif tag == "option" and self.select and "selected" in given:
            self.own.setlist(self.select, [given["value"]])
        elif tag == "textarea":
            self.area, self.text = name, ""
        elif tag == "input" and name and given.get("type") in {"checkbox", "radio"}:
            if "checked" in given:
                self.own.appendlist(name, given.get("value", "on"))
        elif tag == "input" and name:
            self.own.appendlist(name, given.get("value", ""))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.own = None
        elif tag == "select":
            self.select = ""
        elif tag == "textarea" and self.own is not None:
            # The line end that follows the tag is no part of the text.
            self.own.appendlist(self.area, self.text.removeprefix("\r\n").removeprefix("\n"))


def fields_on(html: str, address: str) -> MultiValueDict[str, str]:
    """The fields of the form that is sent to `address`, with the values they have on the page."""
    parser = _Forms()
    parser.feed(html)
    return parser.forms[address]


def opened(client: Client, address: str) -> dict[str, str]:
    """The fields of a step, as they were when it was opened."""
    return fields_on(text_of(client.get(address)), address).dict()


def send(client: Client, address: str, go: str = "save", **typed: Any) -> Any:
    """Open a step, type, and press the button `go`, as a browser without scripts does."""
    page = client.get(address)
    assert page.status_code == 200, page.status_code
    html = page.content.decode()
    action = address.split("?")[0]
    fields = fields_on(html, action if f'action="{action}"' in html else "")
    fields["go"] = go
    for name, value in typed.items():
        fields.setlist(name.replace("__", "-"), value if isinstance(value, list) else [value])
    return client.post(address, {name: fields.getlist(name) for name in fields})


def page_of(draft: Draft, step: str = "", language: str = "en") -> str:
    """The address of a draft, or of one of its steps."""
    with translation.override(language):
        if step:
            return reverse("knowledge:draft-step", args=[draft.public_id, step])
        return reverse("knowledge:draft", args=[draft.public_id])


def saved_unchanged(step: str, document: dict[str, Any], language: str) -> dict[str, Any]:
    """The document after one step was opened in the active language and saved as it was."""
    options: dict[str, Any] = {
        "document": document,
        "text_language": document["original_language"],
        "names": DraftNames(language),
    }
    form = FORMS[step](**options)
    sent = QueryDict(mutable=True)
    for part in (form, *getattr(form, "rows", ())):
        for field in part:
            value = field.value()
            if value is not None and value is not False:
                sent.setlist(field.html_name, value if isinstance(value, list) else [str(value)])
    again = FORMS[step](sent, **options)
    assert again.is_valid(), again.faults_shown()
    return again.changed_document()
