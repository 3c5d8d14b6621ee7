"""Forms that show what a service finds at fault, and rows in forms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django import forms
from django.http import HttpResponse, QueryDict
from django.test import RequestFactory

from alliance.core.errors import Fault, InvalidData
from alliance.core.forms import RowForm, RowsForm, ServiceForm, rows_of
from alliance.web.actions import ActionFormView, ActionView


class Permit(RowForm):
    name = forms.CharField(label="Permit %(row)s")
    state = forms.ChoiceField(label="State of %(row)s", choices=[("unknown", "?"), ("has", "has")])
    days = forms.IntegerField(label="Days of %(row)s")


class Place(RowsForm):
    below = frozenset({"sure"})
    title = forms.CharField(required=False)
    sure = forms.BooleanField(required=False)
    groups = {"permits": rows_of(Permit, most=4, heading="Permits", note="One a row.")}


def sent(**values: str) -> QueryDict:
    query = QueryDict(mutable=True)
    query.update(values)
    return query


def test_rows_are_those_there_are_and_some_to_spare():
    form = Place(rows={"permits": [{"name": "Noise", "days": 3}]})
    page = str(form)
    assert re.findall(r'name="(permits-\d-name)"', page) == [f"permits-{n}-name" for n in range(3)]
    assert 'value="Noise"' in page
    assert "<h2>Permits</h2>" in page
    assert "Days of 3" in page
    assert page.index('name="title"') < page.index("<h2>Permits</h2>") < page.index('name="sure"')
    assert "required" not in page


def test_a_row_of_one_field_has_no_frame_of_its_own():
    class Word(RowForm):
        word = forms.CharField(label="Word %(row)s")

    page = str(rows_of(Word, most=2)(prefix="words"))
    assert "Word 2" in page and "<fieldset" not in page
    assert str(Place()).count("<fieldset") == 2


def test_faults_of_several_rows_each_stand_beside_their_own():
    form = Place(sent(**{"permits-0-name": "<b>", "permits-1-name": "<i>"}))
    assert form.is_valid()
    with form.showing_errors():
        raise InvalidData([Fault(f"permits[{n}].name", "markup") for n in (0, 1)])
    assert {"permits-0-name", "permits-1-name"} <= form.errors.keys()


def test_rows_are_counted_by_what_was_sent_and_end_at_the_most():
    form = Place(sent(**{"permits-3-name": "Water", "permits-9-name": "Air"}))
    assert form.is_valid()
    assert [row["name"] for row in form.written("permits")] == ["Water"]
    assert len(form.rows["permits"].forms) == 4


def test_a_row_that_stays_as_it_was_is_written_and_one_with_a_choice_alone_is_not():
    form = Place(
        sent(**{"permits-0-name": "Noise", "permits-0-days": "3", "permits-1-state": "has"}),
        rows={"permits": [{"name": "Noise", "days": 3}]},
    )
    assert form.is_valid()
    assert form.written("permits") == [{"name": "Noise", "state": "", "days": 3}]


def test_a_fault_of_a_row_counts_those_that_were_written_and_stands_beside_its_field():
    form = Place(sent(**{"permits-0-state": "has", "permits-2-name": "Noise"}))
    assert form.is_valid()
    with form.showing_errors():
        raise InvalidData([Fault("permits[0].days", "not-whole"), Fault("elsewhere", "not-whole")])
    assert set(form.errors) == {"permits-2-days", "__all__"}
    assert {field.html_name for field in form.all_fields() if field.errors} == {"permits-2-days"}


def test_a_row_that_cannot_be_read_makes_the_form_invalid():
    form = Place(sent(**{"permits-1-days": "soon"}))
    assert not form.is_valid()
    assert set(form.errors) == {"permits-1-days"}


# -- form and act ---------------------------------------------------------------------------------


class Named(ServiceForm):
    name = forms.CharField()


class Naming(ActionFormView):
    form_class = Named
    heading = "Name it"
    success_message = "It has a name."
    list_page = ("All", "network:needs")
    object_page = ("", "network:need")
    acted: list[str] = []

    def execute(self, form: Any) -> None:
        if form.cleaned_data["name"] == "taken":
            raise InvalidData([Fault("name", "missing")])
        self.acted.append(form.cleaned_data["name"])


class Button(ActionView, Naming):
    pass


def answer(
    view: type[ActionFormView], monkeypatch: pytest.MonkeyPatch, **data: str
) -> HttpResponse:
    shown: dict[str, Any] = {}
    said: list[str] = []

    def render(request: Any, template: str, context: dict[str, Any], status: int) -> HttpResponse:
        shown.update(context)
        return HttpResponse(status=status)

    for name in ("success", "error"):
        monkeypatch.setattr(
            f"alliance.web.actions.messages.{name}", lambda _request, text: said.append(str(text))
        )
    monkeypatch.setattr("alliance.web.actions.render", render)
    request = RequestFactory().post("/", data) if data else RequestFactory().get("/")
    response = view.as_view()(request, public_id="abcdefgh")
    response.shown, response.said = shown, said  # type: ignore[attr-defined]
    return response


def test_a_page_shows_its_form_and_the_way_to_it(monkeypatch: pytest.MonkeyPatch):
    response: Any = answer(Naming, monkeypatch)
    assert response.status_code == 200
    assert response.shown["way"] == [("All", "/en/needs/"), ("", "/en/needs/abcdefgh/")]
    assert not response.shown["form"].is_bound


def test_a_form_writes_its_fields():
    assert 'name="name"' in str(Named())


@pytest.mark.parametrize("name", ["", "taken"])
def test_a_page_refuses_with_the_faults_and_what_was_typed(
    name: str, monkeypatch: pytest.MonkeyPatch
):
    response: Any = answer(Naming, monkeypatch, name=name, more="x")
    assert response.status_code == 422
    assert set(response.shown["form"].errors) == {"name"}
    assert response.shown["form"]["name"].value() == name


def test_a_page_acts_once_and_goes_on_to_the_record(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Naming, "acted", [])
    response: Any = answer(Naming, monkeypatch, name="Lund")
    assert (response.status_code, response.url) == (302, "/en/needs/abcdefgh/")
    assert (Naming.acted, response.said) == (["Lund"], ["It has a name."])


def test_a_button_says_on_the_page_of_the_record_what_is_refused(monkeypatch: pytest.MonkeyPatch):
    assert answer(Button, monkeypatch).status_code == 405
    response: Any = answer(Button, monkeypatch, name="taken")
    assert response.url == "/en/needs/abcdefgh/"
    assert len(response.said) == 1


def test_no_browser_holds_back_a_form_whose_faults_a_service_names():
    """Else a choice that is missing would hide all other faults until a second round."""
    import_module("alliance.config.urls")

    def below(form: type[forms.BaseForm]) -> Iterator[type[forms.BaseForm]]:
        for one in form.__subclasses__():
            yield from (one, *below(one))

    found = [one for one in below(ServiceForm) if one.__module__.startswith("alliance.")]
    assert len(found) > 50
    # Those ask for a name or one thing more, which the form judges itself.
    assert {one.__name__ for one in found if one.use_required_attribute} == {
        "ElevationForm", "FirstAccountForm", "ProfileForm",
    }  # fmt: skip
