"""Why a score changed since the release before: three parts that add up to the whole."""

from __future__ import annotations

import datetime as dt
import shutil

import pytest

from alliance.core.audit import COMMAND_LINE
from alliance.indicators import services
from alliance.indicators.models import DefinitionVersion, Release, ScoreChange
from alliance.indicators.releases.freezing import folder_of
from alliance.indicators.releases.making import parts_of
from tests.factories.indicators import NOW, make_city, make_definition, record

pytestmark = pytest.mark.django_db
FIRST, SECOND = NOW + dt.timedelta(days=1), NOW + dt.timedelta(days=3)
BETWEEN = NOW + dt.timedelta(days=2)
BOUNDS = {"lower_bound": 0.0, "upper_bound": 100.0, "bounds_basis": "the ends of a share"}


def release(at: dt.datetime, year: int) -> Release:
    started = services.start_release(actor=COMMAND_LINE, at=at, year=year, by_worker=False)
    return services.make_release(started.public_id, at=at)


def change(made: Release, city: str = "lund", node: str = "GREEN") -> ScoreChange:
    return made.changes.get(city__public_id=city, node=node)


@pytest.fixture
def definition():
    definition = make_definition(**BOUNDS)
    record(make_city("malmo"), definition, {"2020": 50.0, "2021": 50.0})
    return definition


def widen(definition) -> None:
    """A new version with other bounds: the score of a figure of 40 falls to 20."""
    record_ = DefinitionVersion(
        text="Green space within 300 m, share of residents.",
        unit="percent",
        unit_label="% of residents",
        direction="higher",
        publisher="Test office",
        licence="CC0",
        valid_min=0.0,
        valid_max=100.0,
        lower_bound=0.0,
        upper_bound=50.0,
        bounds_basis="half is as good as all",
    )
    services.save_version(
        definition.indicator,
        definition.key,
        record_,
        actor=COMMAND_LINE,
        at=BETWEEN,
        reason="bounds reviewed",
    )


def test_each_part_stands_alone_and_they_add_up(definition):
    city = make_city("lund")
    record(city, definition, {"2020": 30.0, "2021": 42.0})
    release(FIRST, 2020)
    record(city, definition, {"2020": 33.0}, at=BETWEEN, reason="recount")
    widen(definition)
    row = change(release(SECOND, 2021))
    assert row.data_revision == pytest.approx(3.0), "30 became 33 on the scale of then"
    assert row.real_change == pytest.approx(9.0), "33 in 2020, 42 in 2021"
    assert row.method_change == pytest.approx(42.0), "42 is 84 on the scale of now"
    assert row.total == pytest.approx(84.0 - 30.0)
    assert row.total == pytest.approx(row.data_revision + row.real_change + row.method_change)


def test_nothing_changed_is_three_times_nothing(definition):
    record(make_city("lund"), definition, {"2020": 30.0})
    release(FIRST, 2020)
    row = change(release(SECOND, 2020))
    assert (row.total, row.data_revision, row.real_change, row.method_change) == (0, 0, 0, 0)


def test_a_score_on_one_side_only_has_no_change(definition):
    release(FIRST, 2020)
    record(make_city("lund"), definition, {"2021": 30.0}, at=BETWEEN)
    row = change(release(SECOND, 2021))
    assert (row.total, row.data_revision, row.real_change, row.method_change) == (None,) * 4


def test_without_the_files_of_the_earlier_release_only_the_total_is_known(definition):
    record(make_city("lund"), definition, {"2020": 30.0, "2021": 42.0})
    first = release(FIRST, 2020)
    shutil.rmtree(folder_of(first.public_id))
    second = release(SECOND, 2021)
    row = change(second)
    assert second.previous == first
    assert row.total == pytest.approx(12.0)
    assert (row.data_revision, row.real_change, row.method_change) == (None,) * 3


def test_the_first_release_has_no_changes(definition):
    assert not release(FIRST, 2020).changes.exists()


@pytest.mark.parametrize(
    ("before", "steps", "after", "expected"),
    [
        ({}, ({}, {}), {"k": 1.0}, (None, None, None, None)),
        ({"k": 1.0}, None, {"k": 4.0}, (3.0, None, None, None)),
        ({"k": 1.0}, ({"k": 2.0}, {}), {"k": 4.0}, (3.0, None, None, None)),
        ({"k": 1.0}, ({"k": 2.0}, {"k": 7.0}), {"k": 4.0}, (3.0, 1.0, 5.0, -3.0)),
    ],
)
def test_parts_are_told_only_where_every_step_has_a_score(before, steps, after, expected):
    def keyed(scores):
        return {("lund", node): score for node, score in scores.items()}

    parts = parts_of(
        ("lund", "k"),
        keyed(before),
        None if steps is None else (keyed(steps[0]), keyed(steps[1])),
        keyed(after),
    )
    assert tuple(parts.values()) == expected
