"""What is typed into a form and not saved is kept for its writer, and comes back to her alone."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.db import connection
from django.http import HttpResponseRedirect
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alliance.accounts import autosave, tasks
from alliance.accounts.models import TypedText, User
from alliance.accounts.services import own_data
from alliance.core import clock
from alliance.core.models import AuditEvent
from alliance.network.models import Need
from alliance.network.views import needs_offers
from alliance.writing.models import Draft, DraftRevision
from alliance.writing.services import drafts
from tests.factories.drafts import document
from tests.factories.knowledge import lay_ground, make_case, make_question
from tests.factories.pages import text_of
from tests.factories.people import NOW, acting, team
from tests.factories.writing import (
    Writer,
    fields_on,
    opened,
    page_of,
    text_in_draft,
)

pytestmark = [pytest.mark.django_db, pytest.mark.sql]
BACK = "have not saved it yet"


@pytest.fixture
def umea():
    lay_ground()
    return team("umea")


@pytest.fixture
def elin(umea) -> Writer:
    return Writer("Elin Berg", umea)


@pytest.fixture
def draft(umea, elin) -> Draft:
    return drafts.start_draft(
        umea, language="sv", actor=acting(elin.user), at=NOW, content=document()
    )


@pytest.fixture
def story(draft) -> str:
    return page_of(draft, "story")


def type_in(fields: dict[str, str], client: Client, address: str, turn: int = 1, **typed: str):
    """What the script sends while somebody types."""
    sent = {**fields, **typed, "typing_page": "p1", "typing_turn": str(turn), "typing_only": "1"}
    return client.post(address, sent)


def test_what_is_typed_is_kept_without_a_trace_and_comes_back_in_the_form(elin, story):
    fields = opened(elin, story)
    before = AuditEvent.objects.count(), DraftRevision.objects.count()
    assert type_in(fields, elin, story, title="Halvt ord").status_code == 204
    assert (AuditEvent.objects.count(), DraftRevision.objects.count()) == before
    page = text_of(elin.get(story.replace("/en/", "/sv/")))
    assert 'value="Halvt ord"' in page
    saved = elin.post(story, {**opened(elin, story), "go": "save"})
    assert saved.status_code == 302 and text_in_draft()["title"] == "Halvt ord"
    assert BACK not in text_of(elin.get(story))


def test_what_arrives_late_never_takes_back_what_was_typed_or_saved_after_it(elin, story):
    fields = opened(elin, story)
    type_in(fields, elin, story, turn=2, title="Hela titeln")
    assert type_in(fields, elin, story, turn=1, title="Hela").status_code == 204
    assert 'value="Hela titeln"' in text_of(elin.get(story))
    last = {"title": "Sparad", "typing_page": "p1", "typing_turn": "4", "go": "save"}
    assert elin.post(story, {**fields, **last}).status_code == 302
    type_in(fields, elin, story, turn=3, title="Hela titeln!")
    assert BACK not in text_of(elin.get(story))
    # Another page that was opened later counts from one again.
    again = {**opened(elin, story), "typing_page": "p2", "typing_turn": "1", "typing_only": "1"}
    elin.post(story, {**again, "title": "Ny sida"})
    assert 'value="Ny sida"' in text_of(elin.get(story))


def test_two_in_one_draft_keep_their_own_text_and_meet_when_they_save(elin, umea, story):
    anna = Writer("Anna Ek", umea)
    type_in(opened(elin, story), elin, story, title="Elins titel", what_worked="Skyltarna.")
    hers = opened(anna, story)
    assert hers["title"] == "Vägavgift på prov"
    anna.post(story, {**hers, "title": "Annas titel", "problem": "Köer.", "go": "save"})
    answer = elin.post(story, {**opened(elin, story), "go": "save"})
    assert answer.status_code == 409
    merge = reverse("knowledge:draft-merge", args=[story.split("/")[-3]])
    chosen = fields_on(text_of(answer), merge).dict()
    elin.post(merge, {**chosen, "keep-texts.sv.title": "mine"})
    text = text_in_draft()
    assert (text["title"], text["problem"], text["what_worked"]) == (
        "Elins titel",
        "Köer.",
        "Skyltarna.",
    )
    assert BACK not in text_of(elin.get(story))


def test_after_a_session_ended_text_is_still_kept_and_is_back_after_signing_in(elin, story):
    fields = opened(elin, story)
    elin.logout()
    assert type_in(fields, elin, story, title="Skrivet efteråt").status_code == 204
    answer = elin.post(story, {**fields, "title": "Skickat efteråt", "go": "save"})
    assert answer.status_code == 403
    assert f'?next={story}"' in text_of(answer)
    assert text_in_draft()["title"] == "Vägavgift på prov"
    elin.force_login(elin.user)
    assert 'value="Skickat efteråt"' in text_of(elin.get(story))


def test_text_is_kept_when_the_mark_of_the_form_is_refused(elin, story):
    fields = opened(elin, story)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(elin.user)
    sent = {**fields, "title": "Fel nyckel", "csrfmiddlewaretoken": "x" * 64}
    assert strict.post(story, sent).status_code == 403
    assert 'value="Fel nyckel"' in text_of(elin.get(story))


def test_what_no_database_holds_is_left_out(elin, story):
    fields = {**opened(elin, story), "a\x00b": "c"}
    sent = {**fields, "title": "Ti\x00tel", "typing_page": "p\x00", "typing_only": "1"}
    for turn in ("1", "²", "-1", "9" * 30):
        assert elin.post(story, {**sent, "typing_turn": turn}).status_code == 204
    kept = TypedText.objects.get()
    assert (kept.fields["title"], kept.fields["ab"], kept.page) == (["Titel"], ["c"], "p")


def test_nobody_else_sees_it_or_writes_it(elin, umea, story):
    fields = opened(elin, story)
    type_in(fields, elin, story, title="Bara mitt")
    anna = Writer("Anna Ek", umea)
    assert "Bara mitt" not in text_of(anna.get(story))
    for mark in ("", "x", fields["typing"][:-1] + "_"):
        answer = Client().post(story, {**fields, "typing": mark, "typing_only": "1", "title": "?"})
        assert answer.status_code == 403
    # With a mark of Elin's form Anna drops nothing of hers, and gets nothing herself.
    anna.post(story, {**fields, "typing_drop": "1"})
    assert TypedText.objects.filter(user=anna.user).count() == 0
    assert TypedText.objects.get(user=elin.user).fields["title"] == ["Bara mitt"]


def test_a_refused_form_is_kept_and_what_is_not_wanted_is_discarded(umea, elin):
    address = f"/en/needs/new?team={umea.public_id}"
    page = text_of(elin.get(address))
    fields = {**fields_on(page, "").dict(), "text": "Vi vet inte hur."}
    assert elin.post(address, fields).status_code == 422
    back = text_of(elin.get(address))
    assert BACK in back and "Vi vet inte hur." in back
    # Showing it does nothing.
    assert Need.objects.count() == 0
    assert elin.post(address, {**fields, "typing_drop": "1"}).status_code == 302
    assert "Vi vet inte hur." not in text_of(elin.get(address))


def test_the_start_of_a_case_keeps_its_choices_and_starts_nothing_by_itself(elin):
    address = "/en/write/new"
    fields = fields_on(text_of(elin.get(address)), "").dict()
    assert type_in(fields, elin, address, outcome="mixed", language="fr").status_code == 204
    back = fields_on(text_of(elin.get(address)), "").dict()
    assert (back["outcome"], back["language"], Draft.objects.count()) == ("mixed", "fr", 0)
    assert elin.post(address, back).status_code == 302
    assert (Draft.objects.get().language, TypedText.objects.exclude(fields={}).count()) == ("fr", 0)


def test_an_answer_on_the_page_of_a_question_comes_back_there(elin, umea):
    question = make_question(make_case("Umeå"), "Hur gick det?", at=NOW)
    address = f"/en/questions/{question.public_id}/"
    fields = fields_on(text_of(elin.get(address)), f"{address}answer").dict()
    sent = {**fields, "text": "", "language": "sv"}
    assert elin.post(f"{address}answer", sent).status_code == 422
    type_in(fields, elin, f"{address}answer", text="Grindarna var dyra.")
    assert "Grindarna var dyra." in text_of(elin.get(address))
    dropped = elin.post(f"{address}answer", {**fields, "typing_drop": "1"})
    assert dropped.url == address and BACK not in text_of(elin.get(address))


def test_only_what_was_saved_is_forgotten_and_no_other_redirect(umea, elin, monkeypatch):
    address = f"/en/needs/new?team={umea.public_id}"
    fields = fields_on(text_of(elin.get(address)), "").dict()
    # Such as the way to a page that asks for the password first.
    elsewhere = HttpResponseRedirect("/en/accounts/")
    monkeypatch.setattr(needs_offers.NeedNew, "post", lambda self, request: elsewhere)
    assert elin.post(address, {**fields, "text": "Vi vet inte hur."}).status_code == 302
    monkeypatch.undo()
    assert "Vi vet inte hur." in text_of(elin.get(address))


def test_what_is_too_long_is_not_kept_and_old_forms_make_room(elin, story, monkeypatch):
    fields = opened(elin, story)
    monkeypatch.setattr(autosave, "MOST_CHARACTERS", 100)
    assert type_in(fields, elin, story, title="x" * 200).status_code == 413
    assert not TypedText.objects.exists()
    monkeypatch.setattr(autosave, "MOST_CHARACTERS", 10_000)
    monkeypatch.setattr(autosave, "MOST_FORMS", 2)
    draft_id = story.split("/")[-3]
    for step in ("story", "outcome", "cost"):
        address = f"/en/write/{draft_id}/{step}/"
        type_in(opened(elin, address), elin, address)
    kept = TypedText.objects.values_list("address", flat=True)
    assert [one.split("/")[-2] for one in kept] == ["outcome", "cost"]


def test_to_keep_what_is_typed_takes_one_transaction_of_few_queries(elin, story):
    fields = opened(elin, story)
    type_in(fields, elin, story, title="Mitt")
    with CaptureQueriesContext(connection) as asked:
        type_in(fields, elin, story, turn=2, title="Mitt halva")
    told = [one["sql"].split()[0] for one in asked]
    assert told.count("SAVEPOINT") == 1 and len(told) <= 5, told


def test_it_is_in_ones_own_data_and_goes_with_the_account_and_with_time(elin, story):
    fields = opened(elin, story)
    type_in(fields, elin, story, title="Mitt halva ord")
    told = json.dumps(own_data.collect(User.objects.get(pk=elin.user.pk)), ensure_ascii=False)
    assert "Mitt halva ord" in told
    TypedText.objects.update(at=clock.now() - dt.timedelta(days=31))
    tasks.forget_old_counts.call()
    assert not TypedText.objects.exists()
    elin.user.delete()
    assert type_in(fields, Client(), story).status_code == 204
    assert not TypedText.objects.exists()
