"""Pilots for tests: whole plans of each design, and made-up data whose effect is known."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from typing import Any

from alliance.core.audit import Actor
from alliance.network.models import City
from alliance.testbeds.models import Evaluation, Pilot
from alliance.testbeds.services import evaluations, measurements, pilots, proposals
from alliance.testbeds.tasks import enqueue_waiting
from tests.factories.equity import complete, make_check
from tests.factories.knowledge import lay_ground
from tests.factories.people import acting, join, person, team

FROZEN = dt.datetime(2026, 1, 15, 9, 0, tzinfo=dt.UTC)
AFTER = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)
#: Months of the data; the pilot starts with the sixth.
MONTHS = [f"{2025 + (8 + i) // 12}-{(8 + i) % 12 + 1:02d}" for i in range(14)]
START = "2026-02"
#: What the made-up pilots change, in kWh.
EFFECT = -6.0


def plan_content(design: str = "did", **changes: Any) -> dict[str, Any]:
    """A plan with everything that is needed to freeze it."""
    content: dict[str, Any] = {
        "title": "Renovation in packages",
        "question": "Does the package lower the use of heat?",
        "solution": "road-pricing",
        "cities": ["lund"],
        "unit": "block of flats",
        "nobody_there": "They stand empty until the works are done.",
        "outcome": "heat used a month",
        "outcome_unit": "kWh/m²",
        "direction": "lower-is-better",
        "smallest_useful": 2.0,
        "estimand": "Mean change in blocks that got the package.",
        "design": design,
        "assignment_rule": "Blocks were drawn by lot within each district.",
        "assignment_seed": 7,
        "starts_on": "2026-02-01",
        "time_step": "month",
        "sample": {"n": 12, "sd": 3.0, "correlation": 0.5, "basis": "Bills of the year before."},
        "primary_model": "The model of the design, as the platform runs it.",
        "missing_rule": "complete",
        "stop_rule": "Stop when a block loses its heat for more than a day.",
        "result_due": "2026-12-31",
    }
    return content | changes


def data_rows(design: str = "did", *, effect: float = EFFECT, units: int = 24, seed: int = 1,
              months: list[str] | None = None) -> list[dict[str, str]]:  # fmt: skip
    """Rows of a design whose pilot changes the outcome by `effect` from `START` on."""
    rng = random.Random(seed)
    months = months or MONTHS
    rows = []
    if design == "its":
        for place, month in enumerate(months):
            on = month >= START
            value = 40 + 0.1 * place + effect * on + rng.gauss(0, 0.5)
            rows.append({"time": month, "outcome": f"{value:.3f}"})
        return rows
    for number in range(units):
        own = rng.gauss(0, 2)
        treated = number == 0 if design == "synthetic-control" else number % 2 == 0
        if design == "before-after":
            treated = True
        first = (START if number % 4 == 0 else "2026-05") if number % 2 == 0 else ""
        for place, month in enumerate(months):
            on = month >= (first or "9999") if design == "staggered" else treated and month >= START
            value = 40 + own + 0.2 * place + effect * on + rng.gauss(0, 0.7)
            row = {"unit": f"B{number:02d}", "time": month, "outcome": f"{value:.3f}"}
            if design == "staggered":
                row["first_treated"] = first
            elif design != "before-after":
                row["treated"] = str(int(treated))
            rows.append(row)
    return rows


def as_csv(rows: list[dict[str, str]]) -> bytes:
    """Rows as a CSV file."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def lay_pilots() -> Actor:
    """The ground of the knowledge base, Lund's team, and its editor."""
    lay_ground()
    editor = person("Eva Editor")
    join(editor, team("lund"))
    return acting(editor)


def planned(
    actor: Actor, design: str = "did", *, at: dt.datetime = FROZEN, **changes: Any
) -> Pilot:
    """A pilot of Lund's team that can be frozen; of people it has its fairness check."""
    pilot = pilots.start_pilot(
        team("lund"), language="en", content=plan_content(design, **changes), actor=actor, at=at
    )
    if changes.get("units_are_people"):
        check = complete(make_check(pilot.organisation, actor, at=at), actor, at=at)
        return pilots.name_check(pilot, check, actor=actor, at=at)
    return pilot


def table_before(
    n: int = 24, times: int = 12, *, unit: str = "home", year: int = 2025, seed: int = 1
) -> str:
    """A pasted table of the year before: homes alike over time, with a spread between them."""
    rng = random.Random(seed)
    lines = [f"{unit}\tmonth\tkWh/m²"]
    for number in range(n):
        own = rng.gauss(0, 5)
        lines += [
            f"H{number:02d}\t{year}-{month + 1:02d}\t{100 + own + rng.gauss(0, 3):.2f}"
            for month in range(times)
        ]
    return "\n".join(lines)


def begun(actor: Actor, *, who: str = "", at: dt.datetime = FROZEN, **changes: Any) -> Pilot:
    """A pilot as the first screen leaves it."""
    said = ("title", "solution", "cities", "outcome", "outcome_unit", "direction",
            "smallest_useful", "starts_on")  # fmt: skip
    content = {name: value for name, value in plan_content().items() if name in said}
    return pilots.start_pilot(
        team("lund"),
        language="en",
        content=content | {"design": "randomised"} | changes,
        who=who,
        actor=actor,
        at=at,
    )


def drawn(actor: Actor, *, at: dt.datetime = FROZEN, **changes: Any) -> Pilot:
    """A frozen pilot whose lots the platform drew."""
    pilot = begun(actor, at=at, **changes)
    made = proposals.propose(
        pilot, content=table_before().encode(), name="table.csv", nobody_there="Empty homes.",
        expected_revision=pilot.revision, actor=actor, at=at,
    )  # fmt: skip
    pilots.freeze(made, expected_revision=made.revision, actor=actor, at=at)
    return Pilot.objects.get(pk=pilot.pk)


def registered(actor: Actor, design: str = "did", *, at: dt.datetime = FROZEN,
               **changes: Any) -> Pilot:  # fmt: skip
    """A frozen pilot of Lund's team."""
    pilot = planned(actor, design, at=at, **changes)
    pilots.freeze(pilot, expected_revision=pilot.revision, actor=actor, at=at)
    return Pilot.objects.get(pk=pilot.pk)


def send(pilot: Pilot, actor: Actor, rows: list[dict[str, str]] | None = None, *,
         city: str = "lund", at: dt.datetime = AFTER) -> Any:  # fmt: skip
    """Send data of a city; by default those of the design."""
    return measurements.add_measurement(
        pilot,
        City.objects.get(public_id=city),
        content=as_csv(rows if rows is not None else data_rows(pilot.design)),
        name="data.csv",
        actor=actor,
        at=at,
    )


def evaluate(pilot: Pilot, actor: Actor, *, at: dt.datetime = AFTER) -> list[Evaluation]:
    """Ask for the frozen analysis and work everything out that waits, the pooled one too."""
    evaluations.ask_for_frozen(pilot, actor=actor, at=at)
    while waiting := list(pilot.evaluations.filter(state="waiting").select_related(
            "pilot", "protocol", "measurement__pilot", "city")):  # fmt: skip
        for one in waiting:
            evaluations.work_out(one, at=at)
    enqueue_waiting(pilot)
    return list(pilot.evaluations.select_related("city").order_by("id"))


def reported(actor: Actor, design: str = "did", *, effect: float = EFFECT, **changes: Any) -> Pilot:
    """A pilot with its result."""
    pilot = registered(actor, design, **changes)
    send(pilot, actor, data_rows(design, effect=effect))
    evaluate(pilot, actor)
    return Pilot.objects.get(pk=pilot.pk)


def make_example_pilot() -> None:
    """A pilot of a made-up city with made-up data, for the examples of the API."""
    city = City.objects.get(public_id="exampleby")
    municipality = team("exampleby")
    actor = Actor("editor of exampleby", teams={municipality.public_id: "editor"})
    content = plan_content("did", solution="", cities=[city.public_id])
    pilot = pilots.start_pilot(municipality, language="en", content=content, actor=actor, at=FROZEN)
    Pilot.objects.filter(pk=pilot.pk).update(public_id="example-pilot")
    pilot.refresh_from_db()
    pilots.freeze(pilot, expected_revision=pilot.revision, actor=actor, at=FROZEN)
    pilot.refresh_from_db()
    send(pilot, actor, city=city.public_id)
    evaluate(pilot, actor)
    Evaluation.objects.filter(pilot=pilot).update(public_id="example-result")
