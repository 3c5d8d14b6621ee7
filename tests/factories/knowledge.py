"""Small cases for tests: one solution, a city with inhabitants, two measures."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from typing import Any

from alliance.core.audit import COMMAND_LINE, Actor
from alliance.core.ids import slug
from alliance.knowledge.models import CaseStudy
from alliance.knowledge.records import (
    CaseRecord,
    CaseTextRecord,
    Cost,
    EffectRecord,
    PlaceRecord,
    SolutionRecord,
    SolutionTextRecord,
    SourceRecord,
)
from alliance.knowledge.services import save_case, save_measure, save_solution, save_unit
from alliance.network.services import save_city

NOW = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)


def lay_ground() -> None:
    """The vocabularies, a solution, and the cities Lund (with inhabitants) and Umeå (without)."""
    by: dict[str, Any] = {"actor": COMMAND_LINE, "at": NOW}
    save_measure("traffic-volume", name="traffic volume", name_sv="trafikvolym")
    save_measure("turnout", name="turnout")
    save_unit(
        "percent-change",
        name="percent change",
        name_sv="procentuell förändring",
        symbol="%",
        is_relative=True,
        is_change=True,
    )
    save_unit("cars-per-day", name="cars per day", is_change=True)
    save_unit("percent-of-voters", name="percent of voters", symbol="%")
    texts = (
        SolutionTextRecord("en", "Road pricing"),
        SolutionTextRecord("sv", "Vägavgifter", status="translated"),
    )
    save_solution(SolutionRecord("road-pricing", "approach", texts), **by)
    save_city("lund", name="Lund", country="SE", population=100_000, population_year=2020, **by)
    save_city("umea", name="Umeå", country="SE", **by)


def effect(value: float = -10.0, design: str = "before-after", **changes: Any) -> EffectRecord:
    """A change of the traffic volume in per cent, lower being better."""
    record = EffectRecord("traffic volume", "percent change", value, design, "lower-is-better")
    return dataclasses.replace(record, **changes)


def text(language: str = "en", **changes: Any) -> CaseTextRecord:
    """A whole text of a case."""
    record = CaseTextRecord(
        language,
        "Pricing the roads",
        "Drivers pay by the hour. Traffic fell at once.",
        problem="Queues every morning.",
        what_worked="A trial came before the vote.",
        what_did_not="Bypass roads grew busier.",
    )
    return dataclasses.replace(record, **changes)


def cost(amount: str, currency: str, year: int | None) -> Cost:
    """A cost in major units."""
    return Cost(Decimal(amount), currency, year)


def case_record(name: str = "Lund", **changes: Any) -> CaseRecord:
    """A case in the city of that name; its id is the name's slug."""
    city = slug(name)
    record = CaseRecord(
        public_id=city,
        solution="road-pricing",
        kind="approach",
        place=PlaceRecord(name, "SE", city_id=city if city in {"lund", "umea"} else None),
        outcome="worked",
        start_year=2019,
        end_year=2021,
        texts=(text(),),
        effects=(effect(),),
        sources=(SourceRecord("Report", "https://example.org/report", kind="research-report"),),
        topics=("equity",),
        themes=("mobility",),
        sdg_targets=("11.2",),
        actors=("municipality",),
        checked_on=NOW.date(),
    )
    return dataclasses.replace(record, **changes)


def make_case(name: str = "Lund", *, actor: Actor = COMMAND_LINE, **changes: Any) -> CaseStudy:
    """Save a case through the service, graded."""
    return save_case(case_record(name, **changes), actor=actor, at=NOW)
