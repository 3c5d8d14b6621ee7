"""The pages of releases: what is public, and what only the secretariat sees and does."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from alliance.accounts.enums import NetworkRole
from alliance.core import clock
from alliance.core.audit import COMMAND_LINE
from alliance.indicators import services
from alliance.indicators.enums import ReleaseState
from alliance.indicators.models import Definition, Release, Score
from alliance.network.models import City
from tests.factories.indicators import make_city, make_definition, record
from tests.factories.pages import one_line
from tests.factories.people import person

pytestmark = pytest.mark.django_db
LIST, MAKE = "/en/indicators/releases/", "/en/indicators/releases/make"


def publish(at: dt.datetime, year: int = 2021) -> Release:
    started = services.start_release(actor=COMMAND_LINE, at=at, year=year, by_worker=False)
    return services.make_release(started.public_id, at=at)


@pytest.fixture
def two_releases() -> tuple[Release, Release]:
    """One of what was known first, and one after Lund's figure was corrected."""
    start = clock.now() - dt.timedelta(days=10)
    definition = make_definition(at=start, lower_bound=0.0, upper_bound=100.0)
    lund, malmo = make_city("lund"), make_city("malmo")
    record(lund, definition, {"2021": 40.0}, at=start)
    record(malmo, definition, {"2021": 60.0}, at=start)
    first = publish(start + dt.timedelta(days=1))
    later = start + dt.timedelta(days=2)
    record(lund, Definition.objects.get(), {"2021": 47.5}, at=later, reason="recount")
    return first, publish(start + dt.timedelta(days=3))


@pytest.fixture
def secretariat() -> Client:
    client = Client()
    client.force_login(person("sekreterare", NetworkRole.SECRETARIAT))
    return client


def test_visitors_read_what_is_published(client, two_releases):
    Release.objects.create(
        name="on its way",
        year=2022,
        as_of=clock.now(),
        made_at=clock.now(),
        made_by_label="x",
        seed=1,
    )
    page = client.get(LIST).content.decode()
    assert page.count("2021 (") == 2
    assert "on its way" not in page
    assert "<form method" not in page.split("<main")[-1].split("</main")[0]
    hidden = Release.objects.get(state=ReleaseState.WAITING)
    assert client.get(f"{LIST}{hidden.public_id}/").status_code == 404


def test_a_release_tells_how_scores_moved_and_what_it_is_made_from(client, two_releases):
    first, second = two_releases
    page = client.get(f"{LIST}{second.public_id}/").content.decode()
    assert "+7.5" in page, "the revision of Lund's figure"
    assert f"/en/indicators/releases/{first.public_id}/" in page
    assert "definitions.json" in page and "duckdb" in page
    only = client.get(f"{LIST}{second.public_id}/?city=malmo").content.decode()
    assert "+7.5" not in only
    assert client.get(f"{LIST}{second.public_id}/?city=atlantis").status_code == 404
    assert client.get(f"{LIST}{second.public_id}/?page=99").status_code == 404
    assert "Changes in scores" not in client.get(f"{LIST}{first.public_id}/").content.decode()


def test_scores_of_members_stand_first_with_their_range_and_place(client, two_releases):
    _first, second = two_releases
    for public_id, score in (("lund", 73.4), ("malmo", 51.0)):
        City.objects.filter(public_id=public_id).update(is_member=True)
        Score.objects.create(
            release=second, city=City.objects.get(public_id=public_id), kind="group", node="env",
            score=score, score_low=score - 20, score_high=score + 9, rank=1, rank_low=1,
            rank_high=7, n_ranked=14,
        )  # fmt: skip
    page = one_line(client.get(f"{LIST}{second.public_id}/").text)
    assert '73 <span class="note">(53–82)</span>' in page
    assert "place 1 to 7 of 14" in page
    assert page.index("Scores of members") < page.index("Changes in scores")


def test_the_pages_take_few_queries(client, two_releases, django_assert_max_num_queries):
    client.get(LIST)
    for address in (LIST, f"{LIST}{two_releases[1].public_id}/?city=lund"):
        with django_assert_max_num_queries(15):
            assert client.get(address).status_code == 200


def test_the_secretariat_asks_for_a_release(secretariat, two_releases):
    assert "Create a release" in secretariat.get(LIST).content.decode()
    answer = secretariat.post(MAKE, {"name": "Autumn", "year": "2021", "as_of": ""}, follow=True)
    assert "The release is being created." in answer.content.decode()
    made = Release.objects.get(name="Autumn")
    assert (made.state, made.year) == (ReleaseState.WAITING, 2021)
    assert made.made_by_label == "secretariat", "names stand in the audit trail alone"


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"year": "2190"}, "Enter a year from 1900 to 2026, not 2190."),
        ({"as_of": "2190-01-01"}, "Choose today or an earlier date."),
        ({"year": "soon"}, "Enter a whole number"),
        ({"as_of": "1990-01-01"}, "No figures were available on that date."),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_made(secretariat, two_releases, values, text):
    answer = secretariat.post(MAKE, {"name": "", "year": "", "as_of": "", **values})
    assert answer.status_code == 422
    assert text in answer.content.decode()
    assert Release.objects.count() == 2


def test_a_fault_is_shown_to_the_secretariat(secretariat, client):
    made = Release.objects.create(
        name="broken",
        year=2021,
        as_of=clock.now(),
        made_at=clock.now(),
        made_by_label="x",
        seed=1,
        state=ReleaseState.FAILED,
        fault="definition GREEN/K, column lower: no room",
    )
    address = f"{LIST}{made.public_id}/"
    assert "no room" in secretariat.get(address).content.decode()
    assert client.get(address).status_code == 404
