"""A thread for tests: a pilot of Lund with its solution, indicator and case, and an agreement."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import Any

from alliance.adoption.models import Adoption, Link, Step
from alliance.adoption.services import adoptions
from alliance.adoption.services import links as services
from alliance.adoption.services.links import StepData
from alliance.cases.models import CaseStudy
from alliance.core.audit import Actor
from alliance.indicators.models import Indicator, IndicatorMeasure
from alliance.network.models import Need
from alliance.testbeds.models import Pilot
from alliance.thread.selectors.shapes import Key
from alliance.thread.services import refresh_relations, state_link
from alliance.writing.models import Draft
from tests.factories.knowledge import make_case
from tests.factories.needs_offers import make_agreement, make_need
from tests.factories.people import acting, join, person, team
from tests.factories.pilots import lay_pilots, registered

NOW = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)


@dataclass
class ThreadGround:
    """What stands on the thread, and who acts."""

    lund: Actor
    umea: Actor
    need: Need
    pilot: Pilot
    case: CaseStudy
    agreement: Adoption
    indicator: Indicator


def publish_case_of(pilot: Pilot, case: CaseStudy, city: str = "lund") -> None:
    """Let `case` be what came of the pilot in a city."""
    draft = Draft.objects.create(
        organisation=pilot.organisation,
        case=case,
        language="en",
        state="published",
        started_at=NOW,
        saved_at=NOW,
    )
    pilot.places.filter(city__public_id=city).update(draft=draft)


def lay_thread() -> ThreadGround:
    """A need and a pilot of Lund, the case that came of it, and Umeå that adopts the case."""
    lund = lay_pilots()
    editor = person("Umea Editor")
    join(editor, team("umea"))
    umea = acting(editor)
    indicator = Indicator.objects.create(
        public_id="traffic", code="TRAFFIC", name="Traffic", name_sv="Trafik"
    )
    IndicatorMeasure.objects.create(indicator=indicator, measure="traffic-volume")
    pilot = registered(lund, measure="traffic volume", case_unit="percent change")
    case = make_case("Lund")
    publish_case_of(pilot, case)
    agreement = make_agreement(team("umea"), team("lund"), umea, case=case, at=NOW)
    for actor in (lund, umea):
        adoptions.agree(agreement, revision=agreement.revision, actor=actor, at=NOW)
        agreement.refresh_from_db()
    need = make_need(team("lund"), lund, at=NOW)
    refresh_relations(at=NOW)
    return ThreadGround(lund, umea, need, pilot, case, agreement, indicator)


DECISION = StepData(
    kind="decision",
    title="A charge on the ring road",
    text="The council wants fewer cars.",
    language="en",
    happened_on=dt.date(2025, 6, 1),
    url="https://lund.example/decisions/12",
    expected_by=dt.date(2026, 6, 1),
)


def make_step(ground: ThreadGround, *, of: str = "lund", **changes: Any) -> Step:
    """A step of Lund, with `changes` to `DECISION`."""
    words = dataclasses.replace(DECISION, **changes)
    actor = ground.lund if of == "lund" else ground.umea
    return services.record_step(team(of), words, actor=actor, at=NOW)


def link(
    ground: ThreadGround, here: Key, there: Key, *, actor: Actor | None = None, of: str = "lund",
    reason: str = "The council decided on it.", language: str = "en",
) -> Link:  # fmt: skip
    """A link that a team states, Lund's by default."""
    return state_link(
        team(of), here, there, reason=reason, language=language, actor=actor or ground.lund, at=NOW
    )


def make_example_thread() -> None:
    """A decision of a made-up city and what it led to, for the examples of the API."""
    municipality = team("exampleby")
    actor = Actor("editor of exampleby", teams={municipality.public_id: "editor"})
    words = dataclasses.replace(DECISION, url="https://exampleby.example/decisions/12")
    step = services.record_step(municipality, words, actor=actor, at=NOW)
    Step.objects.filter(pk=step.pk).update(public_id="example-decision")
    made = state_link(
        municipality,
        ("decision", "example-decision"),
        ("need", "example-need"),
        reason="The decision asks how other cities did it.",
        language="en",
        actor=actor,
        at=NOW,
    )
    Link.objects.filter(pk=made.pk).update(public_id="example-link")
