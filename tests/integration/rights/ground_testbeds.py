"""A testbed of Lund with a slot that Umeå asked for, to try rights on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from alliance.accounts.models import User
from alliance.network.models import Organisation
from alliance.testbeds.models import Booking, Testbed
from tests.factories.people import acting
from tests.factories.testbeds import ask, make_testbed

TESTBED = {
    "title": "A square", "text": "Even ground.", "language": "en", "kind": "street",
    "place": "The square", "owner": "Lund",
}  # fmt: skip


class TestbedGround:
    """The part of `Ground` in which Umeå tries something in Lund."""

    at: dt.datetime
    own: Organisation
    foreign: Organisation
    people: dict[str, User]

    @property
    def testbed_queries(self) -> Mapping[str, str]:
        """What addresses need besides their path."""
        return {
            "testbeds:testbed-new": f"?team={self.own.public_id}",
            "testbeds:booking-new": f"?team={self.foreign.public_id}",
        }

    @property
    def testbed_posts(self) -> Mapping[str, Mapping[str, Any]]:
        """What is sent where an empty body would say nothing of rights."""
        day = (self.at + dt.timedelta(days=90)).date().isoformat()
        slot = {"title": "Ice", "language": "en", "starts_on": day, "ends_on": day}
        return {
            "testbeds:booking-answer": {"state": "declined", "reason": "No room."},
            "/api/v1/testbeds": {**TESTBED, "team": self.own.public_id},
            "/api/v1/testbeds/{id}": TESTBED,
            "/api/v1/testbeds/{id}/state": {"state": "closed", "reason": "Ice."},
            "/api/v1/testbeds/{id}/bookings": {**slot, "team": self.foreign.public_id},
            "/api/v1/testbeds/{id}/bookings/{booking_id}/answer": {"state": "accepted"},
            "/api/v1/testbeds/{id}/bookings/{booking_id}/pilot": {"pilot": ""},
        }

    @property
    def testbed_objects(self) -> Mapping[tuple[str, str], Callable[[], object]]:
        """By the last word before it in an address, and its name there."""
        return {
            ("testbeds", "public_id"): lambda: self._testbed.public_id,
            ("testbeds", "id"): lambda: self._testbed.public_id,
            ("bookings", "booking_id"): lambda: self._booking.public_id,
        }

    @cached_property
    def _testbed(self) -> Testbed:
        return make_testbed(self.own, acting(self.people["editor"]), at=self.at)

    @cached_property
    def _booking(self) -> Booking:
        actor = acting(self.people["foreign-editor"])
        return ask(self._testbed, self.foreign, actor, at=self.at)
