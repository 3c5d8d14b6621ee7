"""A thread for tests: a pilot of Lund with its solution, indicator and case, and an agreement."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from alliance.core.audit import Actor
from alliance.indicators.models import Indicator, IndicatorMeasure
from alliance.knowledge.models import CaseStudy, Draft
from alliance.network.models import Need, Partnership
from alliance.network.services import partnerships
from alliance.testbeds.models import Pilot
from tests.factories.exchange import make_agreement, make_need
from tests.factories.knowledge import make_case
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
    agreement: Partnership
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
        partnerships.agree(agreement, revision=agreement.revision, actor=actor, at=NOW)
        agreement.refresh_from_db()
    need = make_need(team("lund"), lund, at=NOW)
    return ThreadGround(lund, umea, need, pilot, case, agreement, indicator)
