"""Challenges of Lund that Umeå answered, to try rights on: open, closed and decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from alliance.accounts.models import User
from alliance.network.models import Organisation
from alliance.testbeds.models import Answer
from tests.factories.challenges import ANSWER, decide, hand_in, make_challenge
from tests.factories.people import acting

#: What is for a challenge whose last day is over, by the key in the table.
CLOSED = frozenset({"testbeds:challenge-decide", "/api/v1/challenges/{id}/decision"})
#: What is for an answer that was chosen.
CHOSEN = frozenset({"testbeds:answer-pilot", "/api/v1/challenges/{id}/answers/{answer_id}/pilot"})
DECLARED = {"has_conflict": False, "declared_name": "Somebody"}


class ChallengeGround:
    """The part of `Ground` in which Lund asks and Umeå answers."""

    at: dt.datetime
    own: Organisation
    foreign: Organisation
    people: dict[str, User]

    @property
    def challenge_queries(self) -> Mapping[str, str]:
        """What addresses need besides their path."""
        return {
            "testbeds:challenge-new": f"?team={self.own.public_id}",
            "testbeds:answer-new": f"?team={self.foreign.public_id}",
        }

    @property
    def challenge_posts(self) -> Mapping[str, Mapping[str, Any]]:
        """What is sent where an empty body would say nothing of rights."""
        challenge = {
            "title": "Ice", "text": "Too much of it.", "language": "en", "criteria": ["Cost"],
            "opens_on": (self.at + dt.timedelta(days=2)).date().isoformat(),
            "closes_on": (self.at + dt.timedelta(days=9)).date().isoformat(),
        }  # fmt: skip
        answer = {"title": ANSWER.title, "text": ANSWER.text, "language": "en", **DECLARED}
        verdicts = {self._closed.public_id: {"is_chosen": True, "reason": "Good."}}
        one = "/api/v1/challenges/{id}/answers/{answer_id}"
        return {
            "/api/v1/challenges": {**challenge, "team": self.own.public_id},
            "/api/v1/challenges/{id}": challenge,
            "/api/v1/challenges/{id}/withdraw": {"reason": "No money."},
            "/api/v1/challenges/{id}/decision": {
                **DECLARED, "outcome": "One.", "answers": verdicts
            },
            "/api/v1/challenges/{id}/answers": {**answer, "team": self.foreign.public_id},
            one: answer,
            f"{one}/pilot": {"pilot": ""},
        }  # fmt: skip

    @property
    def challenge_objects(self) -> Mapping[tuple[str, str], Callable[[], object]]:
        """By the last word before it in an address, and its name there."""
        return self._objects(lambda: self._open)

    def special_challenge_objects(self, key: str) -> Mapping[tuple[str, str], Callable[[], object]]:
        """For the address of that key another challenge: one that is closed, or decided."""
        if key in CLOSED:
            return self._objects(lambda: self._closed)
        return self._objects(lambda: self._chosen) if key in CHOSEN else {}

    def _objects(
        self, answer: Callable[[], Answer]
    ) -> Mapping[tuple[str, str], Callable[[], object]]:
        return {
            ("challenges", "public_id"): lambda: answer().challenge.public_id,
            ("challenges", "id"): lambda: answer().challenge.public_id,
            ("answers", "answer_id"): lambda: answer().public_id,
        }

    def prepare_challenges(self) -> None:
        """Make them now: what is made within a try is taken back with it."""
        assert self._closed.pk and self._chosen.pk

    def _answered(self, title: str, at: dt.datetime) -> Answer:
        challenge = make_challenge(self.own, acting(self.people["editor"]), at=at, title=title)
        return hand_in(challenge, self.foreign, acting(self.people["foreign-editor"]), at=at)

    @cached_property
    def _open(self) -> Answer:
        return self._answered("Open", self.at)

    @cached_property
    def _closed(self) -> Answer:
        return self._answered("Closed", self.at - dt.timedelta(days=40))

    @cached_property
    def _chosen(self) -> Answer:
        answer = self._answered("Decided", self.at - dt.timedelta(days=40))
        decide(answer.challenge, acting(self.people["editor"]), answer, at=self.at)
        return answer
