"""`alliance release`: what operators type, and what they are told."""

from __future__ import annotations

import datetime as dt

import pytest
from click.testing import CliRunner, Result

from alliance.core import clock
from alliance.core.errors import InvalidData, NotFound
from alliance.indicators.commands import release
from alliance.indicators.models import Release, Score
from alliance.indicators.releases.freezing import folder_of
from tests.factories.indicators import make_city, make_definition, record

pytestmark = pytest.mark.django_db


def run(*words: str) -> Result:
    return CliRunner().invoke(release, words)


@pytest.fixture
def figures() -> None:
    at = clock.now() - dt.timedelta(days=5)
    definition = make_definition(at=at)
    for place, name in enumerate("abc"):
        record(make_city(f"city-{name}"), definition, {"2021": 40.0 + 9 * place}, at=at)


def test_made_listed_shown_and_verified(figures):
    assert run("list").output == "No releases.\n"
    made = run("make", "--year", "2021", "--name", "First", "--seed", "7")
    assert made.exit_code == 0, made.output
    one = Release.objects.get()
    assert one.public_id in made.output and "done" in made.output and "First" in made.output
    assert run("list").output in made.output
    shown = run("show", one.public_id).output
    assert "seed 7" in shown and "definitions.json" in shown and "unclear        3" in shown
    verified = run("verify")
    assert verified.exit_code == 0
    assert "are as recorded" in verified.output


def test_verifying_ends_with_1_and_names_each_difference(figures):
    run("make", "--year", "2021")
    Score.objects.filter(node="GREEN", city__public_id="city-a").update(rank=1)
    found = run("verify")
    assert found.exit_code == 1
    assert "GREEN/city-a, rank: stored 1, computed 3" in found.output
    (folder_of(Release.objects.get().public_id) / "method.json").unlink()
    assert "method.json: is gone" in run("verify").output


def test_what_is_not_there_or_cannot_be_is_refused(figures):
    for words in (("show", "nothing"), ("verify", "nothing"), ("verify",)):
        assert isinstance(run(*words).exception, NotFound)
    assert isinstance(run("make", "--as-of", "yesterday").exception, InvalidData)
    assert isinstance(run("make", "--draws", "5").exception, InvalidData)
    assert not Release.objects.exists()
