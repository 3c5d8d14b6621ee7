"""Places on a map: drawn, in words or by area; refused with a reason; counted by area."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from alliance.core.errors import InvalidData
from alliance.network.models import City
from alliance.participation.enums import ProcessState
from alliance.participation.models import Contribution, Process
from alliance.participation.places import (
    NoPlace,
    cells_of,
    geometry_of,
    grid,
    is_sea,
    point_in_words,
)
from alliance.participation.services.issuing import issue
from alliance.surveys import selectors
from alliance.surveys.models import Ground, Response, Version
from alliance.surveys.questions import Question, pages
from alliance.surveys.services.answering import enter_form, place_from
from alliance.surveys.services.ground import make_ground, set_ground
from alliance.surveys.services.questions import question_faults, set_questions
from tests.factories.equity import EAST, NORTH, STEP
from tests.factories.equity import grid as grid_of_squares
from tests.factories.knowledge import lay_ground
from tests.factories.pages import page_text
from tests.factories.people import acting, join, person, team
from tests.factories.surveys import OFTEN, fill, make_drawn_areas, make_survey

BAD = Question("point", "Where is it dangerous?", high=3)
WHY = Question("single", "What is wrong?", options=("Too fast", "Dark"), if_key=BAD.key)
SAY = Question("text", "Say it in your words.", if_key=BAD.key)
WAY = Question("line", "Draw your way to work.")
PARK = Question("area", "Where should the park be?")
QUESTIONS = (OFTEN, BAD, WHY, SAY, WAY, PARK)
DRAWN = f"place_{BAD.field}_drawn"
WORDS = f"place_{BAD.field}_words"
CELL = f"place_{BAD.field}_cell"


def point(x: float, y: float) -> dict[str, object]:
    """At steps from the corner of the areas."""
    at = [EAST + x * STEP, NORTH + y * STEP]
    return {"type": "Point", "coordinates": at}


def ring(*steps: tuple[float, float]) -> dict[str, object]:
    corners = [[EAST + x * STEP, NORTH + y * STEP] for x, y in steps]
    return {"type": "Polygon", "coordinates": [[*corners, corners[0]]]}


@pytest.fixture
def survey(db: None, now) -> Process:
    lay_ground()
    umea = team("umea")
    user = person("Ulla Berg")
    join(user, umea)
    areas = make_drawn_areas(umea)
    process = make_survey(umea, QUESTIONS)
    make_ground(process, areas)
    return process


@pytest.fixture
def ulla(survey: Process):
    from alliance.accounts.models import User

    return User.objects.get(name="Ulla Berg")


def to_place(question: Question, drawn: object = "", words: str = "", cell: str = "", **answers):
    """A place as the form gives it."""
    cells = [
        {
            "code": one["properties"]["deso"],
            "name": one["properties"]["namn"],
            "shape": one["geometry"],
            "outline": "",
        }
        for one in grid_of_squares()
    ]
    ground = Ground(cells=cells, width=1, height=1)
    text = drawn if isinstance(drawn, str) else json.dumps(drawn)
    return place_from(
        QUESTIONS, question, ground, drawn=text, words=words, cell=cell, answers=answers
    )


def home(process: Process) -> str:
    return f"/en/take-part/{process.public_id}/"


def test_a_question_on_a_map_has_a_page_with_what_is_asked_of_each_place() -> None:
    assert pages(QUESTIONS) == [[OFTEN], [BAD], [WAY], [PARK]]
    assert question_faults(QUESTIONS) == []
    nested = Question("single", "And?", options=("a", "b"), if_key=WHY.key, if_values=(0,))
    for wrong in (
        [*QUESTIONS, nested],
        [BAD, Question("line", "And the way?", if_key=BAD.key)],
        [Question("point", "Where?", high=11)],
    ):
        assert question_faults(wrong)


@pytest.mark.parametrize(
    ("question", "drawn", "code"),
    [
        (BAD, {"type": "Point", "coordinates": [5.0, 56.0]}, "place-sea"),  # the North Sea
        (BAD, point(-1, 2), "place-outside"),
        (BAD, "{", "place-unreadable"),
        (BAD, '{"type": "Point", "coordinates": [1e999, 0]}', "place-unreadable"),
        (BAD, '{"type": "Point", "coordinates": ["a", {}]}', "place-unreadable"),
        (BAD, "[" * 5000, "place-unreadable"),
        (BAD, ring((0, 0), (1, 0), (1, 1)), "place-unreadable"),
        (WAY, {"type": "LineString", "coordinates": [[EAST, NORTH]]}, "place-flat"),
        (WAY, {"type": "LineString", "coordinates": [[EAST, NORTH]] * 2}, "place-flat"),
        (WAY, {"type": "LineString", "coordinates": [[EAST, NORTH]] * 301}, "place-long"),
        (PARK, ring((0, 0), (1, 1)), "place-flat"),
        (PARK, ring((0, 0), (1, 1), (1, 0), (0, 1)), "place-crosses"),
        (PARK, ring((-3, 0), (-2, 1), (-2, 0)), "place-outside"),
    ],
)
def test_a_place_that_cannot_be_is_refused_by_name(question, drawn, code) -> None:
    with pytest.raises(InvalidData) as refused:
        to_place(question, drawn)
    assert [one.code for one in refused.value.faults] == [code]
    # It says what to do.
    assert len(refused.value.faults[0].rule.split()) > 5


def test_a_place_is_named_by_the_areas_in_which_it_lies() -> None:
    one = to_place(BAD, point(0.5, 0.5))
    assert one["cells"] == ["A00"] and one["geometry"]["type"] == "Point"
    line = {"type": "LineString", "coordinates": [
        point(0.5, 0.5)["coordinates"], point(1.5, 0.5)["coordinates"]]}  # fmt: skip
    assert to_place(WAY, line)["cells"] == ["A00", "A05"]
    assert to_place(PARK, ring((0.2, 0.2), (0.8, 0.2), (0.5, 0.8)))["cells"] == ["A00"]
    assert to_place(BAD, words="By the old bridge")["cells"] == []
    assert to_place(BAD, cell="A07")["cells"] == ["A07"]
    at = f"{NORTH + 0.5 * STEP:.5f}, {EAST + 0.5 * STEP:.5f}"
    assert to_place(BAD, words=at)["cells"] == ["A00"]
    assert to_place(BAD) is None
    with pytest.raises(InvalidData, match="Mark the place"):
        to_place(BAD, **{WHY.key: 1})


@pytest.mark.sql
@pytest.mark.django_db
def test_places_without_scripts_one_after_the_other(survey) -> None:
    client = Client()
    page = client.get(f"{home(survey)}survey/?page=2").content.decode()
    assert BAD.text in page and WHY.text in page and "Area 7" in page
    assert "The questions are in" not in page
    other = page_text(client, f"{home(survey).replace('/en/', '/sv/')}survey/?page=2")
    assert "Frågorna finns bara på engelska." in other
    # The map itself is for those with scripts; without them nothing of it is shown.
    assert 'id="place-map" hidden' in page
    address = f"{home(survey)}survey/?page=2"
    first = {WORDS: "The bridge", CELL: "A03", f"place_{WHY.field}": 1, "more": "1"}
    assert client.post(address, first).url == address
    second = {DRAWN: json.dumps(point(1.5, 0.5)), f"place_{SAY.field}": "Cars do not stop."}
    client.post(address, second | {"more": "1"})
    page = page_text(client, address)
    assert "The bridge" in page and "Add another place" in page
    # What is wrong is said, and what was typed stays.
    wrong = {WORDS: "59.1, 3.2", f"place_{SAY.field}": "Waves."}
    refused = client.post(address, wrong)
    page = refused.content.decode()
    assert (
        refused.status_code == 422
        and "This place is in the sea. Mark it on land, or describe where it is." in page
    )
    assert "Waves." in page and 'value="59.1, 3.2"' in page
    client.post(address, {WORDS: "The school", "more": "1"})
    assert "You have marked as many places as you can here." in page_text(client, address)
    client.post(address, {"remove": "3"})
    assert client.post(address, {}).url.endswith("?page=3")
    client.post(f"{home(survey)}survey/?page=1", {OFTEN.field: 0})
    client.post(f"{home(survey)}survey/?page=5", {})
    one = Response.objects.get()
    assert one.sent_at and [place["cells"] for place in one.answers[BAD.key]] == [["A03"], ["A05"]]
    assert one.answers[BAD.key][0]["answers"] == {WHY.key: 1}
    text = Contribution.objects.get()
    assert (text.title, text.place) == (SAY.text, "A05") and text.open_answer.place == 2
    # She looks at it again: the words stand beside their place.
    check = page_text(client, f"{home(survey)}survey/?page=5")
    assert "The bridge" in check
    client.post(f"{home(survey)}survey/?page=5", {})
    one.refresh_from_db()
    assert Contribution.objects.count() == 1 and len(one.answers[BAD.key]) == 2


@pytest.mark.sql
@pytest.mark.django_db
def test_places_on_paper_are_typed_in_by_name(survey, ulla) -> None:
    client = Client()
    client.force_login(ulla)
    fields = {
        "channel": "desk", "language": "sv", OFTEN.field: 0, f"p1_{BAD.field}_cell": "A02",
        f"p1_{WHY.field}": 0, f"p2_{BAD.field}_words": "Torget",
    }  # fmt: skip
    assert client.post(f"{home(survey)}survey/paper", fields).status_code == 302
    one = Response.objects.get()
    assert [place["place"] for place in one.answers[BAD.key]] == ["", "Torget"]
    wrong = client.post(
        f"{home(survey)}survey/paper", fields | {f"p1_{BAD.field}_words": "1.5, 2.5"}
    )
    assert wrong.status_code == 422
    assert "This place is outside the area in question." in wrong.content.decode()


def mark(version: Version, cell: str, n: int, **answers) -> None:
    fill(version, {OFTEN.key: 0, BAD.key: [to_place(BAD, cell=cell, **answers)]}, n)


@pytest.mark.sql
@pytest.mark.django_db
def test_results_are_counted_by_area_and_small_counts_are_hidden(survey, now) -> None:
    version = Version.objects.get()
    mark(version, "A00", 20, **{WHY.key: 0})
    mark(version, "A01", 12, **{WHY.key: 1})
    mark(version, "A02", 4)
    issue(survey, at=now)
    found = {one.key: one for one in selectors.standing(survey).questions}
    one = found[BAD.key]
    counts = {cell.code: cell.n for cell in one.cells}
    # Four marked something in A02; with the twelve hidden beside them nobody can work it out.
    assert (counts["A00"], counts["A01"], counts["A02"], counts["A03"]) == (20, None, None, 0)
    assert one.n_places == 36
    client = Client()
    page = client.get(f"{home(survey)}results/").content.decode()
    assert "36 places." in page and 'class="areas"' in page and "Area 0" in page
    file = client.get(f"{home(survey)}survey.geojson").json()
    by_area = {one["properties"]["area"]: one for one in file["features"]}
    assert by_area["Area 0"]["properties"]["people"] == 20
    hidden = by_area["Area 2"]["properties"]
    assert hidden["people"] is None and hidden["hidden"] is True
    assert by_area["Area 0"]["geometry"]["type"] == "Polygon"


@pytest.mark.sql
@pytest.mark.django_db
def test_one_person_counts_once_in_an_area(survey, now) -> None:
    places = [to_place(BAD, cell="A00", **{WHY.key: 0}), to_place(BAD, cell="A00", **{WHY.key: 0})]
    fill(Version.objects.get(), {OFTEN.key: 0, BAD.key: places}, 15)
    issue(survey, at=now)
    found = {one.key: one for one in selectors.standing(survey).questions}
    assert found[BAD.key].cells[0].n == 15 and found[BAD.key].n_places == 30
    assert [line.n for line in found[WHY.key].tables[0].lines] == [15, 0]


@pytest.mark.sql
@pytest.mark.django_db
def test_every_place_is_for_the_team(survey, ulla, now) -> None:
    mark(Version.objects.get(), "A00", 2, **{WHY.key: 1})
    issue(survey, at=now)
    client = Client()
    assert client.get(f"{home(survey)}survey/places.geojson").status_code == 302
    client.force_login(ulla)
    found = client.get(f"{home(survey)}survey/places.geojson").json()["features"]
    assert len(found) == 2 and found[0]["properties"]["What is wrong?"] == "Dark"
    assert found[0]["properties"]["areas"] == ["A00"] and found[0]["geometry"] is None
    assert client.get(f"{home(survey)}ground.json").json()["features"]


@pytest.mark.sql
@pytest.mark.django_db
def test_the_map_is_chosen_before_it_opens(survey, ulla, now) -> None:
    Process.objects.filter(pk=survey.pk).update(state=ProcessState.DRAFT)
    survey.refresh_from_db()
    by = {"actor": acting(ulla), "at": now}
    ground = set_ground(
        survey, area_set=Ground.objects.get().area_set.public_id, only="area 3", **by
    )
    assert [one["code"] for one in ground.cells] == ["A03"] and ground.is_named
    with pytest.raises(
        InvalidData,
        match=r"No area matches one of these names. Enter them as in the list of areas.",
    ):
        set_ground(survey, area_set=ground.area_set.public_id, only="Atlantis", **by)
    with pytest.raises(InvalidData, match="The location of your city is not known"):
        set_ground(survey, km=5, **by)
    City.objects.filter(pk=survey.city_id).update(latitude=63.83, longitude=20.26)
    circle = set_ground(survey, km=5, **by)
    assert len(circle.cells) == 80 and not circle.is_named
    client = Client()
    client.force_login(ulla)
    page = client.get(f"{home(survey)}survey/map").content.decode()
    assert 'value="5"' in page and "Areas 2025" in page
    sent = client.post(f"{home(survey)}survey/map", {"area_set": "", "km": "7"})
    assert sent.status_code == 302 and Ground.objects.get().km == 7


@pytest.mark.sql
@pytest.mark.django_db
def test_a_survey_without_a_chosen_map_gets_one(survey, ulla, now) -> None:
    Ground.objects.all().delete()
    set_questions(survey, [BAD], actor=acting(ulla), at=now)
    assert Ground.objects.get().area_set is not None


def test_the_squares_of_a_coast_leave_the_sea_out() -> None:
    inland, coast = grid(58.41, 15.62, 10), grid(57.70, 11.70, 20)
    assert len(inland) == 80 and len(coast) < 80
    assert is_sea(56.0, 5.0) and not is_sea(58.41, 15.62) and not is_sea(40.7, -74.0)
    assert cells_of(
        geometry_of('{"type": "Point", "coordinates": [15.62, 58.41]}', "point"), inland
    )
    with pytest.raises(NoPlace):
        cells_of(geometry_of('{"type": "Point", "coordinates": [10.9, 57.6]}', "point"), coast)


@pytest.mark.parametrize("text", ["58.41, 15.62", "58,41 15,62", " 58.41;15.62 "])
def test_degrees_in_words(text) -> None:
    found = point_in_words(text)
    assert (found.y, found.x) == (58.41, 15.62)


@pytest.mark.parametrize("text", ["Storgatan 15", "Kungsgatan 3, 2.5 tr", "12.5"])
def test_words_are_no_degrees(text) -> None:
    assert point_in_words(text) is None


@pytest.mark.parametrize(
    "text", ["95.0, 15.0", "58°24′N 15°37′E", "58.41N, 15.62E", "59,33,1 18,07"]
)
def test_degrees_that_cannot_be_read_are_refused(text) -> None:
    with pytest.raises(NoPlace) as refused:
        point_in_words(text)
    assert refused.value.code == "place-degrees"


@pytest.mark.sql
@pytest.mark.django_db
def test_no_tile_server_is_asked_unless_one_is_set(survey, settings) -> None:
    address = f"{home(survey)}survey/?page=2"
    answer = Client().get(address)
    assert "data-tiles" not in answer.content.decode()
    assert "img-src 'self' data:;" in f"{answer.headers['Content-Security-Policy']};"
    settings.TILE_URL = "https://tiles.example.org/{z}/{x}/{y}.png"
    settings.TILE_ATTRIBUTION = "Example maps"
    page = Client().get(address).content.decode()
    assert settings.TILE_URL in page and "comes from Example maps" in page


@pytest.mark.sql
@pytest.mark.django_db
def test_an_empty_form_with_a_map_is_none(survey, ulla, now) -> None:
    with pytest.raises(InvalidData):
        enter_form(
            Version.objects.get(), {BAD.key: []}, language="en", channel="desk",
            actor=acting(ulla), at=now,
        )  # fmt: skip
