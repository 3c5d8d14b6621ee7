"""Records of the version before are there after the migrations that change their tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps.registry import Apps
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from alliance.knowledge.models import Question

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sql]

ASKED = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)

Go = Callable[[str, str], Apps]


@pytest.fixture
def go() -> Iterator[Go]:
    """Brings a room to the migration of that name; answers with its models as they are there.

    Without a name to the newest one, whose models are those of today.
    """

    def to(room: str, name: str) -> Apps:
        executor = MigrationExecutor(connection)
        target = (room, name) if name else executor.loader.graph.leaf_nodes(room)[0]
        executor.migrate([target])
        return executor.loader.project_state([target]).apps

    yield to
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


class Walk:
    """From the first tables of cases to those of today: each step writes what the next one moves.

    One walk, because going back takes longer than all the steps together.
    """

    def __init__(self) -> None:
        self.person = get_user_model().objects.create(name="Cia", email="cia@example.org")

    def case(self, apps: Apps, public_id: str, outcome: str) -> Any:
        return apps.get_model("knowledge", "CaseStudy").objects.create(
            public_id=public_id, solution_id=self.solution, kind="method", country="SE",
            original_language="sv", outcome=outcome, status="published",
        )  # fmt: skip

    def effects(self, apps: Apps, case: Any, design: str, *qualifiers: str) -> None:
        name = f"NO2 {design}"
        measure = apps.get_model("knowledge", "Measure").objects.create(slug=design, name=name)
        unit = apps.get_model("knowledge", "Unit").objects.create(code=design, name=design)
        for position, qualifier in enumerate(qualifiers):
            apps.get_model("knowledge", "Effect").objects.create(
                case=case, position=position, measure=measure, unit=unit, qualifier=qualifier,
                value=-1, design=design, direction="lower-is-better", period_start=2019 + position,
            )  # fmt: skip

    def methods_for_engaging_citizens(self, old: Apps) -> None:
        solution = old.get_model("knowledge", "Solution").objects.create(
            public_id="old-solution", kind="method"
        )
        self.solution = solution.pk
        method = old.get_model("knowledge", "EngagementMethod").objects.create(
            public_id="poll", kind="tool", cost_level="low", iap2_level="consult", mode="both",
            group_size_min=5, related_solution=solution,
        )  # fmt: skip
        method.evidence_cases.add(self.case(old, "old-case", "mixed"))
        old.get_model("knowledge", "EngagementMethodText").objects.create(
            method=method, language="sv", status="original", name="Enkät", description="Fråga."
        )

    def become_methods_of_that_topic(self, new: Apps) -> None:
        kept = new.get_model("knowledge", "Method").objects.get()
        assert (kept.public_id, kept.topic, kept.kind) == ("poll", "engaging-citizens", "tool")
        assert (kept.cost_level, kept.iap2_level, kept.mode) == ("low", "consult", "both")
        assert (kept.group_size_min, kept.related_solution.public_id) == (5, "old-solution")
        assert [one.public_id for one in kept.evidence_cases.all()] == ["old-case"]
        assert kept.texts.get().name == "Enkät"

    def questions(self, old: Apps) -> None:
        case = old.get_model("knowledge", "CaseStudy").objects.get(public_id="old-case")
        make = old.get_model("knowledge", "Question").objects.create
        asked = {
            "case": case, "language": "sv", "asked_by_id": self.person.pk, "asked_at": ASKED
        }  # fmt: skip
        make(public_id="open", text="När?", **asked)
        make(
            public_id="answered", text="Hur?", asked_by_name="Cia", **asked, answer="Yes.",
            answer_language="en", answered_by_id=self.person.pk, answered_by_name="City of Umeå",
            answered_at=ASKED + DAY,
        )  # fmt: skip
        make(public_id="hidden", text="Du?", hidden_at=ASKED + DAY, hidden_because="Rude.", **asked)

    def become_posts_on_their_cases(self) -> None:
        person, found = self.person, {one.public_id: one for one in Question.objects.all()}
        assert {one.case.public_id for one in found.values()} == {"old-case"}
        told = {(one.language, one.author, one.at) for one in found.values()}
        assert told == {("sv", person, ASKED)}
        assert [(one.text, one.author_name) for one in found.values()] == [
            ("När?", ""), ("Hur?", "Cia"), ("Du?", "")
        ]  # fmt: skip
        assert found["open"].reply is found["hidden"].reply is None
        hidden = found["hidden"]
        assert (hidden.hidden_at, hidden.hidden_because) == (ASKED + DAY, "Rude.")
        reply = found["answered"].reply
        assert reply is not None and (reply.kind, reply.record_id) == ("case", "old-case")
        assert (reply.text, reply.language, reply.author_name) == ("Yes.", "en", "City of Umeå")
        assert (reply.author, reply.at) == (person, ASKED + DAY)

    def what_worked_without_a_measured_effect(self, old: Apps) -> None:
        self.effects(old, self.case(old, "told", "worked"), "survey", "")
        self.effects(old, self.case(old, "measured", "worked"), "rct", "")

    def is_reported_as_working(self, new: Apps) -> None:
        cases = new.get_model("knowledge", "CaseStudy").objects
        assert dict(cases.values_list("public_id", "outcome")) == {
            "old-case": "mixed", "told": "reported", "measured": "worked",
        }  # fmt: skip

    def effects_of_before(self, old: Apps) -> None:
        case = old.get_model("knowledge", "CaseStudy").objects.get(public_id="old-case")
        self.effects(old, case, "before-after", "", "Old Town", "")

    def get_keys_of_their_own(self, new: Apps) -> None:
        effects = new.get_model("knowledge", "Effect").objects.filter(case__public_id="old-case")
        assert list(effects.order_by("position").values_list("key", flat=True)) == [
            "no2-before-after", "no2-before-after-old-town", "no2-before-after-2",
        ]  # fmt: skip


@pytest.mark.long
def test_cases_methods_and_questions_of_every_version_before_are_there(go: Go) -> None:
    walk = Walk()
    walk.methods_for_engaging_citizens(go("knowledge", "0006_tables_of_cases"))
    walk.become_methods_of_that_topic(go("knowledge", "0007_methods_of_all_topics"))
    walk.questions(go("knowledge", "0012_plans_after_the_data"))
    walk.what_worked_without_a_measured_effect(go("knowledge", "0013_questions_are_posts"))
    reported = go("knowledge", "0014_reported_as_working")
    walk.is_reported_as_working(reported)
    walk.effects_of_before(reported)
    walk.get_keys_of_their_own(go("knowledge", "0015_keys_of_effects"))
    go("knowledge", "")
    walk.become_posts_on_their_cases()


def test_the_target_of_a_definition_becomes_a_row_and_its_past_is_kept(go: Go) -> None:
    old = go("indicators", "0008_ranked_sets")
    indicator = old.get_model("indicators", "Indicator").objects.create(
        public_id="green", code="GREEN", name="Green"
    )
    definition = old.get_model("indicators", "Definition").objects.create(
        indicator=indicator, key="G"
    )
    days = [dt.datetime(2026, 1, day, tzinfo=dt.UTC) for day in (1, 2, 3)]
    for number, (day, target) in enumerate(zip(days, (80.0, 80.0, 90.0), strict=True), start=1):
        old.get_model("indicators", "DefinitionVersion").objects.create(
            definition=definition, number=number, recorded_at=day, text=f"Version {number}.",
            unit_label="%", direction="higher", publisher="P", licence="CC0", target=target,
            target_year=2030, target_basis="Plan", target_basis_sv="Plan på svenska",
        )  # fmt: skip
    new = go("indicators", "0010_targets_of_definitions")
    rows = new.get_model("indicators", "Target").objects.order_by("recorded_at")
    assert [(row.value, row.recorded_at, row.superseded_at) for row in rows] == [
        (80.0, days[0], days[2]),
        (90.0, days[2], None),
    ]
    last = rows.last()
    assert (last.definition.key, last.indicator.code, last.year) == ("G", "GREEN", 2030)
    assert (last.basis, last.basis_sv) == ("Plan", "Plan på svenska")
    assert (last.kind, last.city) == ("", None), "never recorded, so not made up"
