"""Announcing a workshop, its programme, signing up, waiting, leaving."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from alliance.core import clock
from alliance.core.errors import InvalidData, NotAllowed
from alliance.workshops import tokens
from alliance.workshops.enums import SeatState
from alliance.workshops.models import Registration, Session, Workshop
from alliance.workshops.services import preparing, registering
from tests.factories.knowledge import lay_ground
from tests.factories.pages import page_text, words
from tests.factories.people import NOW, acting, join, person, team
from tests.factories.workshops import (
    FIRST,
    PROGRAMME,
    asking,
    facts,
    make_workshop,
    said,
    sign_up,
    slot,
)

pytestmark = [pytest.mark.django_db, pytest.mark.sql]
DAY = dt.timedelta(days=1)


@pytest.fixture
def siv(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    lay_ground()
    return person("Siv Secretary", "secretariat")


@pytest.fixture
def workshop(siv: Any) -> Workshop:
    return make_workshop(acting(siv), capacity=2)


def faults(error: pytest.ExceptionInfo[InvalidData]) -> list[tuple[str, str]]:
    return [(one.where, one.code) for one in error.value.faults]


def states(workshop: Workshop) -> list[tuple[str, str]]:
    return list(workshop.registrations.order_by("number").values_list("name", "state"))


def test_a_form_that_is_sent_twice_begins_one_workshop(siv) -> None:
    by = {"actor": acting(siv), "at": NOW}
    made = preparing.start(None, **facts(), **by)
    assert preparing.start(None, **facts(), **by).pk == made.pk
    assert preparing.start(None, **facts(capacity=41), **by).pk != made.pk


def test_a_copy_takes_programme_and_questions_to_other_days(siv, workshop) -> None:
    by = {"actor": acting(siv), "at": NOW}
    preparing.set_questions(workshop, questions=[asking("Food?", "choice", "Meat\nPlants")], **by)
    first = dt.date(2027, 10, 7)
    again = preparing.start(
        None,
        **facts(first_day=first, last_day=first, sign_up_by=first, title="Again"),
        earlier=workshop,
        **by,
    )
    local = [(one.local_start.date(), f"{one.local_start:%H:%M}") for one in again.sessions.all()]
    assert local == [(first, "09:00"), (first, "11:00"), (first, "11:00")]
    # In summer the same clock shows another moment.
    assert {one.starts_at.hour for one in again.sessions.all()} == {7, 9}
    assert again.questions.get().options == {"en": "Meat\nPlants"}
    assert again.announced_at is None


@pytest.mark.parametrize(
    ("slots", "found"),
    [
        (
            [*PROGRAMME, slot("Clash", "12:00", "13:00", room="room b")],
            [("sessions[3].room", "room-taken")],
        ),
        (
            [*PROGRAMME, slot("Clash", "11:30", "12:00", room="C", speakers="Jo, anders")],
            [("sessions[3].speakers", "speaker-taken")],
        ),
        ([slot("Late", "10:00", "09:00")], [("sessions[0].ends", "end-before-start")]),
        (
            [slot("Early", "10:00", "11:00", FIRST - DAY)],
            [("sessions[0].day", "not-a-day-of-it")],
        ),
    ],
)
def test_a_programme_that_cannot_be_is_refused_by_name(siv, workshop, slots, found) -> None:
    with pytest.raises(InvalidData) as error:
        preparing.set_programme(workshop, sessions=slots, actor=acting(siv), at=NOW)
    assert faults(error) == found
    assert Session.objects.count() == 3


def test_the_list_of_faults_says_in_which_session_each_is(siv, workshop, client: Client) -> None:
    client.force_login(siv)
    rows = {
        f"sessions-{row}-{name}": value
        for row, title in enumerate(("Trains", "Owners"))
        for name, value in {
            "title": title,
            "day": FIRST.isoformat(),
            "starts": "09:00",
            "ends": "10:00",
            "room": "A",
        }.items()
    }
    answer = client.post(f"/en/workshops/{workshop.public_id}/programme", rows)
    assert "Session 2, Room: “Trains” is in “A” at the same time" in words(answer.content.decode())
    # What cannot be read and what a rule forbids are said in one round.
    row = {"title": "", "day": FIRST.isoformat(), "starts": "noon", "ends": "10:00", "room": "A"}
    third = {f"sessions-2-{name}": value for name, value in row.items()}
    answer = client.post(f"/en/workshops/{workshop.public_id}/programme", rows | third)
    said = words(answer.content.decode())
    assert "Session 2, Room: “Trains” is in “A” at the same time" in said
    assert "Session 3: Fill this in." in said
    assert "Session 3, Starts: Enter a time such as 09:30." in said


def test_a_guest_reads_all_that_is_wrong_at_once(workshop, client: Client) -> None:
    address = f"/en/workshops/{workshop.public_id}/sign-up"
    answer = client.post(address, {"email": "bo", "name": ""})
    said = words(answer.content.decode())
    assert answer.status_code == 422 and not Registration.objects.exists()
    assert "Your name: Fill this in." in said
    assert "Email address: Enter an email address" in said


def test_one_after_the_other_in_one_room_is_no_overlap(siv, workshop) -> None:
    slots = [slot("One", "09:00", "10:00", room="A"), slot("Two", "10:00", "11:00", room="A")]
    assert len(preparing.set_programme(workshop, sessions=slots, actor=acting(siv), at=NOW)) == 2


def test_the_missing_hour_of_spring_is_refused_with_words(siv) -> None:
    night = dt.date(2027, 3, 28)
    made = make_workshop(acting(siv), announced=False, first_day=night, last_day=night)
    with pytest.raises(InvalidData) as error:
        slots = [slot("Night walk", "02:30", "04:00", night)]
        preparing.set_programme(made, sessions=slots, actor=acting(siv), at=NOW)
    assert faults(error) == [("sessions[0].starts", "missing-hour")]
    assert "02:30" in error.value.faults[0].rule


def test_who_comes_after_the_last_place_waits_and_gets_in_when_one_leaves(workshop) -> None:
    people = [person(name, language="sv") for name in ("Ann", "Bo", "Cia", "Dan")]
    for one in people:
        sign_up(workshop, one)
    assert [state for _name, state in states(workshop)] == ["in", "in", "waiting", "waiting"]
    ann = Registration.objects.get(name="Ann")
    registering.leave(ann, actor=acting(people[0]), at=NOW)
    assert states(workshop) == [("Bo", "in"), ("Cia", "in"), ("Dan", "waiting")]
    assert Registration.objects.get(name="Cia").in_at == NOW
    # More places let in the next.
    siv = person("Sara Secretary", "secretariat")
    preparing.change(workshop, **facts(capacity=3), actor=acting(siv), at=NOW)
    assert states(workshop)[-1] == ("Dan", "in")
    with pytest.raises(InvalidData) as error:
        preparing.change(workshop, **facts(capacity=2), actor=acting(siv), at=NOW)
    assert faults(error) == [("capacity", "fewer-than-in")]
    with pytest.raises(InvalidData) as error:
        preparing.change(workshop, **facts(capacity=-3), actor=acting(siv), at=NOW)
    assert faults(error) == [("capacity", "below")]


def test_online_takes_no_place_in_the_room(workshop) -> None:
    for name in ("Ann", "Bo"):
        sign_up(workshop, person(name))
    cia = sign_up(workshop, person("Cia"), attendance="remote")
    assert cia.state == SeatState.IN
    with pytest.raises(InvalidData) as error:
        registering.change_own(
            cia, said("Cia", attendance="on-site"), actor=acting(cia.user), at=NOW
        )
    assert faults(error) == [("attendance", "room-full")]


@pytest.mark.django_db(transaction=True)
def test_a_hundred_at_once_for_fifty_places(siv) -> None:
    workshop = make_workshop(acting(siv), capacity=50)
    guests = [
        Registration.objects.create(
            workshop=workshop,
            name=f"Guest {n}",
            email=f"guest{n}@example.org",
            language="fr",
            zone="Europe/Paris",
            state=SeatState.ASKED,
            made_at=NOW,
        )
        for n in range(100)
    ]
    assert_all_at_once(guests)
    rows = list(workshop.registrations.order_by("number").values_list("number", "state"))
    assert rows == [(n, "in" if n <= 50 else "waiting") for n in range(1, 101)]


def assert_all_at_once(guests: list[Registration]) -> None:
    """In eight threads, for each needs a connection of its own."""
    start = threading.Barrier(8, timeout=60)
    failed: list[BaseException] = []

    def some(at: int) -> None:
        try:
            start.wait()
            for one in guests[at::8]:
                registering.confirm(one, at=NOW)
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=some, args=(at,)) for at in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert not failed


def test_a_guest_confirms_by_email_and_nobody_learns_who_has_signed_up(
    workshop, client: Client
) -> None:
    address = f"/sv/workshops/{workshop.public_id}/sign-up"
    sent = {"name": "Gun Gäst", "email": "gun@example.org", "language": "sv"}
    sent |= {"zone": "Europe/Stockholm", "attendance": "on-site", "city": "lund"}
    first = client.post(address, sent, follow=True)
    own = Registration.objects.get()
    assert (own.state, own.number) == (SeatState.ASKED, 0)
    token = tokens.place_token(own)
    assert client.post(f"/sv/workshops/places/{token}/confirm").status_code == 302
    own.refresh_from_db()
    assert (own.state, own.number, own.city.public_id) == (SeatState.IN, 1, "lund")
    # The same address again: the same words on the page, and nothing is changed.
    again = Client().post(address, sent | {"name": "Somebody Else"}, follow=True)
    told = [words(one.text.split("<main")[1].split("<header")[0]) for one in (first, again)]
    assert told[0] == told[1]
    assert Registration.objects.get().name == "Gun Gäst"
    assert "Gun Gäst" in page_text(client, f"/sv/workshops/places/{token}/")
    assert client.get(f"/sv/workshops/places/{token[:-2]}xx/").status_code == 404


def test_what_a_workshop_asks_must_be_answered_and_is_read_by_those_who_run_it(
    siv, workshop, client: Client
) -> None:
    by = {"actor": acting(siv), "at": NOW}
    asked = [
        asking("Food?", "choice", "Meat\nPlants", is_needed=True),
        asking("Do you need a ramp?", "yes-no"),
    ]
    food, ramp = preparing.set_questions(workshop, questions=asked, **by)
    preparing.translate(
        workshop,
        {f"{food.public_id}-sv": "Mat?", f"options-{food.public_id}-sv": "Kött\nGrönt"},
        **by,
    )
    bo = person("Bo")
    with pytest.raises(InvalidData) as error:
        sign_up(workshop, bo)
    assert faults(error) == [(f"answers.{food.public_id}", "missing")]
    sign_up(workshop, bo, answers={food.public_id: "1", ramp.public_id: "yes"})
    client.force_login(siv)
    assert "Grönt" in page_text(client, f"/sv/workshops/{workshop.public_id}/run")
    # Taken apart and put together in another order, an answer stays with its question.
    again = [
        asking("Do you need a ramp?", "yes-no", id=ramp.public_id),
        asking("Food?", "choice", "Meat\nPlants", id=food.public_id),
    ]
    preparing.set_questions(workshop, questions=again, **by)
    assert "Plants" in page_text(client, f"/en/workshops/{workshop.public_id}/run")


def test_only_the_secretariat_and_the_organisers_editors_run_it(siv, client: Client) -> None:
    lund, lea = team("lund"), person("Lea")
    join(lea, lund)
    with pytest.raises(NotAllowed):
        make_workshop(acting(lea))
    own = make_workshop(acting(lea), organisation=lund, announced=False)
    assert client.get(f"/en/workshops/{own.public_id}/").status_code == 404
    client.force_login(lea)
    assert "Preview" in page_text(client, f"/en/workshops/{own.public_id}/run")


def test_cancelling_tells_all_who_have_a_place_or_wait(siv, workshop, client: Client) -> None:
    for name in ("Ann", "Bo", "Cia"):
        sign_up(workshop, person(name))
    sequences = list(Session.objects.values_list("sequence", flat=True))
    preparing.cancel(workshop, because="A strike.", actor=acting(siv), at=NOW)
    assert "A strike." in page_text(client, f"/fr/workshops/{workshop.public_id}/")
    after = list(Session.objects.values_list("sequence", flat=True))
    assert after == [n + 1 for n in sequences]
    with pytest.raises(InvalidData) as error:
        sign_up(workshop, person("Dan"))
    assert faults(error) == [("name", "sign-up-closed")]


def test_times_are_shown_by_the_clock_of_the_reader_too(workshop, client: Client) -> None:
    address = f"/en/workshops/{workshop.public_id}/"
    text = page_text(client, f"{address}?zone=Europe/Helsinki")
    assert "09:00–09:30 10:00 Helsinki" in text
    assert "18–19 March 2027. 2 places, 2 left." in text
    assert "Town hall, and online" in text
    assert "Stockholm has the same time." in page_text(client, f"{address}?zone=Europe/Stockholm")
    text = page_text(client, f"/sv/workshops/{workshop.public_id}/?zone=Europe/Copenhagen")
    assert "Köpenhamn" in text and "Copenhagen" not in text and "Belfast" in text
    assert "Kyiv" in text and "Kiev" not in text


def test_the_feed_and_the_api_tell_of_announced_ones_alone(siv, workshop, client: Client) -> None:
    make_workshop(acting(siv), announced=False, title="Hidden")
    feed = client.get("/sv/workshops/feed.atom").content.decode()
    assert "Moving people without cars" in feed and "Hidden" not in feed
    sign_up(workshop, person("Bo"))
    (listed,) = client.get("/api/v1/workshops").json()["items"]
    whole = client.get(f"/api/v1/workshops/{listed['id']}").json()
    assert (whole["signed_up"], whole["places_left"]) == (1, 1)
    assert whole["programme"][0]["starts_at"] == "2027-03-18T08:00:00Z"
    assert "meet.example.org" not in str(whole) and "Bo" not in str(whole)
