"""Needs and offers of cities for tests. All of them are made up."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from alliance.adoption.models import Adoption
from alliance.adoption.services.adoptions import Subject, start
from alliance.cases.models import CaseStudy
from alliance.core.audit import COMMAND_LINE, STARTER, Actor
from alliance.network.models import (
    Need,
    Offer,
    Organisation,
    PeerReview,
    StatementDraft,
)
from alliance.network.services import (
    needs_offers,
    peer_reviews,
    save_city,
    save_statement_draft,
)
from alliance.network.services.needs_offers import NeedData, OfferData
from tests.factories.people import NOW, team

NEED = NeedData(
    title="Quieter nights by the ring road",
    text="Noise keeps 2,000 people awake. Which speed limits were kept at night?",
    language="en",
    topic="innovation-gateways",
    themes=("mobility", "health"),
    sdg_targets=("11.2",),
)
OFFER = OfferData(
    title="A visit to our night speed limits",
    text="Two days with those who planned and measured them.",
    language="en",
    kinds=("visit", "knowledge"),
    themes=("mobility",),
    languages=("en", "sv"),
    staff_days=4,
)


def make_examples() -> None:
    """One record of each kind of which the starter network has none, for the examples of the API.

    Both cities are made up: nothing is put into the mouth of a real one.
    """
    cities = {}
    for public_id, name, country in (("exampleby", "Exampleby", "SE"),
                                     ("exempleville", "Exempleville", "FR")):  # fmt: skip
        save_city(public_id, name=name, country=country, is_member=True, actor=COMMAND_LINE, at=NOW)
        cities[public_id] = team(public_id)
    by = {
        public_id: Actor(f"editor of {public_id}", teams={one.public_id: "editor"})
        for public_id, one in cities.items()
    }
    need = make_need(cities["exampleby"], by["exampleby"])
    offer = make_offer(cities["exempleville"], by["exempleville"])
    needs_offers.prioritise(
        need, cities["exempleville"], priority=2, actor=by["exempleville"], at=NOW
    )
    case = CaseStudy.objects.order_by("public_id").first()
    if case is not None:
        agreement = make_agreement(
            cities["exampleby"], cities["exempleville"], by["exampleby"], case=case
        )
        Adoption.objects.filter(pk=agreement.pk).update(
            public_id="example-agreement", public_at=NOW
        )
    review = make_peer_review(
        cities["exampleby"],
        by["exampleby"],
        reviewer=(cities["exempleville"], by["exempleville"]),
        report=True,
    )
    PeerReview.objects.filter(pk=review.pk).update(public_id="example-review")
    Need.objects.filter(pk=need.pk).update(public_id="example-need")
    Offer.objects.filter(pk=offer.pk).update(public_id="example-offer")


def make_statement_draft(
    team: Organisation, *, at: dt.datetime = NOW, **changes: Any
) -> StatementDraft:
    """A need that the editors wrote down for the team's city."""
    values = {
        "organisation": team,
        "kind": "need",
        "theme": "mobility",
        "title": "Fewer cars at school",
        "title_fr": "Moins de voitures devant l’école",
        "title_sv": "Färre bilar vid skolan",
        "text": "The plan of the city asks how others did it.",
        "text_fr": "Le plan de la ville demande comment d’autres ont fait.",
        "text_sv": "Stadens plan frågar hur andra har gjort.",
        "source_title": "Plan",
        "source_url": "https://city.example/plan",
        **changes,
    }
    public_id = f"{team.public_id}-{values['kind']}"
    return save_statement_draft(public_id, actor=STARTER, at=at, **values)


def make_need(team: Organisation, actor: Actor, *, at: dt.datetime = NOW, **changes: Any) -> Need:
    """A need of the team's city, with `changes` to `NEED`."""
    words = dataclasses.replace(NEED, **changes)
    return needs_offers.state_need(team, words, actor=actor, at=at)


def make_offer(team: Organisation, actor: Actor, *, at: dt.datetime = NOW, **changes: Any) -> Offer:
    """An offer of the team's city, with `changes` to `OFFER`."""
    words = dataclasses.replace(OFFER, **changes)
    return needs_offers.make_offer(team, words, actor=actor, at=at)


def make_agreement(
    adopter: Organisation,
    source: Organisation,
    actor: Actor,
    *,
    case: CaseStudy,
    at: dt.datetime = NOW,
    **changes: Any,
) -> Adoption:
    """A proposal that `adopter` adopts the case, with the steps that it begins with."""
    values: dict[str, Any] = {"aim": "Traffic as low as there.", "language": "en"} | changes
    subject = Subject("case", case.public_id, "Pricing the roads", "en")
    return start(subject, source=source, adopter=adopter, actor=actor, at=at, **values)


def make_peer_review(
    host: Organisation,
    actor: Actor,
    *,
    reviewer: tuple[Organisation, Actor],
    report: bool = False,
    at: dt.datetime = NOW,
    title: str = "Winter cycling",
) -> PeerReview:
    """A planned review of the host's city by another one; with `report` it is reported, too."""
    review = peer_reviews.request_review(
        host,
        title=title,
        question="What keeps people off their bicycles in January?",
        language="en",
        actor=actor,
        at=at,
    )
    peer_reviews.join(review, reviewer[0], function="Planner", actor=reviewer[1], at=at)
    day = at.date()
    review = peer_reviews.plan(review, starts_on=day, ends_on=day, actor=actor, at=at)
    if report:
        review = peer_reviews.write_report(
            review,
            findings="The main street is swept last.",
            language="en",
            recommendations=["Sweep cycle lanes first.", "Count in January."],
            publish=True,
            actor=reviewer[1],
            at=at,
        )
    return review
