"""Figures that count few people of a group are hidden on pages, in the API and in downloads."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from alliance.indicators.exports.rows import FigureQuery, figure_rows
from alliance.indicators.models import Indicator, Observation
from alliance.indicators.privacy import hidden_figures
from alliance.indicators.recording.figures import ObservationRecord, columns_of
from alliance.indicators.recording.recording import plan_figures
from alliance.indicators.selectors.time_series import lines_of_city, lines_of_definitions
from tests.factories.indicators import NOW, make_city, make_definition, record

pytestmark = pytest.mark.django_db


@pytest.fixture
def fined():
    """People fined in a city: 3 women, 40 men, and by age."""
    city = make_city("lund")
    count = make_definition(
        "FINED", "SE_FINED", scale="count", unit="", unit_label="people", valid_max=None
    )
    record(city, count, {"2021": 43.0})
    for sex, value in (("F", 3.0), ("M", 40.0)):
        record(city, count, {"2021": value}, sex=sex)
    for age, value in (("Y_LT65", 43.0), ("Y_GE65", 0.0)):
        record(city, count, {"2021": value}, age=age)
    return count


def _given_out() -> dict[tuple[str, str], tuple[float | None, str]]:
    rows = figure_rows(FigureQuery(read_at=NOW + dt.timedelta(days=1)))
    return {(row.sex, row.age): (row.value, row.status) for row in rows}


def test_a_small_count_goes_with_the_one_that_gives_it_away(fined):
    assert _given_out() == {
        ("_T", "_T"): (43.0, "A"),
        ("F", "_T"): (None, "Q"),
        ("M", "_T"): (None, "Q"),
        ("_T", "Y_LT65"): (43.0, "A"),
        ("_T", "Y_GE65"): (0.0, "A"),
    }


def test_page_and_api_hide_the_same(fined):
    answer = Client().get("/api/v1/indicators/fined/figures").json()
    assert sorted(str(one["value"]) for one in answer["items"]) == [
        "0.0", "43.0", "43.0", "None", "None",
    ]  # fmt: skip
    page = Client().get("/en/indicators/fined/").content.decode()
    assert page.count("hidden: too few people") == 2


def test_a_higher_floor_hides_more_and_a_share_nothing(fined, settings):
    settings.PRIVACY_FLOOR = 44
    assert [key for key, (value, _) in _given_out().items() if value is None] == [
        ("_T", "_T"), ("F", "_T"), ("M", "_T"), ("_T", "Y_LT65"),
    ]  # fmt: skip
    share = make_definition("SHARE", "SE_SHARE", scale="share")
    record(make_city("umea", name="Umeå"), share, {"2021": 4.0}, sex="F")
    assert not hidden_figures(None, [share.pk])


@pytest.mark.parametrize(
    ("women", "men", "shown"),
    [(3.0, 2.0, []), (8.0, 0.0, [0.0]), (1.0, 0.0, [0.0]), (2.0, 10.0, [12.0])],
)
def test_the_figure_of_everybody_goes_where_it_would_give_few_away(women, men, shown):
    city, count = make_city("lund"), make_definition("FINED", "SE_FINED", scale="count")
    record(city, count, {"2021": women + men})
    record(city, count, {"2021": women}, sex="F")
    record(city, count, {"2021": men}, sex="M")
    assert sorted(value for value, _ in _given_out().values() if value is not None) == shown
    drawn = [
        point.value
        for lines in (lines_of_city(city, None), lines_of_definitions([count.pk], None))
        for line in lines
        for point in line.points
    ]
    assert drawn == [12.0, 12.0] * (12.0 in shown)


def test_a_small_count_of_everybody_alone_is_shown():
    record(make_city("lund"), make_definition("TRAMS", "SE_TRAMS", scale="count"), {"2021": 4.0})
    assert _given_out() == {("_T", "_T"): (4.0, "A")}


def test_what_is_hidden_now_is_hidden_as_it_was_known_before(fined):
    """Else the total of today less the men of yesterday are the women of today."""
    city = Observation.objects.first().series.city
    record(city, fined, {"2022": 72.0})
    for sex, value in (("F", 32.0), ("M", 40.0)):
        record(city, fined, {"2022": value}, sex=sex)
    later = NOW + dt.timedelta(days=2)
    record(city, fined, {"2022": 42.0}, at=later, reason="recount")
    record(city, fined, {"2022": 2.0}, sex="F", at=later, reason="recount")
    before = FigureQuery(read_at=later + dt.timedelta(days=1), moment=NOW + dt.timedelta(days=1))
    assert {
        row.sex: row.value for row in figure_rows(before) if row.period == "2022"
    } == {"_T": 72.0, "F": None, "M": None}  # fmt: skip


def test_what_was_hidden_comes_back_and_revises_nothing(fined):
    women = Observation.objects.select_related("series").get(series__sex="F")

    def read(value, status):
        return plan_figures(columns_of([ObservationRecord(
            city=women.series.city_id, definition=fined.pk, period="2021", value=value,
            status=status, boundary="municipality", sex="F",
        )]))  # fmt: skip

    back = read(None, "Q")
    assert (len(back.added), len(back.revised), back.unchanged) == (0, 0, 1)
    assert len(read(5.0, "A").revised) == 1


def test_corrections_of_such_counts_are_not_listed(fined):
    city = Observation.objects.first().series.city
    later = NOW + dt.timedelta(days=2)
    record(city, fined, {"2021": 4.0}, sex="F", at=later, reason="recount")
    record(city, fined, {"2021": 44.0}, at=later, reason="recount")
    listed = Client().get("/api/v1/revisions").json()["items"]
    assert [(one["old_value"], one["new_value"]) for one in listed] == [(43.0, 44.0)]
    # Without the men the total is as small as the women are few.
    record(city, fined, {"2021": 4.0}, at=later + dt.timedelta(days=1), reason="recount")
    record(city, fined, {"2021": 0.0}, sex="M", at=later + dt.timedelta(days=1), reason="recount")
    assert Client().get("/api/v1/revisions").json()["items"] == []


@pytest.mark.parametrize(("counts_trait", "value"), [(True, None), (False, 4.0)])
def test_a_small_total_is_hidden_where_everybody_counted_has_the_trait(counts_trait, value):
    ill = make_definition("ILL", "SE_ILL", scale="count", counts_trait=counts_trait)
    record(make_city("lund"), ill, {"2021": 4.0, "2022": 40.0})
    rows = figure_rows(FigureQuery(read_at=NOW + dt.timedelta(days=1)))
    assert {row.period: row.value for row in rows} == {"2021": value, "2022": 40.0}


def test_shares_of_small_groups_are_hidden_with_the_one_that_gives_them_away():
    city = make_city("lund")
    people = make_definition("PEOPLE", "SE_PEOPLE", scale="count", valid_max=None)
    share = make_definition("LOW_PAY", "SE_LOW_PAY", scale="share")
    Indicator.objects.filter(pk=share.indicator_id).update(denominator=people.indicator)
    record(city, people, {"2021": 400.0})
    record(city, share, {"2021": 20.0})
    for area, number, low_paid in (("A", 12.0, 25.0), ("B", 150.0, 20.0), ("C", 238.0, 21.0)):
        record(city, people, {"2021": number}, area=area)
        record(city, share, {"2021": low_paid}, area=area)
    hidden = hidden_figures(None, [share.pk])
    rows = Observation.objects.filter(pk__in=hidden).values_list("series__area", flat=True)
    # 3 of the 12 in A are low paid; A follows from B, C and all.
    assert sorted(rows) == ["A", "B"]
