"""The areas of Lund, to try rights on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cached_property

from alliance.accounts.models import User
from alliance.equity.models import AreaSet
from alliance.network.models import Organisation
from tests.factories.equity import make_areas
from tests.factories.people import acting


class EquityGround:
    """The part of `Ground` in which Lund shows who carries what."""

    at: dt.datetime
    own: Organisation
    people: dict[str, User]

    @property
    def equity_queries(self) -> Mapping[str, str]:
        """What addresses need besides their path."""
        return {"equity:bring-areas": f"?team={self.own.public_id}"}

    @property
    def equity_objects(self) -> Mapping[tuple[str, str], Callable[[], object]]:
        """By the last word before it in an address, and its name there."""
        return {("areas", "public_id"): lambda: self._areas.public_id}

    @cached_property
    def _areas(self) -> AreaSet:
        return make_areas(self.own, acting(self.people["editor"]), at=self.at)
