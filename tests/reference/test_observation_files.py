"""The files of real observations: all of them are taken in, and their faults are told."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from alliance.core.audit import COMMAND_LINE
from alliance.core.errors import InvalidData
from alliance.indicators.enums import BatchKind
from alliance.indicators.importing.checking import check
from alliance.indicators.importing.options import Options
from alliance.indicators.importing.reading import read_path
from alliance.indicators.importing.taking import take_over
from alliance.indicators.models import CityCode, Observation
from alliance.indicators.services.catalogue_tables import (
    take_cities,
    take_city_codes,
    take_indicators,
)
from alliance.network.models import City
from tests.factories.indicators import NOW

# What it takes for files to be taken in is tried on small ones: tests/integration/indicators.
pytestmark = [pytest.mark.reference, pytest.mark.django_db, pytest.mark.slow, pytest.mark.all]

FLAGS = (
    "d=A derived from two read values, i=E derived with an interpolated population, "
    "r=A/B cut to a whole number by the source, x=U fails a sanity check"
)
SAID = Options(scheme="GEONAMES", source_title="see the file", flags=FLAGS)


@pytest.fixture(scope="module")
def cities(
    shared_data: Path, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """All cities and indicators; undone after the module."""
    run = {"actor": COMMAND_LINE, "at": NOW}
    with django_db_blocker.unblock(), transaction.atomic():
        assert take_cities(shared_data / "cities.csv", **run)["new cities"] == 6299
        assert take_indicators(shared_data / "indicators.csv", **run)["new indicators"] == 56
        yield
        transaction.set_rollback(True)


def test_every_file_is_taken_in_with_its_flags(shared_data: Path, cities: None):
    run = {"actor": COMMAND_LINE, "at": NOW}
    assert take_city_codes(shared_data / "city_codes.csv", **run)["new codes"] > 5000
    assert take_cities(shared_data / "cities.csv", **run)["new cities"] == 0
    files = sorted(shared_data.glob("obs_*.csv"))
    rows = {file.name: list(csv.DictReader(file.open(encoding="utf-8"))) for file in files}
    checked = [(check(read_path(file), SAID, today=NOW.date()), file.name, "") for file in files]
    batches = take_over(checked, **run, kind=BatchKind.COMMAND)
    assert [batch.added for batch in batches] == [len(some) for some in rows.values()]
    flags = Counter(row["flag"] for some in rows.values() for row in some)
    found = Observation.objects
    assert found.count() == sum(flags.values())
    assert found.filter(status="U", method="fails a sanity check").count() == flags["x"]
    assert found.filter(status="E").count() == flags["i"]
    assert found.filter(quality="B").count() == flags["r"]
    stockholm = CityCode.objects.get(scheme="SE_KOMMUN", code="0180").city
    assert City.objects.get(pk=stockholm.pk).population == 988_943
    again = take_over(checked, **run, kind=BatchKind.COMMAND)
    assert {(batch.added, batch.revised) for batch in again} == {(0, 0)}


def test_their_faults_are_told_where_nothing_is_said_of_flags_and_codes(
    shared_data: Path, cities: None
):
    table = read_path(shared_data / "obs_openghgmap_2018.csv")
    with pytest.raises(InvalidData) as caught:
        check(table, Options(source_title="OpenGHGMap"), today=NOW.date())
    told = {fault.where.split(", ")[-1] for fault in caught.value.faults}
    assert told == {"column flag"}
    assert len(caught.value.faults) == 47
