"""Questions of Lund to universities, to try rights on: just asked, worded, agreed, answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from alliance.accounts.models import User
from alliance.network.models import Organisation
from alliance.research.models import Collaboration, ResearchAnswer, Researcher, ResearchQuestion
from alliance.research.services import working
from tests.factories.people import acting
from tests.factories.research import make_question, offer, send, university, word

#: What is for a question that is worded, agreed on, or whose answer waits, by the key in the table.
WORDED = frozenset({"research:take-on", "research:ask-one", "research:say-no"})
AGREED = frozenset({"research:answer", "research:reply", "research:step-done"})
ANSWERED = frozenset({"research:accept", "research:missing"})


class ResearchGround:
    """The part of `Ground` in which Lund asks; the moderator happens to be a researcher."""

    at: dt.datetime
    own: Organisation
    people: dict[str, User]

    @property
    def research_posts(self) -> Mapping[str, Mapping[str, Any]]:
        """What is sent where an empty body would say nothing of rights."""
        return {"research:ask-one": {"researcher": self._researcher.public_id}}

    def special_research_objects(self, key: str) -> Mapping[tuple[str, str], Callable[[], object]]:
        """For the address of that key the question that fits it."""
        if not key.startswith(("research:", "/api/v1/research-questions")):
            return {}
        question = self._research_asked
        if key in WORDED:
            question = self._research_work.question
        elif key in AGREED:
            question = self._research_agreed.question
        elif key in ANSWERED:
            question = self._research_answered.question
        return {
            ("questions", "public_id"): lambda: question.public_id,
            ("research-questions", "id"): lambda: question.public_id,
            ("people", "public_id"): lambda: self._researcher.public_id,
        }

    @property
    def research_objects(self) -> Mapping[tuple[str, str], Callable[[], object]]:
        """What stands in addresses of this room alone."""
        return {
            ("work", "work_id"): lambda: self._research_agreed.public_id,
            ("steps", "number"): lambda: 1,
            ("answers", "public_id"): lambda: self._research_accepted.public_id,
        }

    def prepare_research(self) -> None:
        """Make them now: what is made within a try is taken back with it."""
        assert self._research_asked.pk and self._research_work.pk
        assert self._research_accepted.pk
        assert self._research_agreed.pk and self._research_answered.pk

    @cached_property
    def _researcher(self) -> Researcher:
        return Researcher.objects.create(
            user=self.people["moderator"],
            organisation=university(),
            about="Noise.",
            language="en",
            themes=["mobility"],
            languages=["en"],
            agreed_at=self.at,
            changed_at=self.at,
        )

    @cached_property
    def _research_asked(self) -> ResearchQuestion:
        return self._ask_research("Asked")

    def _ask_research(self, title: str) -> ResearchQuestion:
        return make_question(self.own, acting(self.people["editor"]), at=self.at, title=title)

    def _offer_research(self, title: str) -> Collaboration:
        assert self._researcher.pk
        question = word(self._ask_research(title), acting(self.people["secretariat"]), at=self.at)
        return offer(question, acting(self.people["moderator"]), at=self.at)

    def _take_up_research(self, title: str) -> Collaboration:
        work = self._offer_research(title)
        by = acting(self.people["editor"])
        return working.reply(work.question, work.public_id, agrees=True, actor=by, at=self.at)

    @cached_property
    def _research_work(self) -> Collaboration:
        return self._offer_research("Offered")

    @cached_property
    def _research_agreed(self) -> Collaboration:
        return self._take_up_research("Agreed")

    @cached_property
    def _research_answered(self) -> Collaboration:
        work = self._take_up_research("Answered")
        send(work.question, acting(self.people["moderator"]), at=self.at)
        return work

    @cached_property
    def _research_accepted(self) -> ResearchAnswer:
        work = self._take_up_research("Accepted")
        send(work.question, acting(self.people["moderator"]), at=self.at)
        return working.accept(work.question, actor=acting(self.people["editor"]), at=self.at)
