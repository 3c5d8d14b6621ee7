"""All migrations in a row, from nothing, with records in the tables that they change.

Elsewhere the tests copy a database made of the models; at the end of the way the tables are those.
`test_update.py` goes the rest of the way on SQLite, from the version before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.apps.registry import Apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState
from django.db.models import Field
from pytest_django.plugin import DjangoDbBlocker

from alliance.config.prepare import migrate
from alliance.writing.models import Question
from tests.integration.config.tables import tables

NAME = "test_from_nothing"

ASKED = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture
def laid(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path: Path
) -> Iterator[dict[str, object]]:
    """The tables that the tests use; meanwhile the connection leads to an empty database."""
    with django_db_blocker.unblock():
        plain, found = connection.settings_dict["NAME"], tables(connection)
        name = str(tmp_path / "nothing.sqlite3")
        is_server = connection.vendor == "postgresql"
        if is_server:
            name = f"{NAME}_{plain}"
            with connection._nodb_cursor() as cursor:
                cursor.execute(f'CREATE DATABASE "{name}"')
        connection.close()
        connection.settings_dict["NAME"] = name
        yield found
        connection.close()
        connection.settings_dict["NAME"] = plain
        if is_server:
            with connection._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a field of a model of then is made of is asked once, and not each time that the model is
    made again, which took half of the way. A new name changes fields in their place."""
    told: dict[int, tuple[Field[Any, Any], Sequence[Any], dict[str, Any]]] = {}

    def clone(self: Field[Any, Any]) -> Field[Any, Any]:
        if id(self) not in told:
            told[id(self)] = (self, *self.deconstruct()[2:])
        _, given, named = told[id(self)]
        return type(self)(*given, **named)

    def forgetting(rename: Callable[..., None]) -> Callable[..., None]:
        def renamed(*given: Any) -> None:
            rename(*given)
            told.clear()

        return renamed

    monkeypatch.setattr(Field, "clone", clone)
    for name in ("rename_model", "rename_field"):
        monkeypatch.setattr(ProjectState, name, forgetting(getattr(ProjectState, name)))


def go(room: str, name: str) -> Apps:
    """Bring a room to the migration of that name, and answer with the models as they are there."""
    executor = MigrationExecutor(connection)
    executor.migrate([(room, name)])
    return executor.loader.project_state([(room, name)]).apps


class Walk:
    """From the first tables of cases to those of today: each step writes what the next moves."""

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
        self.person = old.get_model("accounts", "User").objects.create(
            name="Cia", email="cia@example.org"
        )
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
        person, found = self.person.pk, {one.public_id: one for one in Question.objects.all()}
        assert {one.case.public_id for one in found.values()} == {"old-case"}
        told = {(one.language, one.author_id, one.at) for one in found.values()}
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
        assert (reply.author_id, reply.at) == (person, ASKED + DAY)

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


DAYS = [dt.datetime(2026, 1, day, tzinfo=dt.UTC) for day in (1, 2, 3)]


def a_target_of_every_version(old: Apps) -> None:
    indicator = old.get_model("indicators", "Indicator").objects.create(
        public_id="green", code="GREEN", name="Green"
    )
    definition = old.get_model("indicators", "Definition").objects.create(
        indicator=indicator, key="G"
    )
    for number, (day, target) in enumerate(zip(DAYS, (80.0, 80.0, 90.0), strict=True), start=1):
        old.get_model("indicators", "DefinitionVersion").objects.create(
            definition=definition, number=number, recorded_at=day, text=f"Version {number}.",
            unit_label="%", direction="higher", publisher="P", licence="CC0", target=target,
            target_year=2030, target_basis="Plan", target_basis_sv="Plan på svenska",
        )  # fmt: skip


def becomes_a_row_with_its_past(new: Apps) -> None:
    rows = new.get_model("indicators", "Target").objects.order_by("recorded_at")
    assert [(row.value, row.recorded_at, row.superseded_at) for row in rows] == [
        (80.0, DAYS[0], DAYS[2]),
        (90.0, DAYS[2], None),
    ]
    last = rows.last()
    assert (last.definition.key, last.indicator.code, last.year) == ("G", "GREEN", 2030)
    assert (last.basis, last.basis_sv) == ("Plan", "Plan på svenska")
    assert (last.kind, last.city) == ("", None), "never recorded, so not made up"


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.database
def test_migrating_from_nothing_loses_no_record_and_makes_the_tables_that_the_tests_use(
    laid: dict[str, object], asked_once: None
) -> None:
    a_target_of_every_version(go("indicators", "0008_ranked_sets"))
    becomes_a_row_with_its_past(go("indicators", "0010_targets_of_definitions"))
    walk = Walk()
    walk.methods_for_engaging_citizens(go("knowledge", "0006_tables_of_cases"))
    walk.become_methods_of_that_topic(go("knowledge", "0007_methods_of_all_topics"))
    walk.questions(go("knowledge", "0012_plans_after_the_data"))
    walk.what_worked_without_a_measured_effect(go("knowledge", "0013_questions_are_posts"))
    reported = go("knowledge", "0014_reported_as_working")
    walk.is_reported_as_working(reported)
    walk.effects_of_before(reported)
    walk.get_keys_of_their_own(go("knowledge", "0015_keys_of_effects"))
    migrate()
    walk.become_posts_on_their_cases()
    assert tables(connection) == laid


@pytest.mark.slow
@pytest.mark.database
def test_tables_whose_making_breaks_off_are_not_there_at_all(
    laid: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: MigrationRecorder) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(MigrationRecorder, "ensure_schema", fail)
        with pytest.raises(RuntimeError):
            migrate()
    assert connection.introspection.table_names() == []
    migrate()
    assert tables(connection) == laid


def test_the_models_have_no_fault_and_no_change_without_a_migration(db: None) -> None:
    call_command("check", fail_level="WARNING")
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
