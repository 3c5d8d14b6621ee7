"""Template tags about adoptions for pages of lower apps, such as the button "Adopt this"."""

from __future__ import annotations

from typing import Any

from django import template
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from alliance.adoption.selectors.adoptions import (
    answers_of,
    checks_of_result,
    running_of,
    under_way,
)
from alliance.core.audit import VISITOR
from alliance.knowledge.models import CaseStudy
from alliance.network.access import actor_of
from alliance.network.localise import local_name
from alliance.network.selectors.needs_offers import city_organisations

register = template.Library()


@register.inclusion_tag("adoption/parts/adopt_button.html", takes_context=True)
def adopt_button(
    context: template.Context,
    kind: str,
    public_id: str,
    own_city: str = "",
    need: str = "",
    source: str = "",
    css: str = "button quiet",
    start: bool = True,
) -> dict[str, Any]:
    """ "Adopt this in CITY" for editors of a city other than `own_city`, or the running adoption;
    without `start` only the latter. One query, none for a visitor.
    """
    request: HttpRequest | None = context.get("request")
    actor = VISITOR if request is None else actor_of(request)
    if not actor.is_known:
        return {}
    language = request.LANGUAGE_CODE if request else "en"
    own = running_of(kind, public_id).filter(adopter=OuterRef("pk")).values("public_id")[:1]
    teams = [
        (team, city)
        for team, city in city_organisations(actor, running=Subquery(own))
        if city.public_id != own_city
    ]
    if not teams:
        return {}
    running = [team.running for team, _city in teams]  # type: ignore[attr-defined]
    asked = {name: value for name, value in (("need", need), ("source", source)) if value}
    address = reverse(f"adoption:adopt-{kind}", args=[public_id])
    return {
        "running": next(filter(None, running), None),
        "cities": ", ".join(local_name(city, language) for _team, city in teams),
        "href": (f"{address}?{urlencode(asked)}" if asked else address) if start else "",
        "css": css,
    }


@register.inclusion_tag("adoption/parts/under_way.html")
def adoptions_under_way(kind: str, public_id: str) -> dict[str, Any]:
    """The adoptions of a record that have no result yet. One query."""
    return {"adoptions": under_way(kind, public_id)}


@register.inclusion_tag("adoption/parts/fairness_of_case.html")
def fairness_of_case(case: CaseStudy) -> dict[str, Any]:
    """The fairness check of the adoption or pilot whose result is a case, and who was heard in it.
    Two queries.
    """
    return {"check": checks_of_result(case).prefetch_related("heard").order_by("pk").first()}


@register.inclusion_tag("adoption/parts/answered_by.html")
def answered_by(need: str) -> dict[str, Any]:
    """The adoptions that answered a need, each with the city that helped. One query."""
    return {"adoptions": answers_of(need)}
