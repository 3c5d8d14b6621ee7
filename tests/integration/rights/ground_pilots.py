"""Pilots to try rights on: one with data and a result, and one that is being planned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from alliance.accounts.models import User
from alliance.network.models import Organisation
from alliance.testbeds.models import Pilot
from tests.factories.knowledge import CITED
from tests.factories.people import acting
from tests.factories.pilots import drawn, evaluate, plan_content, planned, registered, send

#: Operations that take a file, by their key in the table.
UPLOADS = frozenset(
    f"/api/v1/pilots/{{id}}/{end}" for end in ("places/{city_id}/data", "power", "before")
)
#: What is for a pilot that is not frozen yet, by the key in the table.
PLANNING = frozenset(
    {
        *(f"testbeds:pilot-{page}" for page in ("before", "check", "details", "drop")),
        "/api/v1/pilots/{id}/before",
        "/api/v1/pilots/{id}/freeze",
        "/api/v1/pilots/{id}/drop",
        "/api/v1/pilots/{id}/power",
        "/api/v1/pilots/{id}/plan",
    }
)


class PilotGround:
    """The part of `Ground` in which Lund tries something."""

    at: dt.datetime
    own: Organisation
    people: dict[str, User]

    @property
    def pilot_objects(self) -> Mapping[tuple[str, str], Callable[[], object]]:
        """By the last word before it in an address, and its name there."""
        return {
            ("pilots", "public_id"): lambda: self._pilot.public_id,
            ("pilots", "id"): lambda: self._pilot.public_id,
            ("notes", "kind"): lambda: "note",
            ("data", "data_id"): lambda: self._pilot.measurements.get().public_id,
            ("results", "result_id"): lambda: self._pilot.evaluations.get().public_id,
            ("protocols", "number"): lambda: 1,
            ("places", "city_id"): lambda: "lund",
        }

    @property
    def pilot_posts(self) -> Mapping[str, Mapping[str, Any]]:
        """What is sent where an empty body would say nothing of rights."""
        plan = plan_content()
        team = self.own.public_id
        return {
            "/api/v1/pilots": {"team": team, "language": "en", "plan": plan},
            "/api/v1/pilots/{id}/deviations": {
                "plan": plan | {"smallest_useful": 3.0},
                "reason": "Costs rose.",
            },
            "/api/v1/pilots/{id}/stop": {"reason": "No heat."},
            "/api/v1/pilots/{id}/notes": {"kind": "note", "text": "It began."},
            "/api/v1/pilots/{id}/explorations": {
                "city": "lund",
                "changes": {"design": "before-after"},
            },
            "/api/v1/pilots/{id}/plan": {"plan": plan},
        }

    def special_pilot_objects(self, key: str) -> Mapping[tuple[str, str], Callable[[], object]]:
        """For the address of that key another pilot: a plan to freeze, or one to stop."""
        if key in PLANNING:
            return {
                ("pilots", "public_id"): lambda: self._planned.public_id,
                ("pilots", "id"): lambda: self._planned.public_id,
            }
        if key == "testbeds:pilot-lots":
            return {("pilots", "public_id"): lambda: self._drawn.public_id}
        if key == "/api/v1/pilots/{id}/stop":
            return {("pilots", "id"): lambda: self._running.public_id}
        return {}

    def prepare_pilots(self) -> None:
        """Make them now: what is made within a try is taken back with it."""
        assert self._planned.pk and self._running.pk and self._drawn.pk

    @cached_property
    def _running(self) -> Pilot:
        return registered(acting(self.people["editor"]), at=self.at, title="Running")

    @cached_property
    def _pilot(self) -> Pilot:
        actor = acting(self.people["editor"])
        pilot = registered(actor, at=self.at - dt.timedelta(days=1), known=f"See {CITED}.")
        send(pilot, actor, at=self.at)
        evaluate(pilot, actor, at=self.at)
        return Pilot.objects.get(pk=pilot.pk)

    @cached_property
    def _drawn(self) -> Pilot:
        return drawn(acting(self.people["editor"]), at=self.at, title="With lots")

    @cached_property
    def _planned(self) -> Pilot:
        return planned(acting(self.people["editor"]), at=self.at, title="Being planned")
