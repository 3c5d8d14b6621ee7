"""Figures entered by programs with the token of a team."""

from __future__ import annotations

import datetime as dt
import itertools
import json

import pytest

from alliance.core import clock
from alliance.core.audit import COMMAND_LINE
from alliance.indicators.models import Observation, ObservationBatch
from alliance.network.enums import Scope
from alliance.network.services import make_token
from tests.factories.indicators import make_city, make_definition
from tests.factories.people import team

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(client):
    make_city("umea")
    make_city("lund")
    make_definition()
    own = team("lund")
    numbers = itertools.count()

    def send(observations, *, scopes=(Scope.FIGURES,), to="lund-municipality", **said):
        made = make_token(
            own,
            name=f"token {next(numbers)}",
            scopes=list(scopes),
            expires_at=clock.now() + dt.timedelta(days=30),
            actor=COMMAND_LINE,
            at=clock.now(),
        )
        body = {"observations": observations, "source": SOURCE, **said}
        return client.post(
            f"/api/v1/teams/{to}/observations",
            json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {made.secret}"},
        )

    return send


SOURCE = {
    "title": "Register",
    "publisher": "Test office",
    "method_class": "register",
    "population": "residents",
}
ONE = {"indicator": "GREEN", "period": "2021", "value": 40.5, "boundary": "municipality"}


def test_figures_are_entered_once_and_revised_with_a_reason(post):
    told = post([ONE, ONE | {"period": "2022", "value": None, "status": "M"}]).json()
    assert (told["added"], told["revised"], told["unchanged"]) == (2, 0, 0)
    assert told["batch"] == ObservationBatch.objects.get().public_id
    batch = ObservationBatch.objects.get()
    assert batch.organisation.public_id == "lund-municipality" and batch.made_by is None
    again = post([ONE], dry_run=True).json()
    assert (again["unchanged"], again["batch"]) == (1, None)
    changed = [ONE | {"value": 41.0}]
    refused = post(changed, scheme="ALLIANCE")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "reason"
    told = post(changed, reason="recount").json()
    assert told["revisions"][0]["old"] == 40.5 and told["revisions"][0]["new"] == 41.0


def test_a_dry_run_writes_nothing_and_tells_conversions(post):
    make_definition("EMIT", "TEST_EMIT", unit="tonne", unit_label="t", valid_max=None)
    row = {"indicator": "EMIT", "period": "2021", "value": 2.5, "unit": "kilotonne"}
    told = post([row], dry_run=True).json()
    assert told["conversions"][0]["factor"] == pytest.approx(1000)
    assert not Observation.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"value": 140.0}, "observations[1].value"),
        ({"value": None}, "observations[1].value"),
        ({"period": "2031"}, "observations[1].period"),
        ({"city": "umea"}, "observations[1].city"),
        ({"indicator": "GREY"}, "observations[1].indicator"),
        ({"unit": "tonne"}, "observations[1].unit"),
        ({"status": "Z"}, "observations[1].status"),
        ({"period": "2020"}, "observations[1].city"),
    ],
)
def test_faults_are_told_by_path_and_nothing_is_written(post, change, field):
    answer = post([ONE | {"period": "2020"}, ONE | change])
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]
    assert not Observation.objects.exists()


def test_a_token_needs_the_scope_and_its_own_team(post):
    assert post([ONE], scopes=(Scope.READ_DRAFTS,)).status_code == 403
    team("umea")
    assert post([ONE], to="umea-municipality").status_code == 403
    assert post([ONE], to="nowhere").status_code == 404


@pytest.mark.parametrize("name", ["publisher", "method_class", "population"])
def test_a_source_names_publisher_kind_and_population(post, name):
    answer = post([ONE], source={key: text for key, text in SOURCE.items() if key != name})
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [f"source.{name}"]


def test_a_survey_is_none_of_a_register(post):
    make_definition("CAR", "SE_CAR", method_class="register")
    survey = SOURCE | {"method_class": "survey"}
    answer = post([ONE | {"indicator": "CAR"}], source=survey)
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == ["observations[0].indicator"]
    assert not Observation.objects.exists()


@pytest.mark.parametrize(
    "how",
    [{"nature": "opinion", "scope": "EU"}, {"method_class": "survey", "scope": "SE"}],
)
def test_a_survey_of_somebody_else_is_none_across_europe_or_a_country(post, how):
    made = make_definition("CONTENT", "EU_QOLC", publisher="Eurostat", **how)
    survey = SOURCE | {"method_class": "survey"}
    row = ONE | {"indicator": "CONTENT"}
    assert post([row], source=survey | {"publisher": "eurostat"}, dry_run=True).json()["added"] == 1
    assert post([row], source=survey).status_code == 422
    kept = {**survey, "own_definition": True, "licence": "CC0"}
    told = post([row], source=kept).json()
    ((key, own),) = told["own_definitions"]
    assert key == made.key and own != key
    assert Observation.objects.get().series.definition.key == own


def test_what_does_not_fit_its_definition_is_looked_at_whole(post):
    make_definition("CAR", "FR_CAR", scope="FR", method_class="census")
    rows = [
        {"indicator": "CAR", "period": "2031", "value": 120, "unit": "kg", "boundary": "town"},
        {"indicator": "NONE", "period": "2031", "value": 1},
    ]
    answer = post(rows, source=SOURCE | {"method_class": "survey"})
    assert answer.status_code == 422
    assert {(one["field"], one["code"]) for one in answer.json()["errors"]} == {
        ("observations[0].indicator", "out-of-scope"),
        ("observations[0].unit", "not-convertible"),
        ("observations[0].period", "period-ahead"),
        ("observations[0].boundary", "not-a-boundary"),
        ("observations[1].indicator", "unknown"),
        ("observations[1].period", "period-ahead"),
    }


def test_each_population_has_a_definition_of_its_own(post):
    make_definition("CAR", "SE_CAR", method_class="register")
    row = ONE | {"indicator": "CAR", "definition": "SE_CAR"}

    def own_of(period, population):
        said = {"method_class": "survey", "population": population, "own_definition": True}
        told = post([row | {"period": period}], source=SOURCE | said).json()
        return [own for _key, own in told["own_definitions"]]

    assert own_of("2020", "adults") == ["SE_TEST_OFFICE_SURVEY"]
    assert own_of("2020", "pupils") == ["SE_TEST_OFFICE_SURVEY_2"]
    assert own_of("2021", "Adults") == ["SE_TEST_OFFICE_SURVEY"]
    assert own_of("2021", "pupils") == ["SE_TEST_OFFICE_SURVEY_2"]
    assert Observation.objects.filter(superseded_at=None).count() == 4
