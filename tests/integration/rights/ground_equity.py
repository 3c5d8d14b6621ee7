"""The areas of Lund, to try rights on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cached_property

from alliance.accounts.models import User
from alliance.core.audit import VISITOR, Actor
from alliance.equity.models import AreaSet, Claim, DistributionCheck
from alliance.equity.services.checks import hear
from alliance.equity.services.claims import contest
from alliance.network.models import Organisation
from tests.factories.equity import a_testimony, complete, make_areas, make_check
from tests.factories.people import acting


class EquityGround:
    """The part of `Ground` in which Lund shows who carries what."""

    at: dt.datetime
    own: Organisation
    people: dict[str, User]

    @property
    def equity_queries(self) -> Mapping[str, str]:
        """What addresses need besides their path."""
        team = f"?team={self.own.public_id}"
        return {"equity:bring-areas": team, "equity:check-new": team}

    @property
    def equity_objects(self) -> Mapping[tuple[str, str], Callable[[], object]]:
        """By the last word before it in an address, and its name there."""
        return {
            ("areas", "public_id"): lambda: self._areas.public_id,
            ("checks", "public_id"): lambda: self._check.public_id,
            ("heard", "testimony_id"): lambda: self._check.heard.get().public_id,
            ("challenges", "post_id"): lambda: self._claim.public_id,
            ("challenges", "claim_id"): lambda: self._area_claim.public_id,
        }

    @cached_property
    def _areas(self) -> AreaSet:
        return make_areas(self.own, acting(self.people["editor"]), at=self.at)

    @property
    def _by(self) -> Actor:
        return acting(self.people["editor"])

    @cached_property
    def _check(self) -> DistributionCheck:
        made = complete(make_check(self.own, self._by, at=self.at), self._by, at=self.at)
        today = self.at.date()
        days = {"heard_on": today, "consented_on": today}
        heard = a_testimony(**days, keep_until=today + dt.timedelta(days=400))
        return hear(made, heard, actor=self._by, at=self.at)

    @cached_property
    def _claim(self) -> Claim:
        said = {"text": "Too low.", "language": "en", "address": "", "actor": VISITOR}
        return contest(self._check, **said, at=self.at)

    @cached_property
    def _area_claim(self) -> Claim:
        said = {"text": "Too low.", "language": "en", "address": "", "actor": VISITOR}
        return contest(self._areas, about="Area 1: rank 3", **said, at=self.at)
