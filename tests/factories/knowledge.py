"""Small cases for tests: one solution, a city with inhabitants, two measures."""

from __future__ import annotations

import datetime as dt
from typing import Any

from alliance.cases.case_document import (
    CaseDocument,
    CostPart,
    EffectPart,
    NullPart,
    Place,
    SourcePart,
    Text,
)
from alliance.cases.models import CaseStudy
from alliance.cases.records import SolutionRecord, SolutionTextRecord
from alliance.core.audit import COMMAND_LINE, Actor
from alliance.core.ids import slug
from alliance.network.models import Post
from alliance.network.services import save_city
from alliance.writing.models import Question
from alliance.writing.services import save_case, save_measure, save_solution, save_unit
from tests.factories.kept_rows import laid

NOW = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)
#: What each case cites.
CITED = "https://example.org/report"


@laid
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


def effect(value: float = -10.0, design: str = "before-after", **changes: Any) -> EffectPart:
    """A change of the traffic volume in per cent, lower being better."""
    return EffectPart(
        **{
            "measure": "traffic volume",
            "unit": "percent change",
            "value": value,
            "design": design,
            "direction": "lower-is-better",
            **changes,
        }
    )


def no_difference(**changes: Any) -> NullPart:
    """A result told as no difference of the traffic volume, without a number."""
    return NullPart(
        **{
            "measure": "traffic volume",
            "sentence": "Traffic in the side streets did not change.",
            "design": "quasi-experiment",
            **changes,
        }
    )


def text(language: str = "en", **changes: Any) -> tuple[str, Text]:
    """A language, and a whole text of a case in it."""
    return language, Text(
        **{
            "title": "Pricing the roads",
            "summary": "Drivers pay by the hour. Traffic fell at once.",
            "problem": "Queues every morning.",
            "what_worked": "A trial came before the vote.",
            "what_did_not": "Bypass roads grew busier.",
            **changes,
        }
    )


def a_place(name: str, country: str = "SE", **changes: Any) -> Place:
    """A place that is no city of the list, unless `city` says which."""
    return Place(name=name, country=country, **changes)


def cost(amount: str, currency: str, year: int | None) -> CostPart:
    """A cost in major units."""
    return CostPart(amount=float(amount), currency=currency, price_year=year)


def a_source(title: str, url: str, **changes: Any) -> SourcePart:
    """A source of a case."""
    return SourcePart(title=title, url=url, **changes)


def case_document(name: str = "Lund", **changes: Any) -> CaseDocument:
    """A case in the city of that name. `texts` are given as `text` makes them."""
    city = slug(name)
    given: dict[str, Any] = {
        "solution": "road-pricing",
        "kind": "approach",
        "original_language": "en",
        "place": a_place(name, city=city if city in {"lund", "umea"} else None),
        "outcome": "worked",
        "start_year": 2019,
        "end_year": 2021,
        "texts": (text(),),
        "effects": (effect(),),
        "sources": (a_source("Report", CITED, kind="research-report"),),
        "topics": ["equity"],
        "themes": ["mobility"],
        "sdg_targets": ["11.2"],
        "actors": ["municipality"],
        "checked_on": NOW.date(),
        **changes,
    }
    for name_of_list, value in given.items():
        if isinstance(value, tuple):
            given[name_of_list] = list(value)
    return CaseDocument(**given | {"texts": dict(given["texts"])})


@laid
def make_case(
    name: str = "Lund",
    *,
    public_id: str = "",
    status: str = "published",
    actor: Actor = COMMAND_LINE,
    at: dt.datetime = NOW,
    origin: str = "members",
    **changes: Any,
) -> CaseStudy:
    """Save a case through the service, graded; its id is by default the slug of its place."""
    return save_case(
        case_document(name, **changes),
        public_id=public_id or slug(name),
        status=status,
        actor=actor,
        at=at,
        origin=origin,
    )


def make_question(case: CaseStudy, text: str = "Why?", *, answer: str = "", **row: Any) -> Question:
    """A question about a case, with an answer of the same time where words of one are given."""
    about = {"kind": "case", "record_id": case.public_id, "language": "en"} | row
    question = Question.objects.create(text=text, **about)
    if answer:
        named = about | {"author": None, "author_name": ""}
        Post.objects.create(answers=question, text=answer, **named)
    return question
