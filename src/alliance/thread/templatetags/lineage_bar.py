"""The strip "Thread" on the pages of needs, solutions, cases, pilots, indicators and cities."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest

from alliance.core.audit import VISITOR, Actor
from alliance.network.access import actor_of
from alliance.network.selectors.needs_offers import city_teams
from alliance.thread.selectors.lineage_bar import lineage_bar_of, lineage_bar_of_city

register = template.Library()


def _reader(context: template.Context) -> tuple[Actor, str]:
    request: HttpRequest | None = context.get("request")
    if request is None:
        return VISITOR, "en"
    return actor_of(request), request.LANGUAGE_CODE


@register.inclusion_tag("thread/parts/lineage_bar.html", takes_context=True)
def lineage_bar(context: template.Context, kind: str, public_id: str) -> dict[str, Any]:
    """What is linked to the thing whose page this is. Three queries at most."""
    actor, language = _reader(context)
    groups = lineage_bar_of(actor, kind, public_id, language)
    return {"groups": groups, "kind": kind, "public_id": public_id}


@register.inclusion_tag("thread/parts/lineage_bar_of_city.html", takes_context=True)
def city_lineage_bar(context: template.Context, public_id: str) -> dict[str, Any]:
    """The pilots and steps of a city. One query, and one more for who is in a team."""
    actor, language = _reader(context)
    teams = [one for one in city_teams(actor, language) if one.city_id == public_id]
    groups = lineage_bar_of_city(actor, public_id, language)
    return {"groups": groups, "teams": teams, "public_id": public_id}
