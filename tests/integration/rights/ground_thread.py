"""A step and a link of Lund to try rights on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from alliance.accounts.models import User
from alliance.adoption.models import Link, Step
from alliance.adoption.services import links as services
from alliance.adoption.services.links import StepData
from alliance.network.models import Need, Organisation
from alliance.thread.services import state_link
from tests.factories.people import acting

STEP = {"kind": "decision", "title": "Quieter", "language": "en", "date": "2025-05-01"}
REASON = {"reason": "It follows.", "language": "en"}


class ThreadGround:
    """The part of `Ground` in which Lund says what hangs together."""

    at: dt.datetime
    own: Organisation
    people: dict[str, User]
    _need: Need

    @property
    def thread_queries(self) -> Mapping[str, str]:
        """What addresses need besides their path."""
        team = self.own.public_id
        return {
            "thread:step-new": f"?team={team}&kind=workshop",
            "thread:link-new": f"?team={team}&kind=need&id={self._need.public_id}",
        }

    @property
    def thread_posts(self) -> Mapping[str, Mapping[str, Any]]:
        """What is sent where an empty body would say nothing of rights."""
        need = {"kind": "need", "id": self._need.public_id}
        ends = {"here": need, "there": {"kind": "solution", "id": "road-pricing"}}
        return {
            "/api/v1/thread/steps": {**STEP, "team": self.own.public_id},
            "/api/v1/thread/steps/{id}": STEP,
            "/api/v1/thread/links": {**REASON, **ends, "team": self.own.public_id},
            "/api/v1/thread/links/{id}": REASON,
        }

    @property
    def thread_objects(self) -> Mapping[tuple[str, str], Callable[[], object]]:
        """A thing of Lund's team, by the word before it in an address and its name there."""
        return {
            ("thread", "kind"): lambda: "need",
            ("thread", "public_id"): lambda: self._need.public_id,
            ("thread", "id"): lambda: self._need.public_id,
            ("steps", "public_id"): lambda: self._step.public_id,
            ("steps", "id"): lambda: self._step.public_id,
            ("links", "public_id"): lambda: self._link.public_id,
            ("links", "id"): lambda: self._link.public_id,
        }

    @cached_property
    def _step(self) -> Step:
        words = StepData("decision", "Quieter", "", "en", dt.date(2025, 5, 1))
        editor = acting(self.people["editor"])
        return services.record_step(self.own, words, actor=editor, at=self.at)

    @cached_property
    def _link(self) -> Link:
        return state_link(
            self.own,
            ("decision", self._step.public_id),
            ("need", self._need.public_id),
            **REASON,
            actor=acting(self.people["editor"]),
            at=self.at,
        )
