"""Tags for readers without a permission: to join, or to ask the editors of their team."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils.safestring import SafeString

from alliance.core import clock
from alliance.network.access import actor_of
from alliance.network.models import Organisation
from alliance.network.selectors.ways_in import ways_in
from alliance.network.views import refusals

register = template.Library()


@register.simple_tag(takes_context=True)
def whom_to_ask(context: dict[str, Any], team: Organisation | None = None) -> SafeString:
    """Who has a permission that the reader lacks: the editors of `team`, and how to become one."""
    return refusals.whom_to_ask(context["request"], team=team)


@register.inclusion_tag("network/parts/way_in.html", takes_context=True)
def way_in(
    context: dict[str, Any], heading: str, purpose: str = "", organisation: str = ""
) -> dict[str, Any]:
    """The next step for readers who may not do what `heading` names; nothing for editors of a team.
    `purpose` and `organisation` (a public id) prefill the request to join."""
    request = context["request"]
    return {
        "heading": heading,
        "query": urlencode(
            {
                name: text
                for name, text in (("for", purpose), ("organisation", organisation))
                if text
            }
        ),
        "ways": ways_in(actor_of(request), at=clock.now()),
        "request": request,
        "sign_in_next": context.get("sign_in_next", ""),
        "page_language": request.LANGUAGE_CODE,
    }
