"""The digest of an edition changes with anything that is printed, and with nothing else."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import override_settings

from alliance.cases.enums import CaseStatus
from alliance.cases.models import CaseStudy, Measure, Solution
from alliance.cases.records import SolutionRecord, SolutionTextRecord
from alliance.core.audit import COMMAND_LINE
from alliance.network.models import City
from alliance.reports.selectors.editions import Edition, edition_of, record_for
from alliance.writing.services import save_solution
from tests.factories.knowledge import NOW, effect, lay_ground, make_case, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ground(db: None) -> None:
    lay_ground()
    make_case()
    make_case("Umeå")


def edition(kind: str = "case", public_id: str = "lund", language: str = "en") -> Edition:
    return edition_of(None, kind, record_for(None, kind, public_id), language)


def own_text() -> None:
    make_case(texts=(text(summary="Drivers pay by the day."),))


def sibling_outcome() -> None:
    make_case("Umeå", outcome="did-not-work", reasons=("stopped",))


def sibling_withdrawn() -> None:
    CaseStudy.objects.filter(public_id="umea").update(status=CaseStatus.WITHDRAWN)


def inhabitants() -> None:
    City.objects.filter(public_id="lund").update(population=90_000)


def name_of_a_measure() -> None:
    Measure.objects.filter(slug="traffic-volume").update(name="traffic over the cordon")


def name_of_the_solution() -> None:
    texts = (SolutionTextRecord("en", "Congestion charging"),)
    save_solution(SolutionRecord("road-pricing", "approach", texts), actor=COMMAND_LINE, at=NOW)


def grade() -> None:
    Solution.objects.update(evidence_points=5)


@pytest.mark.parametrize(
    "change",
    [
        own_text,
        sibling_outcome,
        sibling_withdrawn,
        inhabitants,
        name_of_a_measure,
        name_of_the_solution,
        grade,
    ],
)
@pytest.mark.parametrize("kind", ["case", "solution"])
def test_a_change_of_what_is_printed_is_a_new_edition(kind, change):
    public_id = "lund" if kind == "case" else "road-pricing"
    before = edition(kind, public_id)
    assert edition(kind, public_id) == before
    change()
    assert edition(kind, public_id).digest != before.digest


def test_another_solution_changes_nothing():
    before = edition()
    other = SolutionRecord("bike-lanes", "approach", (SolutionTextRecord("en", "Bike lanes"),))
    save_solution(other, actor=COMMAND_LINE, at=NOW)
    make_case("Ystad", solution="bike-lanes", effects=(effect(-1.0),))
    assert edition() == before


def test_languages_kinds_and_records_have_editions_of_their_own():
    found = {
        edition(kind, public_id, language).digest
        for kind, public_id in (("case", "lund"), ("case", "umea"), ("solution", "road-pricing"))
        for language in ("en", "fr", "sv")
    }
    assert len(found) == 9


def test_settings_that_are_printed_belong_to_the_edition():
    before = edition().digest
    with override_settings(BASE_URL="https://other.example"):
        assert edition().digest != before
    with override_settings(TARGET_PRICE_YEAR=2010):
        assert edition().digest != before


def test_an_edition_is_dated_by_its_newest_version():
    assert edition().at == NOW
    later = NOW + dt.timedelta(days=3)
    CaseStudy.objects.get(public_id="umea").versions.update(at=later)
    assert edition().at == later


def test_it_takes_five_queries(django_assert_max_num_queries):
    record = record_for(None, "case", "lund")
    with django_assert_max_num_queries(5):
        edition_of(None, "case", record, "en")


def test_there_is_no_third_kind():
    with pytest.raises(ValueError, match="no briefs of the kind 'city'"):
        record_for(None, "city", "lund")
