"""Challenges: sealed answers, declared conflicts, and decisions that everybody can read."""

from __future__ import annotations

import dataclasses
import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connection, transaction

from alliance.core import clock
from alliance.core.audit import VISITOR, Actor
from alliance.core.errors import InvalidData, NotAllowed
from alliance.core.models import AuditEvent
from alliance.desk.selectors.audit import LogFilter, log_page, log_rows
from alliance.network.models import Membership, Organisation
from alliance.testbeds import challenge_rules as rules
from alliance.testbeds import models
from alliance.testbeds.selectors.access import get_challenge_for
from alliance.testbeds.selectors.challenges import Wanted, challenge_page, wanted_challenges
from alliance.testbeds.selectors.pilots import pilot_page
from alliance.testbeds.services import answers, challenges, decisions
from alliance.testbeds.services.answers import ClaimData, ConflictData
from alliance.testbeds.services.decisions import Selection
from tests.factories.challenges import (
    ANSWER,
    CONFLICT,
    challenge_words,
    decide,
    everybody,
    hand_in,
    make_challenge,
    readers,
)
from tests.factories.needs_offers import make_need
from tests.factories.people import NOW, acting, join, person, team
from tests.factories.pilots import lay_pilots, planned, registered
from tests.factories.testbeds import business, make_testbed

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
CLOSED = NOW + dt.timedelta(days=31)
LAST = NOW + dt.timedelta(days=30)


def day(n: int) -> dt.date:
    return TODAY + dt.timedelta(days=n)


@pytest.fixture
def editor():
    return lay_pilots()


@pytest.fixture
def firm(editor):
    one = person("Frida Firm")
    join(one, business())
    return acting(one)


@pytest.fixture
def company(firm) -> Organisation:
    return Organisation.objects.get(public_id="umea-business")


@pytest.fixture
def lund(editor) -> Organisation:
    return Organisation.objects.get(public_id="lund-municipality")


@pytest.fixture
def challenge(editor, lund):
    return make_challenge(lund, editor)


@pytest.fixture
def rival(editor):
    one = person("Rune Rival")
    join(one, team("umea"))
    return acting(one)


def faults(call) -> dict[str, str]:
    with pytest.raises(InvalidData) as caught:
        call()
    return {fault.where: fault.code for fault in caught.value.faults}


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"title": ""}, "title"),
        ({"text": "<script>"}, "text"),
        ({"language": "xx"}, "language"),
        ({"topic": "sport"}, "topic"),
        ({"criteria": ()}, "criteria"),
        ({"criteria": ("Cost", " ")}, "criteria[1].text"),
        ({"criteria": ("Cost",) * 21}, "criteria"),
        ({"opens_on": None}, "opens_on"),
        ({"opens_on": day(-1)}, "opens_on"),
        ({"closes_on": None}, "closes_on"),
        ({"closes_on": day(-1)}, "closes_on"),
        ({"closes_on": day(2_000)}, "closes_on"),
        ({"need": "none"}, "need"),
        ({"testbed": "none"}, "testbed"),
        ({"offers_budget": "x" * 2_001}, "offers_budget"),
    ],
)
def test_a_challenge_that_breaks_a_rule_is_refused(editor, lund, changes, where):
    assert where in faults(lambda: make_challenge(lund, editor, **changes))
    assert not models.Challenge.objects.exists()


def test_it_names_a_need_of_the_own_city_and_a_testbed(editor, lund, rival):
    foreign = make_need(team("umea"), rival)
    assert "need" in faults(lambda: make_challenge(lund, editor, need=foreign.public_id))
    need, bed = make_need(lund, editor), make_testbed(lund, editor)
    made = make_challenge(lund, editor, need=need.public_id, testbed=bed.public_id)
    assert (made.need, made.testbed) == (need, bed)
    [found] = wanted_challenges(Wanted("", need=need.public_id), TODAY)
    assert found == made


def test_only_a_municipality_states_one_and_the_same_is_there_once(
    challenge, editor, lund, firm, company
):
    assert make_challenge(lund, editor).pk == challenge.pk
    for actor, one in ((firm, company), (firm, lund)):
        with pytest.raises(NotAllowed):
            make_challenge(one, actor, title="Another")


def test_before_it_opens_all_can_change_then_only_the_last_day(editor, lund):
    later = make_challenge(lund, editor, opens_on=day(5))
    changed = challenge_words(TODAY, opens_on=day(5), title="Quiet nights", criteria=("Noise",))
    challenges.change_challenge(later, changed, actor=editor, at=NOW)
    at = NOW + dt.timedelta(days=5)
    other = dataclasses.replace(changed, title="Loud", criteria=("Cost",), closes_on=day(29))
    said = faults(lambda: challenges.change_challenge(later, other, actor=editor, at=at))
    assert set(said) == {"title", "criteria", "closes_on"}
    longer = dataclasses.replace(changed, closes_on=day(40))
    assert challenges.change_challenge(later, longer, actor=editor, at=at).closes_on == day(40)
    with pytest.raises(NotAllowed):
        challenges.change_challenge(later, longer, actor=editor, at=NOW + dt.timedelta(days=41))


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"title": " "}, "title"),
        ({"text": ""}, "text"),
        ({"language": ""}, "language"),
        ({"claims": (ClaimData("Quiet", ""),)}, "claims[0].url"),
        ({"claims": (ClaimData("Quiet", "http://example.org"),)}, "claims[0].url"),
        ({"claims": (ClaimData("", "https://example.org"),)}, "claims[0].text"),
        ({"conflict": ConflictData(None, "Frida Firm")}, "has_conflict"),
        ({"conflict": ConflictData(False, " ")}, "declared_name"),
        ({"conflict": ConflictData(True, "Frida Firm", " ")}, "conflict"),
        ({"conflict": ConflictData(False, "Frida Firm", "A share.")}, "conflict"),
    ],
)
def test_nothing_is_handed_in_without_a_whole_declaration(challenge, firm, company, changes, where):
    assert where in faults(lambda: hand_in(challenge, company, firm, **changes))
    assert not models.Answer.objects.exists()


def test_who_may_answer_and_when(challenge, editor, firm, company, lund):
    program = Actor("program", teams={company.public_id: "editor"})
    for actor, one in ((editor, lund), (editor, company), (program, company)):
        with pytest.raises(NotAllowed):
            hand_in(challenge, one, actor)
    elevated = dataclasses.replace(editor, elevated=True)
    with pytest.raises(NotAllowed):
        hand_in(challenge, company, elevated)
    with pytest.raises(NotAllowed):
        hand_in(challenge, company, firm, at=CLOSED)
    upcoming = make_challenge(lund, editor, title="Later", opens_on=day(1))
    with pytest.raises(NotAllowed):
        hand_in(upcoming, company, firm)
    last = hand_in(challenge, company, firm, at=LAST)
    assert hand_in(challenge, company, firm, at=LAST).pk == last.pk
    with pytest.raises(NotAllowed):
        hand_in(challenge, company, firm, at=LAST, title="A second one")


def test_an_answer_is_sealed_until_the_last_day_is_over(challenge, editor, firm, company):
    answer = hand_in(challenge, company, firm)
    actors = everybody(editor, firm)
    assert readers(answer, actors, TODAY) == {"own"}
    assert readers(answer, actors, LAST.date()) == {"own"}
    assert readers(answer, actors, CLOSED.date()) == {"own", "city", "secretariat", "elevated"}
    decide(challenge, editor, answer, at=CLOSED)
    assert readers(answer, actors, CLOSED.date()) == set(actors)
    event = AuditEvent.objects.get(kind="challenge answer")
    assert "Sweepers" not in str(event.details)


@pytest.mark.parametrize("end", ["decided", "withdrawn", "challenge withdrawn"])
def test_the_log_does_not_tell_who_answered_before_the_seal_is_broken(
    challenge, editor, firm, company, monkeypatch, end
):
    def told(at: dt.datetime) -> set[str]:
        monkeypatch.setattr(clock, "now", lambda: at)
        page = log_page(LogFilter(who="Frida"))["acts"]
        assert page == list(log_rows(LogFilter(kind="challenge answer")))
        return {one.public_id for one in page}

    answer = hand_in(challenge, company, firm)
    assert told(NOW) == told(LAST) == set()
    if end == "withdrawn":
        answers.withdraw_answer(answer, actor=firm, at=LAST)
    elif end == "challenge withdrawn":
        challenges.withdraw_challenge(challenge, reason="No money.", actor=editor, at=LAST)
    assert told(CLOSED) == ({answer.public_id} if end == "decided" else set())


def test_a_withdrawn_answer_is_never_opened(challenge, editor, firm, company):
    answer = hand_in(challenge, company, firm)
    answers.withdraw_answer(answer, actor=firm, at=LAST)
    again = hand_in(challenge, company, firm, at=LAST, title="A better one")
    actors = everybody(editor, firm)
    decide(challenge, editor, again, at=CLOSED)
    assert readers(answer, actors, CLOSED.date()) == {"own"}
    with pytest.raises(NotAllowed):
        answers.withdraw_answer(again, actor=firm, at=CLOSED)


def test_answers_to_a_withdrawn_challenge_stay_sealed(challenge, editor, firm, company):
    answer = hand_in(challenge, company, firm)
    assert "reason" in faults(
        lambda: challenges.withdraw_challenge(challenge, reason="", actor=editor, at=NOW)
    )
    challenges.withdraw_challenge(challenge, reason="No money.", actor=editor, at=CLOSED)
    assert readers(answer, everybody(editor, firm), CLOSED.date()) == {"own"}
    with pytest.raises(NotAllowed):
        decide(challenge, editor, at=CLOSED)


def test_an_answer_changes_with_a_new_declaration(challenge, firm, company, rival):
    answer = hand_in(challenge, company, firm)
    changed = dataclasses.replace(ANSWER, conflict=CONFLICT, claims=())
    with pytest.raises(NotAllowed):
        answers.change_answer(answer, changed, actor=rival, at=NOW)
    answers.change_answer(answer, changed, actor=firm, at=LAST)
    answer.refresh_from_db()
    assert (answer.has_conflict, answer.declared_at) == (True, LAST)
    assert not answer.claims.exists()
    with pytest.raises(NotAllowed):
        answers.change_answer(answer, ANSWER, actor=firm, at=CLOSED)


def test_a_decision_gives_a_reason_for_each_and_is_public(challenge, editor, firm, company, rival):
    chosen = hand_in(challenge, company, firm, conflict=CONFLICT)
    other = hand_in(challenge, team("umea"), rival)
    with pytest.raises(NotAllowed):
        decide(challenge, editor, chosen, at=LAST)
    with pytest.raises(NotAllowed):
        decide(challenge, firm, chosen, at=CLOSED)

    def half():
        decisions.decide(
            challenge,
            {chosen.public_id: Selection(True, " "), "other": Selection(False, "No.")},
            outcome="",
            conflict=ConflictData(None, ""),
            actor=editor,
            at=CLOSED,
        )

    assert set(faults(half)) == {
        "outcome",
        "has_conflict",
        "declared_name",
        "answers.other",
        f"answers.{chosen.public_id}.reason",
        f"answers.{other.public_id}.is_chosen",
        f"answers.{other.public_id}.reason",
    }
    decide(challenge, editor, chosen, at=CLOSED)
    page = challenge_page(
        get_challenge_for(VISITOR, challenge.public_id), VISITOR, "en", CLOSED.date()
    )
    assert [
        (one.organisation.name, one.is_chosen, one.reason, one.conflict) for one in page["answers"]
    ] == [
        ("Sweepers AB", True, "By the criteria.", "My brother works for the city."),
        ("City of Umeå", False, "By the criteria.", ""),
    ]
    assert page["challenge"].declared_name == "Eva Editor"
    with pytest.raises(NotAllowed):
        decide(challenge, editor, other, at=CLOSED)
    with pytest.raises(NotAllowed):
        challenges.withdraw_challenge(challenge, reason="Oops.", actor=editor, at=CLOSED)


def test_none_can_be_chosen_and_nobody_may_have_answered(challenge, editor):
    assert decide(challenge, editor, at=CLOSED).state == "decided"


@pytest.mark.parametrize(("ended", "refused"), [(None, True), (10, True), (-1, False)])
def test_a_person_of_an_answering_team_does_not_decide(
    challenge, editor, firm, company, ended, refused
):
    answer = hand_in(challenge, company, firm)
    row = join(editor.user, company, "member")
    if ended is not None:
        at = NOW + dt.timedelta(days=ended)
        Membership.objects.filter(pk=row.pk).update(since=at - dt.timedelta(days=90), ended_at=at)
    now = acting(editor.user, CLOSED)
    if refused:
        with pytest.raises(
            NotAllowed,
            match=r"You are, or have been, on the team of an organisation that answered, so",
        ):
            decide(challenge, now, answer, at=CLOSED)
    else:
        assert decide(challenge, now, answer, at=CLOSED).state == "decided"


def test_a_program_does_not_decide(challenge, lund):
    program = Actor("program", teams={lund.public_id: "editor"})
    with pytest.raises(NotAllowed):
        decide(challenge, program, at=CLOSED)


def test_a_chosen_answer_and_its_pilot_name_each_other(challenge, editor, firm, company, rival):
    chosen = hand_in(challenge, company, firm)
    other = hand_in(challenge, team("umea"), rival)
    pilot = registered(editor, at=NOW, starts_on="2026-12-01")
    naming = {"actor": editor, "at": CLOSED, "pilot": pilot.public_id}
    with pytest.raises(NotAllowed):
        answers.name_pilot_of_answer(chosen, **naming)
    decide(challenge, editor, chosen, at=CLOSED)
    with pytest.raises(NotAllowed):
        answers.name_pilot_of_answer(other, **naming)
    with pytest.raises(NotAllowed):
        answers.name_pilot_of_answer(chosen, **naming | {"actor": rival})
    hidden = planned(editor, title="Not public yet").public_id
    wrong = naming | {"pilot": hidden}
    assert "pilot" in faults(lambda: answers.name_pilot_of_answer(chosen, **wrong))
    answers.name_pilot_of_answer(chosen, **naming)
    today = CLOSED.date()
    shown = challenge_page(get_challenge_for(VISITOR, challenge.public_id), VISITOR, "en", today)
    assert shown["answers"][0].shown_pilot.pilot.public_id == pilot.public_id
    told = pilot_page(pilot, VISITOR, "en", today).challenges
    assert [one.public_id for one in told] == [challenge.public_id]


def test_what_waits_for_long_is_listed_in_public(challenge):
    def shown(part: str, n: int) -> int:
        return wanted_challenges(Wanted(part), day(n)).count()

    assert [shown(part, 30) for part in ("open", "closed", "waiting")] == [1, 0, 0]
    assert [shown(part, 90) for part in ("open", "closed", "waiting")] == [0, 1, 0]
    assert [shown(part, 91) for part in ("open", "closed", "waiting")] == [0, 1, 1]
    assert rules.days_waiting(challenge, day(91)) == 61


def test_letters_tell_those_who_answered(
    challenge, editor, firm, company, run_jobs, mailoutbox, django_capture_on_commit_callbacks
):
    answer = hand_in(challenge, company, firm)
    with django_capture_on_commit_callbacks(execute=True):
        decide(challenge, editor, answer, at=CLOSED)
    run_jobs()
    [letter] = mailoutbox
    assert letter.to == ["frida.firm@example.org"]
    assert "” has been chosen. Reason:" in letter.body and "By the criteria." in letter.body


def test_the_database_refuses_what_no_rule_allows(challenge, editor, firm, company):
    answer = hand_in(challenge, company, firm)
    for table, pk, change in (
        (models.Challenge, challenge.pk, {"closes_on": day(-1)}),
        (models.Challenge, challenge.pk, {"state": "withdrawn"}),
        (
            models.Challenge,
            challenge.pk,
            {"state": "decided", "outcome": "Yes.", "ended_at": NOW},
        ),
        (models.Answer, answer.pk, {"has_conflict": None}),
        (models.Answer, answer.pk, {"has_conflict": True}),
        (models.Answer, answer.pk, {"declared_name": ""}),
        (models.Answer, answer.pk, {"is_chosen": True}),
        (models.Answer, answer.pk, {"reason": "Why?"}),
        (models.Answer, answer.pk, {"state": "withdrawn"}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            table.objects.filter(pk=pk).update(**change)
    answer.pk, answer.public_id = None, "another"
    with pytest.raises(IntegrityError), transaction.atomic():
        answer.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_two_who_decide_at_once_do_not_both(challenge, editor, lund, firm, company):
    answer = hand_in(challenge, company, firm)
    second = person("Doris Decider")
    join(second, lund)
    start = threading.Barrier(2)
    said: list[str] = []

    def attempt(actor: Actor) -> None:
        try:
            start.wait(20)
            said.append(decide(challenge, actor, answer, at=CLOSED).state)
        except NotAllowed:
            said.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt, args=(one,)) for one in (editor, acting(second))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["decided", "refused"]
