"""The strip "Thread" on the pages of needs, solutions, cases, pilots, indicators and cities."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest
from django.utils.functional import Promise

from alliance.adoption.enums import STAGES, Kind, Relation, StepKind
from alliance.core.audit import VISITOR, Actor
from alliance.network.access import actor_of
from alliance.network.selectors.needs_offers import city_teams
from alliance.thread.selectors.choices import has_lineage, things_of_city
from alliance.thread.selectors.shapes import Edge, Node, Place
from alliance.thread.selectors.walk import beside

#: At most so many of each kind are named; the page of the thread has all.
SHOWN = 5
#: Kinds that the page of a kind already shows.
SHOWN_ON_PAGE: dict[str, frozenset[str]] = {
    Kind.SOLUTION: frozenset({Kind.CASE}),
    Kind.NEED: frozenset({Kind.QUESTION}),
    Kind.CASE: frozenset({Kind.SOLUTION, Kind.INDICATOR, Kind.CASE, Kind.QUESTION}),
    Kind.INDICATOR: frozenset({Kind.CASE}),
    Kind.PILOT: frozenset({Kind.SOLUTION}),
    Kind.AGREEMENT: frozenset({Kind.SOLUTION, Kind.PEER_REVIEW}),
}


#: Kinds that the page of a city names; it already links to needs, agreements and cases.
OF_CITY = (*StepKind.values, Kind.PILOT.value)
#: The label of a kind, the named records, and the number of others.
Group = tuple[str | Promise, list[Node], int]


def lineage_bar_of(
    actor: Actor, kind: str, public_id: str, language: str
) -> tuple[list[Group], Place | None]:
    """The records linked to a record whose permission was checked, and for a case that is the
    result of an adoption the city that helped. At most four queries."""
    without = SHOWN_ON_PAGE.get(kind, frozenset())
    neighbours = beside(actor, (kind, public_id), language=language, without=without)
    # The adopting city comes first in an adoption, its partner second.
    helpers = [
        node.cities[1]
        for edge, node in neighbours
        if edge.relation == Relation.BECAME and node.kind == Kind.AGREEMENT
        if edge.end == (kind, public_id) and len(node.cities) > 1
    ]
    groups = _groups([node for _edge, node in _newest_first(neighbours)])
    return groups, helpers[0] if helpers else None


def lineage_bar_of_city(actor: Actor, public_id: str, language: str) -> list[Group]:
    """The pilots of a city, and the steps that its team recorded. Two queries; one for most cities,
    which have none."""
    if not has_lineage(public_id):
        return []
    return _groups(things_of_city(actor, public_id, language, OF_CITY))


def _newest_first(neighbours: list[tuple[Edge, Node]]) -> list[tuple[Edge, Node]]:
    return sorted(neighbours, key=lambda pair: str(pair[0].on or pair[1].on or ""), reverse=True)


def _groups(linked_nodes: list[Node]) -> list[Group]:
    groups: list[Group] = []
    for kind, heading in STAGES.items():
        things = [node for node in linked_nodes if node.kind == kind]
        if things:
            groups.append((heading, things[:SHOWN], max(len(things) - SHOWN, 0)))
    return groups


register = template.Library()


def _reader(context: template.Context) -> tuple[Actor, str]:
    request: HttpRequest | None = context.get("request")
    if request is None:
        return VISITOR, "en"
    return actor_of(request), request.LANGUAGE_CODE


@register.inclusion_tag("thread/parts/lineage_bar.html", takes_context=True)
def lineage_bar(context: template.Context, kind: str, public_id: str) -> dict[str, Any]:
    """The records linked to the record of this page. At most four queries."""
    actor, language = _reader(context)
    groups, helped = lineage_bar_of(actor, kind, public_id, language)
    return {"groups": groups, "helped": helped, "kind": kind, "public_id": public_id}


@register.inclusion_tag("thread/parts/lineage_bar_of_city.html", takes_context=True)
def city_lineage_bar(context: template.Context, public_id: str) -> dict[str, Any]:
    """The pilots and steps of a city. Two queries, and another for members of a team."""
    actor, language = _reader(context)
    teams = [
        city_team for city_team in city_teams(actor, language) if city_team.city_id == public_id
    ]
    groups = lineage_bar_of_city(actor, public_id, language)
    return {"groups": groups, "teams": teams, "public_id": public_id}
