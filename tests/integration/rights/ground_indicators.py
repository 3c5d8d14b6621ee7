"""Indicators to try rights on: one with figures, a release, a file and a question on their way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cached_property

from alliance.accounts.models import User
from alliance.indicators.importing.options import Options
from alliance.indicators.models import FigureFile, Indicator, PublisherReading, Release, Target
from alliance.indicators.services.uploads import upload
from alliance.network.models import City, Organisation
from tests.factories.indicators import make_definition, make_release
from tests.factories.indicators import record as record_figures
from tests.factories.people import acting


class IndicatorGround:
    """The part of `Ground` in which Lund has figures."""

    at: dt.datetime
    own: Organisation
    people: dict[str, User]

    @property
    def indicator_objects(self) -> Mapping[tuple[str, str], Callable[[], object]]:
        """By the last word before it in an address, and its name there."""
        return {
            ("indicators", "public_id"): lambda: self._indicator.public_id,
            ("indicators", "id"): lambda: self._indicator.public_id,
            ("define", "key"): lambda: self._indicator.definitions.get().key,
            ("releases", "id"): lambda: self._release.public_id,
            ("releases", "public_id"): lambda: self._release.public_id,
            ("figures", "format"): lambda: "csv",
            ("catalogue", "format"): lambda: "ttl",
            ("cities", "indicator_id"): lambda: self._indicator.public_id,
            ("files", "public_id"): lambda: self._figure_file.public_id,
            ("read", "public_id"): lambda: self._reading.public_id,
            ("targets", "target"): lambda: self._target.pk,
        }

    @cached_property
    def _reading(self) -> PublisherReading:
        return PublisherReading.objects.create(
            publisher="kolada", query={"dataset": "N1"}, asked_by_label="test", at=self.at
        )

    @cached_property
    def _target(self) -> Target:
        return Target.objects.create(
            indicator=self._indicator, value=50.0, year=2030, basis="A plan.", recorded_at=self.at
        )

    @cached_property
    def _release(self) -> Release:
        return make_release(at=self.at)

    @cached_property
    def _figure_file(self) -> FigureFile:
        return upload(
            f"city,indicator,period,value\nlund,{self._indicator.code},2024,1\n".encode(),
            "figures.csv",
            Options(source_title="Lund", boundary="municipality"),
            organisation=self.own,
            actor=acting(self.people["editor"], at=self.at),
            at=self.at,
        )

    @cached_property
    def _indicator(self) -> Indicator:
        definition = make_definition(at=self.at)
        lund = City.objects.get(public_id="lund")
        record_figures(lund, definition, {"2020": 40.0, "2021": 41.0}, at=self.at)
        return definition.indicator
