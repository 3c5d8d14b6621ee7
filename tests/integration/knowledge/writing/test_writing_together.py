"""Several people at one draft, and people who may not write: nothing is lost, nothing leaks."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse

from alliance.cases.enums import DraftState
from alliance.core.clock import CITY_TIME
from alliance.writing.forms.steps import STEPS
from alliance.writing.models import Draft, DraftRevision
from alliance.writing.services import drafts
from tests.factories.pages import one_line, text_of
from tests.factories.people import NOW, acting, team
from tests.factories.writing import Writer, fields_on, opened, page_of, send, text_in_draft

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(days=1)
ACTS = ("submit", "take-back", "drop", "reopen", "rebase", "merge", "remarks/1/resolve")


@pytest.fixture
def anna(umea):
    return Writer("Anna Ek", umea)


# -- two writers --------------------------------------------------------------------------------


def test_of_two_writers_the_second_gets_both_versions_and_loses_nothing(elin, anna, draft):
    story = page_of(draft, "story")
    hers = opened(elin, story)
    send(anna, story, title="Annas titel", problem="Köer varje morgon.")
    answer = elin.post(story, {**hers, "title": "Elins titel", "what_worked": "Skyltarna."})
    page = text_of(answer)
    assert answer.status_code == 409
    assert "Anna Ek saved it" in page
    assert "1 field you both changed" in page
    for words in ("Annas titel", "Elins titel", "Köer varje morgon."):
        assert words in page
    assert text_in_draft()["title"] == "Annas titel"
    merge = reverse("knowledge:draft-merge", args=[draft.public_id])
    chosen = {**fields_on(page, merge).dict(), "keep-texts.sv.title": "mine"}
    assert elin.post(merge, chosen).url == story
    text = text_in_draft()
    assert text["title"] == "Elins titel"
    assert text["problem"] == "Köer varje morgon."
    assert text["what_worked"] == "Skyltarna."
    assert DraftRevision.objects.filter(draft=draft).count() == 3


def test_two_who_wrote_different_fields_have_both_with_one_press(elin, anna, draft):
    story, cost = page_of(draft, "story"), page_of(draft, "cost")
    hers = opened(elin, cost)
    send(anna, story, title="Annas titel")
    page = text_of(elin.post(cost, {**hers, "amount": "5 000", "currency": "SEK"}))
    assert "You changed different fields, so both versions can be combined." in page
    merge = reverse("knowledge:draft-merge", args=[draft.public_id])
    elin.post(merge, fields_on(page, merge).dict())
    found = Draft.objects.get().content
    assert (text_in_draft()["title"], found["cost"]["amount"]) == ("Annas titel", 5000.0)


def test_a_third_save_while_somebody_chooses_is_told_again(elin, anna, draft):
    story = page_of(draft, "story")
    hers = opened(elin, story)
    send(anna, story, title="Annas titel")
    page = text_of(elin.post(story, {**hers, "title": "Elins titel"}))
    merge = reverse("knowledge:draft-merge", args=[draft.public_id])
    fields = fields_on(page, merge).dict()
    send(anna, story, summary="Annas text.")
    answer = elin.post(merge, {**fields, "keep-texts.sv.title": "mine"})
    assert answer.status_code == 409
    elin.post(merge, fields_on(text_of(answer), merge).dict())
    assert (text_in_draft()["title"], text_in_draft()["summary"]) == (
        "Elins titel",
        "Annas text.",
    )


def test_lists_of_both_can_be_kept(elin, anna, draft):
    sources = page_of(draft, "sources")
    added = f"{sources}?rows=1"
    hers = fields_on(text_of(elin.get(added)), sources).dict()
    new = {"sources__1__title": "Annas källa", "sources__1__url": "https://example.org/anna"}
    send(anna, added, **new)
    mine = {"sources-1-title": "Elins källa", "sources-1-url": "https://example.org/elin"}
    page = text_of(elin.post(sources, {**hers, **mine}))
    merge = reverse("knowledge:draft-merge", args=[draft.public_id])
    elin.post(merge, {**fields_on(page, merge).dict(), "keep-sources": "both"})
    titles = [one["title"] for one in Draft.objects.get().content["sources"]]
    assert titles == ["Slutrapport", "Elins källa", "Annas källa"]


def test_a_form_that_is_sent_twice_is_saved_once(elin, draft):
    story = page_of(draft, "story")
    sent = {**opened(elin, story), "title": "Ny titel", "go": "next"}
    first, second = (elin.post(story, sent) for _ in range(2))
    assert first.status_code == second.status_code == 302
    assert Draft.objects.get().revision == 2


def test_a_page_of_a_conflict_that_was_tampered_with_saves_nothing(elin, draft):
    merge = reverse("knowledge:draft-merge", args=[draft.public_id])
    answer = elin.post(merge, {"revision": "1", "document": "{", "theirs": "{}"})
    assert answer.status_code == 400
    assert Draft.objects.get().revision == 1


def _save_in_a_loop(draft: Draft, times: int, *, by: Writer, at: dt.datetime) -> Draft:
    for turn in range(times):
        swedish = {**draft.content["texts"]["sv"], "title": f"Titel {turn}"}
        draft = drafts.save_draft(
            draft,
            content={**draft.content, "texts": {**draft.content["texts"], "sv": swedish}},
            expected_revision=draft.revision,
            actor=acting(by.user),
            at=at + dt.timedelta(seconds=turn),
        )
    return draft


def test_of_many_saved_states_the_newest_are_kept_and_of_older_ones_one_an_hour_and_person(
    elin, anna, draft, monkeypatch
):
    monkeypatch.setattr(drafts, "RECENT_BYTES", 3 * len(str(draft.content)))
    _save_in_a_loop(draft, 5, by=elin, at=NOW)
    _save_in_a_loop(Draft.objects.get(), 5, by=anna, at=NOW)
    found = _save_in_a_loop(Draft.objects.get(), 10, by=elin, at=LATER)
    kept = list(found.revisions.values_list("number", flat=True))
    newest = [number for number in kept if number > 15]
    assert newest == list(range(newest[0], 22)) and len(newest) >= 3
    # The first, the last of each in the first hour, and what is new.
    assert [number for number in kept if number < newest[0]][:3] == [1, 6, 11]
    assert len(kept) < 12
    # What a state changed is told against the last one before it that is kept.
    assert elin.get(f"{page_of(draft)}history/?new=11").status_code == 200


def test_who_began_with_a_state_that_is_not_kept_is_asked_wherever_both_have_something(
    elin, anna, draft
):
    story = page_of(draft, "story")
    send(anna, story, summary="Första.")
    hers = opened(elin, story)
    send(anna, story, title="Annas titel")
    draft.revisions.filter(number=2).delete()
    page = text_of(elin.post(story, {**hers, "title": "Elins titel"}))
    merge = reverse("knowledge:draft-merge", args=[draft.public_id])
    assert "keep-texts.sv.title" in page and "Annas titel" in page
    elin.post(merge, {**fields_on(page, merge).dict(), "keep-texts.sv.title": "theirs"})
    assert (text_in_draft()["title"], text_in_draft()["summary"]) == ("Annas titel", "Första.")


# -- writers who may not any more ---------------------------------------------------------------


def test_who_was_taken_out_of_the_team_while_writing_gets_her_text_back(elin, draft):
    story = page_of(draft, "story")
    sent = {**opened(elin, story), "summary": "Tre månaders arbete."}
    elin.user.memberships.update(ended_at=NOW)
    answer = elin.post(story, sent)
    assert answer.status_code == 404
    assert "Tre månaders arbete." in text_of(answer)
    assert "Nothing was saved or published." in text_of(answer)
    assert Draft.objects.get().revision == 1
    # It does not tell whether there is such a draft.
    elsewhere = story.replace(draft.public_id, "2222222222")
    other = elin.post(elsewhere, sent)
    token = r'name="csrfmiddlewaretoken" value="\w+"|href="[^"]*"'
    assert re.sub(token, "", text_of(other)) == re.sub(token, "", text_of(answer))


def test_who_is_signed_out_while_writing_gets_her_text_back(elin, draft):
    story = page_of(draft, "story")
    answer = Client().post(story, {"summary": "Tre månaders arbete.", "revision": "1"})
    assert answer.status_code == 403
    assert "Tre månaders arbete." in text_of(answer)
    assert "no longer signed in" in text_of(answer)


def test_a_draft_that_was_handed_in_meanwhile_gives_the_text_back(elin, anna, draft):
    results = page_of(draft, "results")
    sent = {**opened(elin, results), "effects-0-note": "Räknat för hand."}
    drafts.submit_draft(draft, expected_revision=1, actor=acting(anna.user), at=NOW)
    answer = elin.post(results, sent)
    assert answer.status_code == 403
    assert "Räknat för hand." in text_of(answer)
    assert "Row 1, Note" in text_of(answer)


# -- who may what -------------------------------------------------------------------------------


def test_visitors_are_sent_to_sign_in_and_come_back(draft):
    for address in ("/en/write/", "/en/write/new", page_of(draft), page_of(draft, "story")):
        answer = Client().get(address)
        assert answer.status_code == 302
        assert answer.url.endswith(f"?next={address}")


def test_a_draft_is_hidden_from_other_teams_and_from_reviewers_until_it_is_handed_in(umea, draft):
    other = Writer("Lena Alm", team("lund"))
    citizen = Writer("Olle Ek")
    reviewer = Writer("Rosa Petit", None, "", "reviewer")
    tails = ["", "history/", "preview/", *(f"{step}/" for step in STEPS)]
    for client in (other, citizen, reviewer):
        for tail in tails:
            assert client.get(f"/en/write/{draft.public_id}/{tail}").status_code == 404
        for act in ACTS:
            address = f"/en/write/{draft.public_id}/{act}"
            assert client.post(address, {"revision": "1"}).status_code == 404, act
            assert client.get(address).status_code == 405
    found = Draft.objects.get()
    assert (found.state, found.revision) == (DraftState.WRITING, 1)


def test_a_member_reads_the_drafts_of_her_team_and_changes_none(umea, draft):
    member = Writer("Mia Lo", umea, "member")
    page = text_of(member.get("/en/write/"))
    assert "Vägavgift på prov" in page
    # It says whom to ask.
    assert "Elin Berg" in page and "write/new" not in page
    assert member.get(page_of(draft)).status_code == 200
    assert member.get(page_of(draft, "story")).status_code == 403
    assert member.post(page_of(draft, "story"), {"title": "x", "revision": "1"}).status_code == 403
    for act in ("submit", "drop"):
        member.post(f"/en/write/{draft.public_id}/{act}", {"revision": "1"})
    found = Draft.objects.get()
    assert (found.state, found.revision) == (DraftState.WRITING, 1)
    assert member.get("/en/write/new").url == "/en/write/"


def test_who_belongs_to_no_team_is_told_how_to_become_an_editor(umea):
    page = text_of(Writer("Olle Ek").get("/en/write/"))
    assert "You are not an editor yet" in page
    assert "Join the network" in page


def test_pages_of_drafts_are_kept_in_no_shared_cache(elin, draft):
    for address in ("/en/write/", page_of(draft), page_of(draft, "story")):
        assert elin.get(address).headers["Cache-Control"] == "private, no-cache"


# -- the life of a draft ------------------------------------------------------------------------


def test_a_draft_is_handed_in_taken_back_dropped_and_taken_up(elin, draft):
    def act(name: str) -> str:
        elin.post(f"/en/write/{draft.public_id}/{name}", {"revision": "1"})
        return Draft.objects.get().state

    assert act("submit") == DraftState.IN_REVIEW
    assert "Withdraw to continue editing" in text_of(elin.get(page_of(draft)))
    # A second press changes nothing more.
    assert act("take-back") == act("take-back") == DraftState.WRITING
    assert act("drop") == act("drop") == DraftState.DROPPED
    page = text_of(elin.get("/en/write/"))
    assert "You can reopen it." in page
    assert act("reopen") == DraftState.WRITING


def test_the_list_tells_completeness_and_what_to_do_next(umea, elin, draft):
    drafts.start_draft(
        umea, language="sv", actor=acting(elin.user), at=NOW, content={"outcome": "mixed"}
    )
    page = text_of(elin.get("/en/write/"))
    assert "Still needed: Solution, Place, Title, Action taken, Source." in page
    assert "All required fields are filled in: check the case and submit it." in page
    assert re.search(r"Completeness: \d+ of 100", page)


def test_the_history_tells_who_changed_what(elin, anna, draft):
    send(elin, page_of(draft, "story"), title="Vägavgift på försök")
    send(anna, page_of(draft, "place"), end_year="2023", is_masked="on")
    page = text_of(elin.get(f"/en/write/{draft.public_id}/history/"))
    assert "Anna Ek" in page and "Elin Berg" in page
    at = draft.revisions.latest("number").at.astimezone(CITY_TIME)
    assert f"{at:%H:%M}" in page and "UTC" not in page
    assert "<ins>2023</ins>" in one_line(page)
    assert "City hidden" in page
    page = one_line(text_of(elin.get(f"/en/write/{draft.public_id}/history/?new=2")))
    assert '<del><span lang="sv"> prov</span></del>' in page
    assert '<ins><span lang="sv"> försök</span></ins>' in page
    page = text_of(elin.get(f"/en/write/{draft.public_id}/history/?old=1&new=3"))
    assert "försök" in page and "2023" in page
    missing = f"/en/write/{draft.public_id}/history/?new=9"
    assert elin.get(missing).status_code == 404


def test_the_preview_shows_what_readers_will_see(elin, draft):
    page = text_of(elin.get(f"/sv/write/{draft.public_id}/preview/"))
    for words in ("Vägavgift på prov", "Bilarna valde gatan bredvid.", "Umeå", "slutrapport"):
        assert words in page


# -- published cases ----------------------------------------------------------------------------
