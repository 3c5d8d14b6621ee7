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


def solution_and_case(apps: Apps) -> tuple[Any, Any]:
    solution = apps.get_model("knowledge", "Solution").objects.create(
        public_id="old-solution", kind="method"
    )
    case = apps.get_model("knowledge", "CaseStudy").objects.create(
        public_id="old-case", solution=solution, kind="method", original_language="sv",
        outcome="mixed", country="SE", status="published",
    )  # fmt: skip
    return solution, case


def test_methods_for_engaging_citizens_become_methods_of_that_topic(go: Go) -> None:
    old = go("knowledge", "0006_tables_of_cases")
    solution, case = solution_and_case(old)
    method = old.get_model("knowledge", "EngagementMethod").objects.create(
        public_id="poll", kind="tool", cost_level="low", iap2_level="consult", mode="both",
        group_size_min=5, related_solution=solution,
    )  # fmt: skip
    method.evidence_cases.add(case)
    old.get_model("knowledge", "EngagementMethodText").objects.create(
        method=method, language="sv", status="original", name="Enkät", description="Fråga."
    )
    new = go("knowledge", "0007_methods_of_all_topics")
    kept = new.get_model("knowledge", "Method").objects.get()
    assert (kept.public_id, kept.topic, kept.kind) == ("poll", "engaging-citizens", "tool")
    assert (kept.cost_level, kept.iap2_level, kept.mode) == ("low", "consult", "both")
    assert (kept.group_size_min, kept.related_solution.public_id) == (5, "old-solution")
    assert [one.public_id for one in kept.evidence_cases.all()] == ["old-case"]
    assert kept.texts.get().name == "Enkät"


def test_what_worked_without_a_measured_effect_is_reported_as_working(go: Go) -> None:
    old = go("knowledge", "0013_questions_are_posts")
    solution, told = solution_and_case(old)
    cases = old.get_model("knowledge", "CaseStudy").objects
    cases.update(outcome="worked")
    measured = cases.create(
        public_id="measured", solution=solution, kind="method", original_language="sv",
        outcome="worked", country="SE", status="published",
    )  # fmt: skip
    measure = old.get_model("knowledge", "Measure").objects.create(slug="m", name="m")
    unit = old.get_model("knowledge", "Unit").objects.create(code="u", name="u")
    for case, design in ((told, "survey"), (measured, "rct")):
        old.get_model("knowledge", "Effect").objects.create(
            case=case, position=0, measure=measure, unit=unit, value=1, design=design,
            direction="lower-is-better",
        )  # fmt: skip
    new = go("knowledge", "0014_reported_as_working").get_model("knowledge", "CaseStudy").objects
    assert dict(new.values_list("public_id", "outcome")) == {
        "old-case": "reported", "measured": "worked",
    }  # fmt: skip


def test_questions_become_posts_on_their_cases(go: Go) -> None:
    old = go("knowledge", "0012_plans_after_the_data")
    _solution, case = solution_and_case(old)
    person = get_user_model().objects.create(name="Cia", email="cia@example.org")
    make = old.get_model("knowledge", "Question").objects.create
    asked = {"case": case, "language": "sv", "asked_by_id": person.pk, "asked_at": ASKED}
    make(public_id="open", text="När?", **asked)
    make(
        public_id="answered", text="Hur?", asked_by_name="Cia", **asked, answer="Yes.",
        answer_language="en", answered_by_id=person.pk, answered_by_name="City of Umeå",
        answered_at=ASKED + DAY,
    )  # fmt: skip
    make(public_id="hidden", text="Du?", hidden_at=ASKED + DAY, hidden_because="Rude.", **asked)
    go("knowledge", "")
    found = {one.public_id: one for one in Question.objects.all()}
    assert {one.case.public_id for one in found.values()} == {"old-case"}
    assert {(one.language, one.author, one.at) for one in found.values()} == {("sv", person, ASKED)}
    assert [(one.text, one.author_name) for one in found.values()] == [
        ("När?", ""), ("Hur?", "Cia"), ("Du?", "")
    ]  # fmt: skip
    assert found["open"].reply is found["hidden"].reply is None
    assert (found["hidden"].hidden_at, found["hidden"].hidden_because) == (ASKED + DAY, "Rude.")
    reply = found["answered"].reply
    assert reply is not None and (reply.kind, reply.record_id) == ("case", "old-case")
    assert (reply.text, reply.language, reply.author_name) == ("Yes.", "en", "City of Umeå")
    assert (reply.author, reply.at) == (person, ASKED + DAY)


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


def test_effects_of_before_get_keys_of_their_own(go: Go) -> None:
    old = go("knowledge", "0014_reported_as_working")
    _solution, case = solution_and_case(old)
    measure = old.get_model("knowledge", "Measure").objects.create(slug="no2", name="NO2 level")
    unit = old.get_model("knowledge", "Unit").objects.create(code="percent-change", name="percent")
    for position, qualifier in enumerate(["", "Old Town", ""]):
        old.get_model("knowledge", "Effect").objects.create(
            case=case, position=position, measure=measure, unit=unit, qualifier=qualifier, value=-1,
            design="before-after", direction="lower-is-better", period_start=2019 + position,
        )  # fmt: skip
    new = go("knowledge", "0015_keys_of_effects")
    keys = new.get_model("knowledge", "Effect").objects.values_list("key", flat=True)
    assert list(keys.order_by("position")) == ["no2-level", "no2-level-old-town", "no2-level-2"]
