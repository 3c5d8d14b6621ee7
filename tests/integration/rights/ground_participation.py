"""A process of Lund with a proposal, a hidden one and an objection, to try rights on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from alliance.accounts.models import User
from alliance.budgeting.models import Budget, Project
from alliance.campaigns.services import add_outcome
from alliance.cases.models import Method
from alliance.network.models import ModerationAct, Organisation
from alliance.participation.models import Contribution, Evaluation, Process, Promise
from alliance.participation.services import moderating
from alliance.participation.services.contributions import ContributionData, enter
from alliance.participation.services.issuing import issue
from alliance.plans.models import Paragraph
from alliance.plans.services.texts import set_text
from alliance.surveys.models import Ground as MapGround
from tests.factories.budgets import make_counted
from tests.factories.campaigns import DOING, after, list_of, make_campaign, measuring
from tests.factories.dialogues import make_two_sides
from tests.factories.participation import make_process
from tests.factories.people import acting
from tests.factories.surveys import OFTEN, QUESTIONS, SAFE, fill, make_survey

#: What is done before a process opens.
_BEFORE = frozenset(
    {
        "participation:open",
        "participation:drop",
        "participation:promise",
        "dialogues:take-over",
        "campaigns:measure",
        "campaigns:units",
        "campaigns:begin",
    }
)
#: Last words of addresses of the API that read a budget.
_OF_BUDGETS = frozenset({"budget", "projects", "count", "ballots.pb"})
#: Those that read other kinds of processes.
_OF_KINDS = {
    **dict.fromkeys(("questions", "answers", "map.geojson"), "_survey"),
    **dict.fromkeys(("text", "changes"), "_plan"),
    "campaign": "_campaign",
}
_DAY = "2030-01-15"


class ParticipationGround:
    """The part of `Ground` in which Lund asks its residents."""

    at: dt.datetime
    own: Organisation
    people: dict[str, User]

    @property
    def participation_queries(self) -> Mapping[str, str]:
        """What addresses need besides their path."""
        team = f"?team={self.own.public_id}"
        return {
            "participation:start": team,
            "participation:record": team,
            "campaigns:start": team,
            "surveys:crossed-file": f"?rows={OFTEN.key}&columns={SAFE.key}",
        }

    @property
    def participation_posts(self) -> Mapping[str, Mapping[str, Any]]:
        """What is sent where an empty body would say nothing of rights."""
        question = {"kind": "proposals", "title": "What now?", "language": "en"}
        return {
            "participation:start": question,
            "participation:ask": question,
            "participation:promise": {"decides_by": _DAY, "answers_by": _DAY},
            "participation:census": {"table": "sex,woman,5\nsex,man,5"},
            "participation:seeds": {"lines": "Trees.", "author": "official", "language": "en"},
            "dialogues:paper": {"channel": "paper", "language": "en", "texts-0-text": "Trees."},
            "plans:text": {"text": "One.\n\nTwo.", "note": "Shorter."},
            "plans:paragraph": {"text": "Longer.", "language": "en"},
            "plans:paper": {
                "channel": "paper",
                "language": "en",
                "texts-0-number": "1",
                "texts-0-text": "Longer.",
            },
            "surveys:paper": {"channel": "paper", "language": "en", OFTEN.field: "0"},
            "surveys:answer": {OFTEN.field: "0"},
            "surveys:questions": {"questions-0-text": "Why?", "questions-0-kind": "text"},
            "participation:evaluate": {"method": self._record.method.public_id},
            "participation:record": self._held,
            "participation:change-record": self._held,
            "participation:moderate": {"decision": "release"},
            "participation:enter": {
                "channel": "paper",
                "language": "en",
                "texts-0-title": "Trees",
                "texts-0-text": "More trees.",
            },
            "campaigns:start": vars(DOING),
            "campaigns:describe": vars(DOING),
            "campaigns:measure": {
                name: getattr(value, "isoformat", lambda value=value: value)()
                for name, value in vars(measuring(self.at)).items()
            },
            "campaigns:units": {"kind": "area", "chosen": "lots", "table": list_of().decode()},
            "campaigns:outcomes": {"table": after(self._campaign, -1).decode()},
            "network:appeal": {"reverse": "no", "reason": "It names a neighbour."},
        }

    def special_participation_objects(
        self, key: str
    ) -> Mapping[tuple[str, str], Callable[[], object]]:
        """A process that is being prepared, for what is done before; a dialogue, a survey; a
        campaign with its result; or a budget that is declared and counted, with its projects."""
        if key.startswith("budgeting:") or key.rpartition("/")[2] in _OF_BUDGETS:
            return {
                ("processes", "id"): lambda: self._budget.process.public_id,
                ("take-part", "public_id"): lambda: self._budget.process.public_id,
                ("proposals", "post_id"): lambda: self._project.proposal.public_id,  # type: ignore[union-attr]
            }
        if key.startswith("campaigns:"):
            made = self._campaign_before if key in _BEFORE else self._campaign
            return {
                (word, "public_id"): lambda: made.public_id for word in ("take-part", "campaigns")
            }
        made_of = _OF_KINDS.get(key.rpartition("/processes/{id}/")[2])
        if made_of:
            return {("processes", "id"): lambda: getattr(self, made_of).public_id}
        draft = {("take-part", "public_id"): lambda: self._prepared.public_id}
        dialogue = {("take-part", "public_id"): lambda: self._dialogue.public_id}
        survey = {("take-part", "public_id"): lambda: self._survey.public_id}
        if key in _BEFORE:
            return draft
        if key == "surveys:ground":
            # The map is chosen before it opens.
            return {("take-part", "public_id"): lambda: self._prepared_survey.public_id}
        if key.startswith("surveys:") or key == "participation:ground-file":
            return survey
        if key.startswith("plans:"):
            return {("take-part", "public_id"): lambda: self._plan.public_id}
        return dialogue if key.startswith("dialogues:") or key == "participation:seeds" else {}

    @property
    def participation_objects(self) -> Mapping[tuple[str, str], Callable[[], object]]:
        """By the last word before it in an address, and its name there."""
        return {
            ("take-part", "public_id"): lambda: self._process.public_id,
            # Statements and opinions are those of a dialogue.
            ("processes", "id"): lambda: self._dialogue.public_id,
            ("translate", "code"): lambda: "fr",
            ("records", "public_id"): lambda: self._record.public_id,
            ("campaigns", "public_id"): lambda: self._campaign.public_id,
            ("contributions", "id"): lambda: self._proposal.public_id,
            ("proposals", "post_id"): lambda: self._proposal.public_id,
            ("projects", "project_id"): lambda: self._project.public_id,
            ("paragraphs", "thread_id"): lambda: self._paragraph.thread.public_id,
            ("texts", "post_id"): lambda: self._proposal.public_id,
            ("waiting", "post_id"): lambda: self._proposal.public_id,
            ("answers", "number"): lambda: 0,
            ("promises", "promise_id"): lambda: self._promise.public_id,
            ("email", "token"): lambda: "none",
            ("objections", "public_id"): lambda: self._objection.public_id,
        }

    @cached_property
    def _process(self) -> Process:
        return make_process(self.own, kind="proposals", at=self.at)

    @cached_property
    def _dialogue(self) -> Process:
        process = make_process(self.own, at=self.at)
        make_two_sides(process, people=12, statements=2, at=self.at)
        issue(process, at=self.at)
        return process

    @cached_property
    def _survey(self) -> Process:
        process = make_survey(self.own, QUESTIONS, at=self.at)
        fill(process.survey_versions.get(), {OFTEN.key: 0, SAFE.key: 4}, 12, at=self.at)
        shape = {"type": "Polygon", "coordinates": [[[13, 55], [14, 55], [14, 56], [13, 55]]]}
        cell = {"code": "A1", "name": "A1", "shape": shape, "outline": "M0 0z"}
        MapGround.objects.create(process=process, km=1, width=1, height=1, cells=[cell])
        issue(process, at=self.at)
        return process

    @cached_property
    def _budget(self) -> Budget:
        process = make_process(self.own, kind="budget", at=self.at)
        budget = make_counted(process, at=self.at)
        Process.objects.filter(pk=process.pk).update(state="open", closed_at=None)
        return budget

    @cached_property
    def _project(self) -> Project:
        found = self._budget.projects.first()
        assert found is not None
        return found

    @property
    def _held(self) -> dict[str, Any]:
        method = self._record.method.public_id
        return {
            "method": method,
            "title": "Hearing",
            "language": "en",
            "ended_on": "2026-01-05",
            "people": "30",
        }

    @cached_property
    def _record(self) -> Evaluation:
        method = Method.objects.first() or Method.objects.create(
            public_id="hearing", cost_level="low", iap2_level="involve", mode="both"
        )
        return Evaluation.objects.create(
            organisation=self.own,
            method=method,
            title="Hearing",
            language="en",
            ended_on=self.at.date() - dt.timedelta(days=9),
            people=30,
            changed_at=self.at,
        )

    @cached_property
    def _campaign(self) -> Process:
        editor = acting(self.people["editor"])
        made = make_campaign(self.own, editor, at=self.at - dt.timedelta(days=5))
        content = after(made, -1, seed=3)
        add_outcome(made, content=content, name="after.csv", actor=editor, at=self.at)
        return made

    @cached_property
    def _campaign_before(self) -> Process:
        return make_campaign(self.own, acting(self.people["editor"]), at=self.at, opened=False)

    @cached_property
    def _plan(self) -> Process:
        process = make_process(self.own, kind="text", at=self.at)
        editor = acting(self.people["editor"])
        set_text(process, "One.\n\nTwo and a half.", note="First.", actor=editor, at=self.at)
        return process

    @property
    def _paragraph(self) -> Paragraph:
        return Paragraph.objects.get(version__process=self._plan, number=1, version__number=1)

    @cached_property
    def _prepared_survey(self) -> Process:
        return make_survey(self.own, QUESTIONS, state="draft", at=self.at)

    @cached_property
    def _prepared(self) -> Process:
        return make_process(self.own, state="draft", at=self.at)

    def _entered(self, text: str) -> Contribution:
        words = ContributionData(text, "en", kind="proposal", title=text)
        editor = acting(self.people["editor"])
        one = enter(self._process, [words], channel="desk", actor=editor, at=self.at)
        return one.contributions.get()

    @cached_property
    def _proposal(self) -> Contribution:
        return self._entered("Benches")

    @cached_property
    def _promise(self) -> Promise:
        return Promise.objects.create(
            process=self._process,
            kind="work",
            text="Benches",
            language="en",
            due_on=self.at.date(),
            made_at=self.at,
        )

    @cached_property
    def _objection(self) -> ModerationAct:
        hidden = self._entered("My neighbour")
        editor = acting(self.people["editor"])
        moderating.moderate(
            hidden,
            decision="hide",
            rule="personal-data",
            reason="A name.",
            actor=editor,
            at=self.at,
        )
        assert hidden.participant is not None
        hidden = Contribution.objects.get(pk=hidden.pk)
        moderating.object_to(hidden, hidden.participant, text="No name.", at=self.at)
        return ModerationAct.objects.get(post=hidden.post)
