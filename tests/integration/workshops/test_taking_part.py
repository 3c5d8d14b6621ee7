"""Calendar, the door, people to meet, tables, files, feedback, certificates."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import vobject
from django.test import Client
from pypdf import PdfReader

from alliance.config import demo_workshop
from alliance.core import clock
from alliance.core.errors import InvalidData, NotFound
from alliance.core.waiting import Asked, items
from alliance.workshops import tokens
from alliance.workshops.enums import SeatState
from alliance.workshops.models import Meeting, Registration, Session, Workshop
from alliance.workshops.services import after, check_in, meeting, preparing, registering
from alliance.workshops.whom import to_meet
from tests.factories.groups import action
from tests.factories.knowledge import lay_ground
from tests.factories.needs_offers import make_need, make_offer
from tests.factories.pages import page_text
from tests.factories.people import NOW, acting, join, person, team
from tests.factories.workshops import FIRST, PROGRAMME, make_workshop, sign_up, slot

pytestmark = [pytest.mark.django_db, pytest.mark.sql]
DAY = dt.timedelta(days=1)


@pytest.fixture
def siv(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    lay_ground()
    return person("Siv Secretary", "secretariat")


@pytest.fixture
def workshop(siv: Any) -> Workshop:
    return make_workshop(acting(siv))


def codes(error: pytest.ExceptionInfo[InvalidData]) -> list[str]:
    return [one.code for one in error.value.faults]


def events(client: Client, own: Registration, *, status: int = 200) -> dict[str, Any]:
    """The calendar as another program reads it, by the names of its sessions."""
    answer = client.get(f"/sv/workshops/calendars/{tokens.calendar_token(own)}.ics")
    assert answer.status_code == status
    assert "no-store" in answer.headers["Cache-Control"]
    read = vobject.readOne(answer.content.decode())
    return {one.summary.value: one for one in read.vevent_list}


@pytest.mark.parametrize(
    ("zone", "hours"), [("Europe/Paris", 9), ("Europe/Helsinki", 10), ("America/Cayenne", 5)]
)
def test_another_program_reads_the_calendar_right_in_each_zone(
    workshop, client: Client, zone: str, hours: int
) -> None:
    own = sign_up(workshop, person("Bo"))
    found = events(client, own)
    assert found.keys() == {"Welcome", "Trains and buses", "Owners who vote"}
    start = found["Welcome"].dtstart.value.astimezone(ZoneInfo(zone))
    assert (start.date(), start.hour) == (FIRST, hours)
    assert found["Welcome"].location.value == "Main room, Town hall"
    assert found["Welcome"].status.value == "CONFIRMED"


def test_a_changed_session_keeps_its_uid_and_counts_up(siv, workshop, client: Client) -> None:
    own = sign_up(workshop, person("Bo"))
    before = events(client, own)
    ids = {str(one): one.public_id for one in Session.objects.all()}
    slots = [
        slot("Welcome", "09:30", "10:00", room="Main room", speakers="Jean", id=ids["Welcome"]),
        {**PROGRAMME[1], "id": ids["Trains and buses"]},
    ]
    preparing.set_programme(workshop, sessions=slots, actor=acting(siv), at=NOW + DAY)
    now = events(client, own)
    assert now.keys() == {"Welcome", "Trains and buses"}
    for name, n in (("Welcome", 1), ("Trains and buses", 0)):
        assert now[name].uid.value == before[name].uid.value
        assert int(now[name].sequence.value) == int(before[name].sequence.value) + n
    # In the summer half of the year the clock of the place shows another moment in UTC.
    assert now["Welcome"].dtstart.value.astimezone(dt.UTC).hour == 8


def test_a_calendar_holds_no_key(workshop, client: Client) -> None:
    """A shared calendar lets nobody read who has the place, nor give it back."""
    own = sign_up(workshop, person("Bo"))
    answer = client.get(f"/en/workshops/calendars/{tokens.calendar_token(own)}.ics")
    text = answer.content.decode().replace("\r\n ", "")
    keys = (
        tokens.place_token(own),
        tokens.calendar_token(own),
        tokens.check_in_token(own),
        own.code,
    )
    assert [key for key in keys if key in text] == []
    assert f"/workshops/{workshop.public_id}/" in text and "/places/" not in text


def test_new_addresses_leave_the_old_ones_dead_and_go_to_their_owner_alone(
    workshop, client: Client, django_capture_on_commit_callbacks
) -> None:
    own = sign_up(workshop, person("Bo"))
    page, ics = tokens.place_token(own), tokens.calendar_token(own)
    door, code = tokens.check_in_token(own), own.code
    # The first addresses of a page had no number; they hold as long.
    first = tokens._PLACE.sign(own.public_id)
    assert tokens.of_place(first) == own
    with django_capture_on_commit_callbacks() as letters:
        answer = client.post(f"/en/workshops/places/{page}/new-address", {"sure": "yes"})
    # Whoever has the old address is not led to the new one.
    assert answer.url == f"/en/workshops/{workshop.public_id}/"
    assert len(letters) == 1
    own.refresh_from_db()
    assert own.code != code
    for token in (page, first):
        assert client.get(f"/en/workshops/places/{token}/").status_code == 404
        assert client.post(f"/en/workshops/places/{token}/leave").status_code == 404
    assert client.get(f"/en/workshops/calendars/{ics}.ics").status_code == 404
    with pytest.raises(NotFound):
        tokens.of_check_in(door)
    assert events(client, own)
    assert (
        tokens.of_place(tokens.place_token(own))
        == tokens.of_check_in(tokens.check_in_token(own))
        == own
    )


def test_addresses_of_places_end(workshop, client: Client) -> None:
    own = sign_up(workshop, person("Bo"))
    address = f"/en/workshops/places/{tokens.place_token(own)}/"
    for ago, status in ((90, 200), (91, 404)):
        Workshop.objects.update(
            last_day=(NOW - ago * DAY).date(), first_day=(NOW - ago * DAY).date()
        )
        assert client.get(address).status_code == status
    # And of who has not confirmed.
    Workshop.objects.update(last_day=(NOW + 9 * DAY).date())
    for days, status in ((3, 200), (4, 404)):
        Registration.objects.update(state=SeatState.ASKED, made_at=NOW - days * DAY)
        assert client.get(address).status_code == status


def test_a_code_lets_in_once_and_a_forged_one_never(siv, workshop, client: Client) -> None:
    own = sign_up(workshop, person("Bo Berg"))
    address = f"/en/workshops/door/{tokens.check_in_token(own)}"
    assert client.get(address).status_code == 302
    client.force_login(person("Somebody"))
    assert client.get(address).status_code == 404
    client.force_login(siv)
    assert "Bo Berg" in page_text(client, address)
    assert client.post(address).status_code == 302
    own.refresh_from_db()
    assert own.checked_in_at == NOW
    again = client.post(address)
    assert again.status_code == 422 and "This code has already been used:" in again.text
    forged = client.get(f"{address[:-3]}abc")
    assert (
        forged.status_code == 404
        and "This code is not from us. Look for the name in the list instead." in forged.text
    )
    assert client.post(f"{address[:-3]}abc").status_code in (404, 422)
    # The token of the own page opens no door.
    with pytest.raises(NotFound):
        tokens.of_check_in(tokens.place_token(own))


def test_a_code_is_typed_too_and_who_waits_does_not_come_in(siv) -> None:
    workshop = make_workshop(acting(siv), capacity=1)
    bo, cia = sign_up(workshop, person("Bo")), sign_up(workshop, person("Cia"))
    typed = f" {bo.code[:5].upper()}-{bo.code[5:]}"
    assert (
        check_in.check_in(check_in.by_code(workshop, typed), actor=acting(siv), at=NOW).pk == bo.pk
    )
    with pytest.raises(InvalidData) as error:
        check_in.check_in(check_in.by_code(workshop, cia.code), actor=acting(siv), at=NOW)
    assert codes(error) == ["no-place"]
    with pytest.raises(InvalidData) as error:
        check_in.by_code(workshop, "nonsense")
    assert codes(error) == ["door-code-unknown"]
    with pytest.raises(InvalidData) as error:
        check_in.by_code(workshop, " - ")
    assert codes(error) == ["door-code-empty"]


def meet(workshop: Workshop, name: str, **said_: Any) -> Registration:
    return sign_up(workshop, person(name), may_meet=True, **said_)


def names(own: Registration) -> list[str]:
    return [one["other"].name for one in to_meet(own)]


def test_people_meet_for_a_reason_and_a_no_holds(siv, workshop) -> None:
    ann = meet(workshop, "Ann", learns=("housing", "mobility"))
    bo = meet(workshop, "Bo", tells=("housing",))
    cia = meet(workshop, "Cia", learns=("mobility",))
    sign_up(workshop, person("Dan"), tells=("housing",))
    meeting.suggest(workshop, at=NOW)
    assert names(ann) == ["Bo", "Cia"] and names(bo) == ["Ann"]
    assert [one["words"] for one in to_meet(ann)[0]["why"]] == ["Can tell you about: Housing."]
    assert [one["words"] for one in to_meet(bo)[0]["why"]] == [
        "Wants to learn from you about: Housing."
    ]
    # No is no, for both and for ever; whoever agreed to nothing is named to nobody.
    first = Meeting.objects.get(first=ann, second=bo)
    meeting.decline(bo, first.public_id, actor=acting(bo.user), at=NOW)
    assert (names(ann), names(bo)) == (["Cia"], [])
    assert meeting.suggest(workshop, at=NOW) == []
    # She takes her consent back: at once she is on nobody's page.
    registering.meet_nobody(cia, actor=acting(cia.user), at=NOW)
    assert names(ann) == []


def test_cities_that_need_and_offer_the_same_meet_and_those_of_one_city_do_not(
    siv, workshop
) -> None:
    lund, umea = team("lund"), team("umea")
    lea, ulf = person("Lea"), person("Ulf")
    join(lea, lund)
    join(ulf, umea)
    need, offer = make_need(lund, acting(lea)), make_offer(umea, acting(ulf))
    ann, bo = meet(workshop, "Ann", city=need.city), meet(workshop, "Bo", city=offer.city)
    meet(workshop, "Cia", city=need.city, learns=("mobility",))
    meet(workshop, "Dan", city=need.city, learns=("mobility",))
    meeting.suggest(workshop, at=NOW)
    assert "Bo" in names(ann)
    why = to_meet(ann)[[one["other"].name for one in to_meet(ann)].index("Bo")]["why"]
    assert offer.title in why[0]["words"] and need.title in why[0]["words"]
    assert set(names(bo)) == {"Ann", "Cia", "Dan"}
    assert Meeting.objects.filter(first__city=need.city, second__city=need.city).count() == 0


def test_a_case_of_one_city_is_a_reason_for_both(siv, workshop) -> None:
    ann, bo = meet(workshop, "Ann"), meet(workshop, "Bo")
    why = [{"code": "case", "giver": 0, "case": "trams", "titles": {"en": "Trams"}}]
    Meeting.objects.create(workshop=workshop, first=ann, second=bo, reasons=why, made_at=NOW)
    for own, words in (
        (ann, "Wants to learn from your city’s experience: “Trams”."),
        (bo, "Ann has tried “Trams”."),
    ):
        [other] = to_meet(own)
        assert [one["words"] for one in other["why"]] == [words]


def test_a_week_ahead_each_is_told_whom_to_meet_once(siv, workshop) -> None:
    for name in ("Ann", "Bo"):
        meet(workshop, name, learns=("housing",))
    early = dt.datetime.combine(FIRST, dt.time(8), dt.UTC)
    assert meeting.send_meeting_suggestions(at=early - 9 * DAY) == 0
    assert meeting.send_meeting_suggestions(at=early - 6 * DAY) == 2
    assert meeting.send_meeting_suggestions(at=early - 5 * DAY) == 0
    # Who signs up after that is told alone, once there is somebody to meet.
    meet(workshop, "Cia", learns=("housing",))
    assert meeting.send_meeting_suggestions(at=early - 4 * DAY) == 1
    assert meeting.send_meeting_suggestions(at=early - 3 * DAY) == 0


def test_announced_shortly_before_people_are_told_once_there_are_pairs(
    siv, workshop, client
) -> None:
    early = dt.datetime.combine(FIRST, dt.time(8), dt.UTC)
    client.force_login(siv)
    page = f"/en/workshops/{workshop.public_id}/run"
    assert "a week before the first day" in page_text(client, page)
    assert meeting.send_meeting_suggestions(at=early - 6 * DAY) == 0
    for name in ("Ann", "Bo"):
        meet(workshop, name, learns=("housing",))
    assert meeting.send_meeting_suggestions(at=early - 5 * DAY) == 2
    assert "We have emailed them." in page_text(client, page)


def test_tables_are_said_with_how_often_two_sit_together_again(siv, workshop, client) -> None:
    people = [sign_up(workshop, person(f"P{n}")) for n in range(9)]
    client.force_login(siv)
    answer = client.post(
        f"/en/workshops/{workshop.public_id}/tables", {"size": "3", "rounds": "4"}, follow=True
    )
    assert "4 rounds. Pairs seated together more than once: 0" in answer.text
    page = f"/en/workshops/places/{tokens.place_token(people[0])}/"
    assert "Round 4: table" in page_text(client, page)
    # Before anybody sits, nothing is said of tables.
    workshop.refresh_from_db()
    workshop.tables = {}
    workshop.save()
    assert "Your tables" not in page_text(client, page)


def test_files_feedback_and_certificates(
    siv, workshop, client: Client, settings, tmp_path, monkeypatch
) -> None:
    settings.MEDIA_ROOT = tmp_path
    file = after.add_file(
        workshop, title="Slides", name="s.csv", content=b"a,b\n1,2\n", actor=acting(siv), at=NOW
    )
    answer = client.get(f"/en/workshops/materials/{file.public_id}")
    assert answer.getvalue() == b"a,b\n1,2\n"
    own, absent = sign_up(workshop, person("Asa")), sign_up(workshop, person("Abe"))
    own.name = "Åsa Öberg"
    own.save()
    with pytest.raises(InvalidData) as error:
        after.save_feedback(own, score=5, at=NOW)
    assert codes(error) == ["workshop-to-come"]
    address = f"/sv/workshops/places/{tokens.place_token(own)}"
    assert client.get(f"{address}/certificate.pdf").status_code == 404
    check_in.check_in(own, actor=acting(siv), at=NOW)
    over = dt.datetime.combine(FIRST + 3 * DAY, dt.time(8), dt.UTC)
    monkeypatch.setattr(clock, "now", lambda: over)
    text = (
        PdfReader(io.BytesIO(client.get(f"{address}/certificate.pdf").content))
        .pages[0]
        .extract_text()
    )
    assert "Åsa Öberg" in text and "Intyg om deltagande" in text
    assert client.post(f"{address}/feedback", {"score": "4", "useful": "Vans."}).status_code == 302
    said = page_text(client, address.replace("/sv/", "/fr/") + "/")
    assert "Åsa Öberg, vous avez participé" in said and "vous avez une place" not in said
    assert "Votre attestation est prête" in said and "Attestation de" in said
    away = page_text(client, f"/en/workshops/places/{tokens.place_token(absent)}/")
    assert "you had a place" in away and "Give feedback" in away and "certificate" in away
    client.force_login(siv)
    shown = page_text(client, f"/en/workshops/{workshop.public_id}/run")
    assert "Vans." not in shown and "1. You can read them once there are at least 5" in shown


def test_the_made_up_workshop_says_that_it_is(siv, client: Client, monkeypatch) -> None:
    lund, lea = team("lund"), person("Lea")
    join(lea, lund)
    monkeypatch.setattr(demo_workshop, "demo_team", lambda what, at: (lund, acting(lea)))
    made = demo_workshop.make_demo_workshop(at=NOW)
    assert demo_workshop.make_demo_workshop(at=NOW) == made
    states = list(made.registrations.values_list("state", flat=True))
    assert (states.count("in"), states.count("waiting")) == (40, 1)
    assert made.meetings.count() > 40 and made.tables["repeats"] == 0
    assert "Påhittat exempel för demonstration. Workshoppen finns inte på riktigt." in page_text(
        client, "/sv/workshops/synthetic-workshop/"
    )


def test_minutes_wait_once_it_is_over_and_become_action_items(siv, monkeypatch) -> None:
    lund, lea = team("lund"), person("Lea")
    join(lea, lund)
    own = make_workshop(acting(lea), organisation=lund)
    at = dt.datetime.combine(FIRST + 3 * DAY, dt.time(8), dt.UTC)
    monkeypatch.setattr(clock, "now", lambda: at)

    def kinds() -> list[str]:
        asked = Asked(at=at, people=[lea.pk], teams=[lund.public_id], roles=[])
        return [one.kind for one in items(asked) if one.public_id == own.public_id]

    assert kinds() == ["workshop-minutes-own"]
    words = {"title": "Two days", "held_on": FIRST, "language": "en"}
    given = {**words, "actions": [action("Send it", lund, at.date())]}
    made = preparing.write_minutes(own, **given, actor=acting(lea, at), at=at)
    assert made.workshop == own and made.actions.count() == 1
    assert kinds() == []
    # Of the secretariat's own, nobody could follow up without a group.
    with pytest.raises(InvalidData) as error:
        preparing.write_minutes(make_workshop(acting(siv)), **words, actor=acting(siv), at=at)
    assert codes(error) == ["minutes-of-nobody"]
