"""The register of what waits: whose turn it is, since when, until when, and where to act."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alliance.adoption.enums import DefaultStep
from alliance.adoption.services import adoptions
from alliance.core import waiting as register
from alliance.core.audit import VISITOR, Actor
from alliance.core.errors import NotAllowed
from alliance.core.waiting import Asked, Waiting
from alliance.network.models import Invitation, PeerReview
from alliance.network.selectors.waiting import waiting_for_team
from alliance.network.services.memberships import end_membership
from alliance.testbeds.models import Pilot
from alliance.writing.services import drafts, questions, reviews
from tests.factories.accounts import fail_letter
from tests.factories.challenges import hand_in, make_challenge
from tests.factories.drafts import document
from tests.factories.knowledge import make_case, make_question
from tests.factories.needs_offers import make_agreement, make_peer_review
from tests.factories.pages import page, words
from tests.factories.people import NOW, acting, join, person, team
from tests.factories.pilots import lay_pilots, registered
from tests.factories.testbeds import answer as answer_slot
from tests.factories.testbeds import ask, business, make_testbed
from tests.factories.waiting import waiting_for

pytestmark = [pytest.mark.django_db, pytest.mark.sql]
DAY = dt.timedelta(days=1)
CRITERIA = {
    name: {"score": 1, "reason": "Thin."}
    for name in ("relevance", "participation", "evidence", "transferability")
}


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alliance.core.clock.now", lambda: NOW)


@pytest.fixture
def net() -> Any:
    """Lund with an editor, Umeå with another, a business, reviewers and the secretariat."""
    lay_pilots()

    class Net:
        lund, umea = team("lund"), team("umea")
        editor, other = person("Lova Lund"), person("Ulf Ume")
        first, second = person("Rosa Petit", "reviewer"), person("Ruth Lind", "reviewer")
        secretary = person("Siv Secretary", "secretariat")

    join(Net.editor, Net.lund)
    join(Net.other, Net.umea)
    return Net


def acts(user: Any, at: dt.datetime = NOW) -> list[tuple[str, str]]:
    """(act, id) of what waits for a person."""
    found = waiting_for(acting(user, at), at=at, language="en")
    return [(line.item.kind, line.item.public_id) for line in found]


def handed_in(net: Any, at: dt.datetime = NOW, **changes: Any) -> Any:
    by = acting(net.editor)
    draft = drafts.start_draft(
        net.lund, language="sv", actor=by, at=at, content=document(**changes)
    )
    drafts.submit_draft(draft, expected_revision=1, actor=by, at=at)
    return draft


def test_a_draft_waits_for_reviewers_then_for_those_who_took_it_then_for_its_team(net: Any) -> None:
    draft = handed_in(net)
    wanted = [("reviewer", draft.public_id)]
    assert acts(net.first) == acts(net.second) == wanted
    assert acts(net.editor) == acts(net.secretary) == []
    review = reviews.take_review(draft, actor=acting(net.first), at=NOW)
    assert acts(net.first) == [("review", draft.public_id)]
    assert acts(net.second) == wanted
    reviews.give_review(
        review, approve=False, criteria=CRITERIA, note="Say what it cost.", no_conflict=True,
        actor=acting(net.first), at=NOW + DAY,
    )  # fmt: skip
    assert acts(net.first) == []
    draft.refresh_from_db()
    (line,) = waiting_for(acting(net.editor), at=NOW + DAY, language="en")
    assert (line.item.kind, line.item.since) == ("changes", NOW + DAY)
    assert (line.title.value, line.title.lang_attr) == ("Vägavgift på prov", "sv")


def test_who_wrote_a_draft_or_gave_its_review_back_is_not_asked_to_review_it(net: Any) -> None:
    both = person("Berta Both", "reviewer")
    membership = join(both, net.lund)
    draft = drafts.start_draft(
        net.lund, language="sv", actor=acting(both), at=NOW, content=document()
    )
    drafts.submit_draft(draft, expected_revision=1, actor=acting(both), at=NOW)
    membership.delete()
    assert acts(both) == []
    review = reviews.take_review(draft, actor=acting(net.first), at=NOW)
    reviews.give_back_review(review, conflict=False, note="", actor=acting(net.first), at=NOW)
    assert acts(net.first) == []
    assert acts(net.second) == [("reviewer", draft.public_id)]


def test_where_reviewers_are_missing_half_way_the_secretariat_finds_some(net: Any) -> None:
    draft = handed_in(net)
    reviews.take_review(draft, actor=acting(net.first), at=NOW)
    assert acts(net.secretary, NOW + 6 * DAY) == []
    (line,) = waiting_for(acting(net.secretary), at=NOW + 7 * DAY, language="en")
    assert (line.item.kind, line.item.n) == ("reviewer-missing", 1)
    assert line.item.url == f"/en/review/{draft.public_id}/name"
    assert line.item.by == (NOW + 14 * DAY).date()
    assert acts(net.second, NOW + 7 * DAY) == [("reviewer", draft.public_id)]
    reviews.take_review(draft, actor=acting(net.second), at=NOW + 7 * DAY)
    assert acts(net.secretary, NOW + 8 * DAY) == []


def test_a_hidden_city_is_not_given_away_to_reviewers(net: Any) -> None:
    handed_in(net)
    (line,) = waiting_for(acting(net.first), at=NOW, language="sv")
    assert line.note.value == "City of Lund"
    handed_in(net, is_masked=True, start_year=2020)
    notes = {line.note.value for line in waiting_for(acting(net.first), at=NOW, language="sv")}
    assert notes == {"City of Lund", ""}


def test_a_question_waits_for_the_team_and_without_editors_for_the_secretariat(net: Any) -> None:
    case = make_case("Lund", review_by=(NOW + 300 * DAY).date())
    asked = make_question(case, at=NOW - 15 * DAY)
    elsewhere = make_case("Elsewhere", review_by=(NOW + 300 * DAY).date())
    left = make_question(elsewhere, "Who?", at=NOW)
    (line,) = waiting_for(acting(net.editor), at=NOW, language="en")
    assert (line.item.public_id, line.is_late, line.note.value) == (asked.public_id, True, "Why?")
    assert line.item.url == f"/en/questions/{asked.public_id}/"
    assert acts(net.secretary) == [("question", left.public_id)]
    assert acts(net.other) == acts(net.first) == []
    net.lund.memberships.update(ended_at=NOW)
    assert acts(net.secretary) == [
        ("question", asked.public_id), ("question", left.public_id),
        ("no-editor", net.lund.public_id),
    ]  # fmt: skip


def test_a_case_waits_to_be_checked_from_thirty_days_before(net: Any) -> None:
    case = make_case("Lund", review_by=(NOW + 30 * DAY).date())
    make_case("Elsewhere", review_by=NOW.date())
    assert acts(net.editor) == [("case-check", case.public_id)]
    assert acts(net.editor, NOW - DAY) == []


def test_a_translation_that_is_behind_waits_for_the_team_of_the_case(net: Any) -> None:
    case = make_case("Lund", review_by=(NOW + 300 * DAY).date())
    case.texts.create(
        language="sv", title="Vägavgift", summary="Ett år.", status="translated", source_revision=1
    )
    assert acts(net.editor) == []
    case.texts.filter(language=case.original_language).update(revision=2)
    (line,) = waiting_for(acting(net.editor), at=NOW, language="sv")
    assert (line.item.kind, line.item.url) == (
        "translation", f"/en/cases/{case.public_id}/translate/sv"
    )  # fmt: skip
    assert (line.title.value, line.note.value) == ("Vägavgift", "svenska")
    assert acts(net.other) == []


def test_an_agreement_waits_for_the_other_side_and_then_for_each_sides_next_step(net: Any) -> None:
    case = make_case("Lund", review_by=(NOW + 300 * DAY).date())
    agreement = make_agreement(net.umea, net.lund, acting(net.other), case=case)
    assert acts(net.other) == []
    assert acts(net.editor) == [("agreement", agreement.public_id)]
    adoptions.agree(agreement, revision=1, actor=acting(net.editor), at=NOW)
    sides = {}
    for name, user in (("source", net.editor), ("adopter", net.other)):
        (line,) = (
            one
            for one in waiting_for(acting(user), at=NOW, language="en")
            if one.item.kind == "agreement-step"
        )
        sides[name] = line.note.value
    assert ("adoption-plan", agreement.public_id) in acts(net.other)
    first = {
        side: DefaultStep(
            agreement.steps.filter(side__in=[side, "both"]).order_by("number")[0].title
        ).label
        for side in sides
    }
    assert sides == first
    agreement.refresh_from_db()
    adoptions.end(agreement, state="stopped", outcome="No money.", actor=acting(net.editor), at=NOW)
    assert acts(net.editor) == acts(net.other) == []


def test_a_peer_review_waits_for_its_report_and_then_for_its_follow_ups(net: Any) -> None:
    sides = {"reviewer": (net.umea, acting(net.other))}
    review = make_peer_review(net.lund, acting(net.editor), **sides)
    PeerReview.objects.filter(pk=review.pk).update(
        state="planned", starts_on=NOW.date() - 3 * DAY, ends_on=NOW.date() - DAY
    )
    assert acts(net.other) == [("peer-review-report", review.public_id)]
    done = make_peer_review(net.lund, acting(net.editor), **sides, report=True, title="Parks")
    first = done.follow_ups.order_by("months")[0]
    near = dt.datetime.combine(first.due_on, dt.time(), tzinfo=dt.UTC) - 14 * DAY
    assert ("follow-up", done.public_id) in acts(net.editor, near)
    assert acts(net.editor, near - DAY) == []


def test_an_invitation_waits_for_the_team_shortly_before_it_ends(net: Any) -> None:
    one = Invitation.objects.create(
        organisation=net.lund, role="member", email="new@example.org", secret_digest="x",
        made_at=NOW, expires_at=NOW + 14 * DAY,
    )  # fmt: skip
    assert acts(net.editor) == []
    assert acts(net.editor, NOW + 12 * DAY) == [("invitation", one.public_id)]
    assert acts(net.editor, NOW + 14 * DAY) == []


def test_slots_challenges_and_results_wait_for_their_teams(net: Any) -> None:
    company, boss = business(), person("Frida Firm")
    join(boss, company)
    street = make_testbed(net.lund, acting(net.editor))
    slot = ask(street, company, acting(boss))
    assert acts(net.editor) == [("slot", slot.public_id)]
    assert acts(boss) == []
    answer_slot(slot, acting(net.editor))
    challenge = make_challenge(net.lund, acting(net.editor))
    closed = NOW + 31 * DAY
    assert acts(net.editor, closed) == [], "nobody answered"
    hand_in(challenge, company, acting(boss))
    assert acts(net.editor) == []
    assert acts(net.editor, closed) == [("challenge", challenge.public_id)]


def test_the_result_of_a_pilot_waits_until_it_is_reported(net: Any) -> None:
    pilot = registered(acting(net.editor))
    due = dt.datetime.combine(pilot.result_due, dt.time(12), tzinfo=dt.UTC)
    assert acts(net.editor, due - 61 * DAY) == []
    assert acts(net.editor, due - 31 * DAY) == [("pilot-data", pilot.public_id)]
    assert acts(net.editor, due - 30 * DAY) == [("pilot-result", pilot.public_id)]
    (line,) = waiting_for(acting(net.editor), at=due + DAY, language="en")
    assert line.is_late and line.item.by == pilot.result_due
    Pilot.objects.filter(pk=pilot.pk).update(state="reported", reported_at=due)
    assert acts(net.editor, due) == []


def test_what_was_published_and_answered_is_news_for_two_weeks(net: Any, client: Client) -> None:
    draft = handed_in(net)
    for one in (net.first, net.second):
        review = reviews.take_review(draft, actor=acting(one), at=NOW)
        reviews.give_review(
            review, approve=True, criteria=CRITERIA, no_conflict=True, actor=acting(one), at=NOW
        )
    draft.refresh_from_db()
    assert acts(net.editor) == [("published", draft.case.public_id)]
    question = make_question(draft.case, at=NOW, author=net.other)
    questions.answer(
        question, text="Two euros.", language="en", actor=acting(net.editor), at=NOW + DAY
    )
    assert acts(net.other, NOW + 2 * DAY) == [("answered", draft.case.public_id)]
    assert acts(net.first, NOW + 2 * DAY) == acts(net.secretary, NOW + 2 * DAY) == []
    late = NOW + 16 * DAY
    assert acts(net.editor, late) == acts(net.other, late) == []
    client.force_login(net.editor)
    source = page(client, "/en/my-work/")
    assert "You have no tasks waiting" in source and "New for you" in source
    assert "Your team’s case has been published" in source


def test_an_email_that_did_not_arrive_waits_for_the_secretariat_and_its_reader(net: Any) -> None:
    fail_letter(net.editor.email, at=NOW - DAY)
    fail_letter("gone@example.org", at=NOW - 20 * DAY)
    (line,) = waiting_for(acting(net.secretary), at=NOW, language="sv")
    assert (line.item.kind, line.item.n, line.item.url) == ("email-failed", 2, "/en/desk/emails/")
    assert (line.item.since, line.item.by) == (NOW - 20 * DAY, (NOW - 13 * DAY).date())
    assert net.editor.email in line.title.value and "gone@example.org" in line.title.value
    assert acts(net.editor) == [("email-address", "email")]
    assert acts(net.other) == []
    assert acts(net.editor, NOW + 20 * DAY) == [], "by then it is old"


def test_a_team_whose_last_editor_is_gone_waits_for_the_secretariat(net: Any) -> None:
    busy(net)
    net.lund.memberships.exclude(user=net.editor).delete()
    member = net.editor.memberships.get()
    with pytest.raises(NotAllowed, match="last editor"):
        end_membership(member, actor=acting(net.editor), at=NOW)
    end_membership(member, actor=acting(net.secretary), at=NOW)
    found = waiting_for(acting(net.secretary), at=NOW, language="en")
    assert [(one.item.kind, one.title.value) for one in found if one.item.kind != "question"] == [
        ("no-editor", "City of Lund")
    ]
    assert sum(one.item.kind == "question" for one in found) == 3, "they are hers to answer"
    net.editor.delete()
    (left,) = register.items(Asked(NOW), "no-editor")
    assert left.public_id == net.lund.public_id, "its drafts are open"
    join(net.other, net.lund)
    assert not list(register.items(Asked(NOW), "no-editor"))


def test_nothing_waits_for_visitors_and_programs(net: Any) -> None:
    handed_in(net)
    program = Actor("token", teams={net.lund.public_id: "editor"}, scopes=frozenset())
    for actor in (VISITOR, program):
        assert waiting_for(actor, at=NOW, language="en") == ()


def busy(net: Any) -> None:
    """Several of each for everybody."""
    for year in (2019, 2020, 2021):
        draft = handed_in(net, start_year=year)
        reviews.take_review(draft, actor=acting(net.first), at=NOW)
        case = make_case("Lund", public_id=f"case-{year}", review_by=NOW.date())
        make_question(case, at=NOW)
        make_agreement(net.umea, net.lund, acting(net.other), case=case)
        street = make_testbed(net.lund, acting(net.editor), title=f"Street {year}")
        ask(street, net.umea, acting(net.other))


def test_it_takes_few_queries_however_much_waits_and_whatever_ones_roles(
    net: Any, client: Client
) -> None:
    for role in ("reviewer", "moderator", "secretariat"):
        net.other.grants.create(role=role, given_at=NOW)
    join(net.other, net.lund)
    busy(net)
    actor = acting(net.other)
    with CaptureQueriesContext(connection) as asked:
        found = waiting_for(actor, at=NOW, language="en")
    kinds = {line.item.kind for line in found}
    assert kinds == {"agreement", "case-check", "question", "slot"}
    assert len(asked) <= 7
    days = [line.item.by or dt.date.max for line in found]
    assert days == sorted(days)
    client.force_login(net.other)
    with CaptureQueriesContext(connection) as asked:
        page(client, "/en/my-work/")
    assert len(asked) <= 18


def test_queries_are_built_once_and_answer_another_day_and_another_team(net: Any) -> None:
    for one in (net.lund, net.umea):
        Invitation.objects.create(
            organisation=one, role="member", email=f"{one.public_id}@example.org",
            secret_digest=one.public_id, made_at=NOW, expires_at=NOW + 14 * DAY,
        )  # fmt: skip
    assert acts(net.editor) == []
    built = register._built.cache_info().misses
    for editor in (net.editor, net.other):
        assert [kind for kind, _id in acts(editor, NOW + 12 * DAY)] == ["invitation"]
    assert register._built.cache_info().misses == built


def test_the_page_of_a_team_lists_what_waits_for_it_and_nothing_of_other_teams(
    net: Any, client: Client
) -> None:
    busy(net)
    with CaptureQueriesContext(connection) as asked:
        lines = waiting_for_team(net.lund.public_id, at=NOW, language="en")
    assert len(asked) <= 4
    assert {line.item.kind for line in lines} == {"agreement", "case-check", "question", "slot"}
    assert waiting_for_team(net.umea.public_id, at=NOW, language="en") == ()
    client.force_login(net.editor)
    source = page(client, f"/en/organisations/{net.lund.public_id}/team/")
    assert "Tasks for this team" in source and "Answer a question" in source


def test_all_of_the_network_is_read_at_once_for_letters_and_the_desk(net: Any) -> None:
    busy(net)
    found: list[Waiting] = list(register.items(Asked(NOW)))
    assert {one.turn.person for one in found if one.kind == "review"} == {net.first.pk}
    assert {one.n for one in found if one.kind == "reviewer"} == {1}
    some = list(register.items(Asked(NOW), "question"))
    assert {one.kind for one in some} == {"question"} and len(some) == 3


def test_every_act_has_words_and_no_two_rooms_share_one() -> None:
    codes = [code for one in register.providers() for code in (*one.acts, *one.news)]
    assert len(codes) == len(set(codes)) >= 12
    assert all(str(label) for label in register.labels().values())
    assert set(codes) >= set(register.letters().values())


def test_the_page_lists_what_waits_with_days_and_leads_there(net: Any, client: Client) -> None:
    client.force_login(net.editor)
    assert "You have no tasks waiting" in page(client, "/en/my-work/")
    case = make_case("Lund", review_by=(NOW - DAY).date())
    source = page(client, "/en/my-work/")
    assert f'href="/en/cases/{case.public_id}/"' in source
    assert "For: City of Lund · Waiting since" in words(source)
    assert "Waiting since 24 October 2026" in words(source)
    assert '<span lang="en">Pricing the roads</span>' in page(client, "/sv/my-work/")
    assert "overdue since 23 November 2026" in words(source)
    assert 'href="/en/my-work/"' in page(client, "/en/"), "the menu leads to it"
