"""Taking figures in: every revision is kept, nothing is half-written."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from alliance.core.audit import COMMAND_LINE
from alliance.core.errors import InvalidData
from alliance.indicators.models import DefinitionVersion, Observation, ObservationBatch, Series
from alliance.indicators.services import restated, save_version
from alliance.indicators.values import observations_at, versions_at
from tests.factories.indicators import NOW, make_city, make_definition, record

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(days=10)
TOLD = DefinitionVersion(
    text="Within 200 m.",
    unit="percent",
    unit_label="% of residents",
    direction="higher",
    publisher="Test office",
    licence="CC0",
)


def test_a_revision_supersedes_and_keeps_what_was_known():
    city, definition = make_city("lund"), make_definition()
    record(city, definition, {"2021": 40.0, "2022": 41.0})
    batch = record(city, definition, {"2021": 40.0, "2022": 43.5}, at=LATER, reason="recount")
    assert (batch.added, batch.revised, batch.unchanged) == (0, 1, 1)
    now = {row.period: row.value for row in observations_at(None)}
    then = {row.period: row.value for row in observations_at(NOW + dt.timedelta(days=1))}
    assert now == {"2021": 40.0, "2022": 43.5}
    assert then == {"2021": 40.0, "2022": 41.0}
    assert not observations_at(NOW - dt.timedelta(days=1)).exists()
    assert Observation.objects.count() == 3


def test_taking_the_same_in_twice_changes_nothing():
    city, definition = make_city("lund"), make_definition()
    record(city, definition, {"2021": 40.0})
    batch = record(city, definition, {"2021": 40.0}, at=LATER)
    assert (batch.added, batch.revised, batch.unchanged) == (0, 0, 1)
    assert Observation.objects.get().superseded_at is None


@pytest.mark.parametrize(("scope", "is_taken"), [("FR", False), ("SE", True), ("EU", True)])
def test_a_city_is_never_counted_by_the_definition_of_another_country(scope, is_taken):
    city, definition = make_city("lund"), make_definition(scope=scope)
    if is_taken:
        assert record(city, definition, {"2021": 40.0}).added == 1
        return
    with pytest.raises(InvalidData) as caught:
        record(city, definition, {"2021": 40.0, "2022": 41.0})
    assert [fault.where for fault in caught.value.faults] == ["rows[0].city", "rows[1].city"]
    assert "only to cities in FR" in caught.value.faults[0].rule
    assert not Observation.objects.exists()


@pytest.mark.parametrize(
    ("figures", "values", "where", "rule"),
    [
        ({"2021": 140.0}, {}, "rows[0].value", "above 100"),
        ({"2021": -1.0}, {}, "rows[0].value", "below 0"),
        ({"2021": float("inf")}, {}, "rows[0].value", "finite"),
        ({"2021": None}, {}, "rows[0].value", "status M"),
        (
            {"2021": 3.0},
            {"status": "M"},
            "rows[0].value",
            "Leave the value blank for a figure with this status.",
        ),
        ({"2021": 3.0}, {"status": "Z"}, "rows[0].status", "SDMX"),
        ({"2031": 3.0}, {}, "rows[0].period", "has not started"),
        ({"21": 3.0}, {}, "rows[0].period", "2021-Q3"),
        ({"2021": 3.0}, {"standard_error": -1.0}, "rows[0].standard_error", "0 or more"),
        ({"2021": 3.0}, {"boundary": "moon"}, "rows[0].boundary", "” is not a type of area."),
    ],
)
def test_what_cannot_be_is_refused_by_field_and_rule(figures, values, where, rule):
    city, definition = make_city("lund"), make_definition()
    with pytest.raises(InvalidData) as caught:
        record(city, definition, {"2019": 1.0} | figures, **values)
    last = caught.value.faults[-1]
    assert last.where == where.replace("[0]", "[1]")
    assert rule in last.rule
    assert not Observation.objects.exists()
    assert not ObservationBatch.objects.exists()
    assert not Series.objects.exists()


def test_missing_is_recorded_without_a_value():
    city, definition = make_city("lund"), make_definition()
    record(city, definition, {"2021": None}, status="M")
    assert Observation.objects.get().value is None


def test_the_database_holds_one_figure_in_force():
    city, definition = make_city("lund"), make_definition()
    record(city, definition, {"2021": 40.0})
    row = Observation.objects.get()
    row.pk, row.recorded_at = None, LATER
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_a_definition_changes_by_versions_with_a_reason():
    definition = make_definition()
    changed = TOLD
    with pytest.raises(InvalidData, match="reason for changing"):
        save_version(definition.indicator, definition.key, changed, actor=COMMAND_LINE, at=LATER)
    version = save_version(
        definition.indicator,
        definition.key,
        changed,
        actor=COMMAND_LINE,
        at=LATER,
        reason="new distance",
        breaks_comparison=True,
    )
    assert version.number == 2
    assert versions_at(None)[definition.pk].comparable_since == 2
    assert versions_at(NOW)[definition.pk].version.text.startswith("Green space")


def test_a_new_version_of_the_definition_does_not_revise_its_figures():
    city, definition = make_city("lund"), make_definition()
    record(city, definition, {"2021": 40.0})
    save_version(
        definition.indicator, definition.key, restated(TOLD, text="Told better."),
        actor=COMMAND_LINE, at=LATER, reason="wording",
    )  # fmt: skip
    batch = record(city, definition, {"2021": 40.0}, at=LATER)
    assert (batch.added, batch.revised, batch.unchanged) == (0, 0, 1)
    assert Observation.objects.get().definition_number == 1
