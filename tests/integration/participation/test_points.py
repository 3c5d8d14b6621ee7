"""The point of a proposal: set on a map or in words, refused in the sea, shown on map and list."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from alliance.core import clock
from alliance.participation.models import Contribution, Process
from alliance.participation.services import own
from tests.factories.equity import EAST, NORTH, STEP
from tests.factories.knowledge import lay_ground
from tests.factories.pages import page_text
from tests.factories.participation import make_process
from tests.factories.people import join, person, team
from tests.factories.surveys import make_drawn_areas

WORDS = {"title": "A bench", "text": "Old people rest.", "language": "en"}


def at(x: float, y: float) -> str:
    """At steps from the corner of the areas."""
    return json.dumps({"type": "Point", "coordinates": [EAST + x * STEP, NORTH + y * STEP]})


@pytest.fixture
def process(db: None, monkeypatch, now) -> Process:
    monkeypatch.setattr(clock, "now", lambda: now)
    lay_ground()
    return make_process(team("umea"), kind="proposals", is_strict=False)


def home(process: Process) -> str:
    return f"/en/take-part/{process.public_id}/"


def test_a_pin_stands_on_the_map_and_in_the_list(client, process) -> None:
    make_drawn_areas(process.organisation)
    page = client.get(home(process)).content.decode()
    assert 'data-kind="point"' in page and "place-map.js" in page
    ground = client.get(f"{home(process)}ground.json")
    assert ground["Content-Type"] == "application/geo+json"
    assert len(ground.json()["features"]) == 25
    client.post(home(process), WORDS | {"drawn": at(1.5, 1.5), "place": "Old square"})
    one = Contribution.objects.get()
    assert (one.latitude, one.place) == (round(NORTH + 1.5 * STEP, 4), "Old square")
    page = client.get(home(process)).content.decode()
    assert '<circle class="pin"' in page and 'aria-label="A bench"' in page
    read = Client().get(f"/api/v1/contributions/{one.public_id}").json()
    assert (read["latitude"], read["longitude"]) == (one.latitude, one.longitude)
    assert own.data_of(one.participant)["contributions"][0]["point"] == [
        one.latitude,
        one.longitude,
    ]


def test_the_same_proposal_sent_again_lies_at_its_new_pin(client, process) -> None:
    make_drawn_areas(process.organisation)
    for x in (1.5, 2.5):
        client.post(home(process), WORDS | {"drawn": at(x, 1.5), "place": "Old square"})
    assert Contribution.objects.get().longitude == round(EAST + 2.5 * STEP, 4)


def test_a_name_of_a_place_is_read_like_a_text_before_others_see_it(client, process) -> None:
    make_drawn_areas(process.organisation)
    client.post(home(process), WORDS | {"title": "A bench? Ring 070-123 45 67"})
    assert Contribution.objects.get().shown_at is None
    for place in ("Old square", "Ask ann@example.org"):
        client.post(home(process), WORDS | {"drawn": at(1.5, 1.5), "place": place})
    one = Contribution.objects.get(title=WORDS["title"])
    assert (one.place, one.shown_at) == ("Ask ann@example.org", None)
    officer = Client()
    lea = person("Lea")
    join(lea, process.organisation)
    officer.force_login(lea)
    read = page_text(officer, f"{home(process)}waiting/")
    assert "Ask ann@example.org" in read
    assert "Contains an email address" in read and "Contains a phone number" in read
    # In strict mode every name is read.
    Contribution.objects.update(shown_at=one.post.at)
    type(process).objects.update(is_strict=True)
    resident = Client()
    resident.post(home(process), WORDS | {"title": "A tree", "drawn": at(1.5, 1.5)})
    Contribution.objects.update(shown_at=one.post.at)
    resident.post(home(process), WORDS | {"title": "A tree", "drawn": at(2.5, 1.5)})
    assert Contribution.objects.get(title="A tree").shown_at is not None
    resident.post(
        home(process), WORDS | {"title": "A tree", "drawn": at(2.5, 1.5), "place": "Here"}
    )
    assert Contribution.objects.get(title="A tree").shown_at is None


def test_without_scripts_degrees_set_the_point_and_a_name_none(client, process) -> None:
    client.post(home(process), WORDS | {"place": f"{NORTH:.4f}, {EAST:.4f}"})
    client.post(home(process), WORDS | {"title": "A lamp", "place": "By the school"})
    points = dict(Contribution.objects.values_list("title", "latitude"))
    assert points == {"A bench": pytest.approx(NORTH, abs=1e-4), "A lamp": None}
    assert "By the school" in page_text(client, home(process))


@pytest.mark.parametrize(
    ("drawn", "said"),
    [
        (
            '{"type": "Point", "coordinates": [5.0, 56.0]}',
            "This place is in the sea. Mark it on land, or describe where it is.",
        ),
        (at(-1, 2), "This place is outside the area in question."),
        (at(3.5, 3.5), "This place is outside the area in question."),
        ('{"type": "Point", "coordinates": [5.0', "We could not read the location."),
        (
            '{"type": "Polygon", "coordinates": [[[1, 1], [2, 2], [1, 1]]]}',
            "We could not read the location.",
        ),
    ],
)
def test_a_point_elsewhere_is_refused_beside_its_field(client, process, drawn, said) -> None:
    make_drawn_areas(process.organisation)
    process.area = "Area 3"
    process.save()
    answer = client.post(home(process), WORDS | {"drawn": drawn})
    page = answer.content.decode()
    assert answer.status_code == 422 and said in page and "Old people rest." in page
    assert 'href="#id_place"' in page and not Contribution.objects.exists()


def test_a_city_without_areas_is_a_circle_and_one_without_a_place_has_words(client, process):
    city = process.city
    city.latitude, city.longitude = NORTH, EAST
    city.save()
    names = [
        one["properties"]["name"]
        for one in client.get(f"{home(process)}ground.json").json()["features"]
    ]
    assert "E5" in names
    assert client.post(home(process), WORDS | {"drawn": at(900, 0)}).status_code == 422
    city.latitude = city.longitude = None
    city.save()
    assert client.get(f"{home(process)}ground.json").status_code == 404
    assert client.post(home(process), WORDS | {"place": "By the school"}).status_code == 302
