"""Few people are not found by subtraction, within a table or from one that was shown before."""

from __future__ import annotations

from typing import Any

import pytest

from alliance.core.errors import InvalidData
from alliance.equity.models import AreaSet
from alliance.equity.services import figures
from alliance.equity.services.areas import end_areas
from tests.factories.equity import bring, make_areas
from tests.factories.knowledge import lay_ground
from tests.factories.people import NOW, acting, join, person, team

pytestmark = pytest.mark.django_db
PEOPLE = {
    "Population": [1_000] * 25,
    "Low": [5] + [200] * 24,
    "Middle": [12] + [300] * 24,
    "High": [983] + [500] * 24,
}


@pytest.fixture
def ula() -> Any:
    lay_ground()
    user = person("Ula Umea")
    join(user, team("umea"))
    return acting(user)


@pytest.fixture
def areas(ula) -> AreaSet:
    made = make_areas(team("umea"), ula)
    return bring(made, ula, figures.PEOPLE, PEOPLE, trait="income")


def with_first(**counts: Any) -> dict[str, list[Any]]:
    """The table with other counts in the first area."""
    return PEOPLE | {name: [value, *PEOPLE[name][1:]] for name, value in counts.items()}


def faults_of(areas: AreaSet, ula: Any, table: dict[str, list[Any]]) -> dict[str, str]:
    """Where a table is refused, with the code of each place; nothing of it is kept."""
    before = {one.code: one.values for one in areas.groups.all()}
    with pytest.raises(InvalidData) as refused:
        bring(areas, ula, figures.PEOPLE, table, trait="income")
    assert {one.code: one.values for one in areas.groups.all()} == before
    return {str(fault.where): fault.code for fault in refused.value.faults}


def test_the_same_table_and_large_changes_are_taken(areas, ula) -> None:
    assert all(0 in areas.groups.get(code=code).hidden for code in ("low", "middle"))
    bring(areas, ula, figures.PEOPLE, PEOPLE, trait="income")
    later = PEOPLE | {"Low": [5] + [250] * 24, "Middle": [12] + [250] * 24}
    bring(areas, ula, figures.PEOPLE, later, trait="income")
    assert areas.groups.get(code="low").values[1] == 250


def test_a_count_that_differs_by_few_people_is_refused(areas, ula) -> None:
    later = PEOPLE | {"Low": [5] + [200] * 23 + [204], "Middle": [12] + [300] * 23 + [296]}
    said = faults_of(areas, ula, later)
    assert said == {
        "area A24, column Low": "figures-differ-little",
        "area A24, column Middle": "figures-differ-little",
    }


def test_a_column_with_another_name_is_compared_with_what_it_was_called(areas, ula) -> None:
    fewer = [5] + [200] * 23 + [204]
    said = faults_of(areas, ula, {"Poor": fewer})
    assert said["area A24, column Poor"] == "figures-differ-little"
    all_off = [5] + [count + 3 for count in PEOPLE["Low"][1:]]
    said = faults_of(areas, ula, {"Poor": all_off})
    assert sum(code == "figures-differ-little" for code in said.values()) >= 23
    # Everybody is everybody, and stands once.
    everybody = {"Total": [1_000] * 23 + [1_004, 1_000], **{n: PEOPLE[n] for n in ("Low", "High")}}
    assert "area A23, column Total" in faults_of(areas, ula, everybody)
    bring(areas, ula, figures.PEOPLE, {"Total": PEOPLE["Population"]}, trait="income")
    assert areas.groups.get(is_everyone=True).name == "Total"


def test_a_column_of_the_same_name_that_counts_others_is_taken(areas, ula) -> None:
    """Middle-aged people are no middle incomes, also where few more of them live in an area."""
    middle = {"Middle": [150] * 12 + [303] + [150] * 12}
    bring(areas, ula, figures.PEOPLE, middle, trait="age")
    assert areas.groups.filter(code="middle").count() == 2
    # The same people in a table of another trait are the same people.
    with pytest.raises(InvalidData, match="differs by 4"):
        bring(areas, ula, figures.PEOPLE, {"Low": [5] + [200] * 23 + [204]}, trait="means")


def test_an_area_with_another_code_is_known_by_where_it_lies(areas, ula) -> None:
    for number, area in enumerate(areas.areas.all()):
        areas.areas.filter(pk=area.pk).update(latitude=63.8 + number / 100, longitude=20.2)
    again = make_areas(team("umea"), ula, name="Areas with new codes")
    for number, area in enumerate(again.areas.all()):
        place = {"latitude": 63.8 + number / 100, "longitude": 20.2}
        again.areas.filter(pk=area.pk).update(code=f"X{number:02d}", **place)
    later = PEOPLE | {"Low": [5] + [200] * 23 + [203]}
    with pytest.raises(InvalidData, match="X24, column Low"):
        bring(again, ula, figures.PEOPLE, later, trait="income")


def test_what_was_hidden_is_not_opened_by_a_later_table(areas, ula) -> None:
    """Low is not known now, and 1,000 − 983 − 12 people are those who were hidden."""
    said = faults_of(areas, ula, with_first(Population="", Low=""))
    assert said == {"area A00, column Middle": "figures-opened"}


def test_a_count_left_out_is_not_what_the_others_leave(areas, ula) -> None:
    said = faults_of(areas, ula, with_first(Low=""))
    assert said["area A00, column Low"] == "figures-left-over"


def test_closed_areas_of_the_city_count_too(areas, ula) -> None:
    end_areas(areas, actor=ula, at=NOW)
    again = make_areas(team("umea"), ula)
    later = PEOPLE | {"Low": [5] + [200] * 23 + [203], "Middle": [12] + [300] * 23 + [303]}
    with pytest.raises(InvalidData) as refused:
        bring(again, ula, figures.PEOPLE, later, trait="income")
    assert {fault.code for fault in refused.value.faults} == {"figures-differ-little"}
    bring(again, ula, figures.PEOPLE, PEOPLE, trait="income")


def test_a_table_that_was_replaced_since_counts_too(areas, ula) -> None:
    later = PEOPLE | {"Low": [5] + [250] * 24, "Middle": [12] + [250] * 24}
    for _again in range(2):
        bring(areas, ula, figures.PEOPLE, later, trait="income")
    # Three people more than in the first table, which nobody sees any more.
    back = PEOPLE | {"Low": [5] + [200] * 23 + [203], "Middle": [12] + [300] * 23 + [303]}
    said = faults_of(areas, ula, back)
    assert "figures-differ-little" in said.values()
