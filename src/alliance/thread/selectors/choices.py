"""Choices for a link: the records of a team's own city."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Exists, Q

from alliance.adoption.enums import Kind, StepKind
from alliance.adoption.models import Adoption, Step
from alliance.adoption.rules import kinds_beside
from alliance.core.audit import Actor
from alliance.core.read_once import read_once
from alliance.groups.selectors.groups import decisions_of_city
from alliance.knowledge.models import CaseStudy
from alliance.network.models import City, Need, Offer, PeerReview
from alliance.participation.enums import ContributionKind
from alliance.participation.models import Contribution, Process
from alliance.research.models import ResearchQuestion
from alliance.testbeds.models import PilotCity
from alliance.thread.columns import Rows
from alliance.thread.nodes import BY_CODE
from alliance.thread.selectors.shapes import Key, Node
from alliance.thread.selectors.walk import read_nodes
from alliance.web import formatting

#: Other records can be linked by the address of their page.
MOST = 300
#: The newest proposals of residents.
MOST_PROPOSALS = 50

_Ids = Callable[[str], Rows]


def _of(rows: Rows, column: str = "public_id") -> Rows:
    return rows.order_by().values(column)


def _steps_of(kind: str) -> _Ids:
    return lambda city: _of(Step.objects.filter(kind=kind, city__public_id=city))


def _decisions(city: str) -> Rows:
    """Decisions that its team recorded, and those of minutes in which it takes part."""
    return _steps_of(StepKind.DECISION)(city).union(_of(decisions_of_city(city)))


#: The ids of the records of a city, by kind.
_IN_CITY: dict[str, _Ids] = {
    **{kind: _steps_of(kind) for kind in StepKind.values},
    Kind.DECISION: _decisions,
    Kind.NEED: lambda city: _of(Need.objects.filter(city__public_id=city)),
    Kind.PROCESS: lambda city: _of(Process.objects.filter(city__public_id=city)),
    # Residents write hundreds; the others can be linked by their address.
    Kind.CONTRIBUTION: lambda city: (
        Contribution.objects.filter(process__city__public_id=city, kind=ContributionKind.PROPOSAL)
        .shown()
        .order_by("-post_id")
        .values("post__public_id")[:MOST_PROPOSALS]
    ),
    Kind.OFFER: lambda city: _of(Offer.objects.filter(city__public_id=city)),
    Kind.AGREEMENT: lambda city: _of(
        Adoption.objects.filter(Q(source_city__public_id=city) | Q(adopting_city__public_id=city))
    ),
    Kind.PILOT: lambda city: _of(
        PilotCity.objects.filter(city__public_id=city).exclude(pilot__state="dropped"),
        "pilot__public_id",
    ),
    Kind.QUESTION: lambda city: _of(ResearchQuestion.objects.filter(city__public_id=city)),
    Kind.CASE: lambda city: _of(CaseStudy.objects.filter(city__public_id=city)),
    Kind.PEER_REVIEW: lambda city: _of(PeerReview.objects.filter(city__public_id=city)),
}


@read_once
def has_lineage(city: str) -> bool:
    """Whether a city has pilots, steps or decisions, regardless of permissions. One query."""
    steps = Step.objects.filter(city__public_id=city)
    pilots = PilotCity.objects.filter(city__public_id=city)
    there = Exists(steps) | Exists(pilots) | Exists(decisions_of_city(city))
    return City.objects.filter(there, public_id=city).exists()


def things_of_city(
    actor: Actor, city: str, language: str, kinds: tuple[str, ...] = tuple(_IN_CITY)
) -> list[Node]:
    """The records of a city that the actor may see, by kind, newest first. One query."""
    parts = [
        part
        for kind in kinds
        if kind in _IN_CITY
        for part in BY_CODE[kind].read(actor, _IN_CITY[kind](city), language)
    ]
    newest = sorted(read_nodes(parts, language), key=lambda node: str(node.on or ""), reverse=True)
    order = {kind.value: place for place, kind in enumerate(Kind)}
    return sorted(newest, key=lambda node: order[node.kind])


def choices_for(
    actor: Actor, key: Key, city: str, language: str
) -> list[tuple[str, list[tuple[str, str]]]]:
    """The city's records that can be linked to a record, as grouped choices of a form field."""
    candidates = things_of_city(actor, city, language, kinds_beside(key[0]))[:MOST]
    groups: dict[str, list[tuple[str, str]]] = {}
    for node in candidates:
        if node.key != key and not node.hides_city:
            on = f" ({formatting.day(node.on, language=language)})" if node.on else ""
            label = f"{node.title.value}{on}"
            groups.setdefault(str(node.kind_words), []).append(
                (f"{node.kind}/{node.public_id}", label)
            )
    return list(groups.items())
