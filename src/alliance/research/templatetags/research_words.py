"""Template tags for questions to universities on needs, cases and the evidence map."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.http import urlencode
from django.utils.translation import get_language

from alliance.research.selectors.pages import on_record

register = template.Library()


@register.inclusion_tag("research/parts/on_record.html")
def answers_from_research(kind: str, public_id: str = "") -> dict[str, Any]:
    """Questions about a need, a case or each gap of the map, with answers and a link to ask.

    One short query if there are none.
    """
    lines = on_record(kind, public_id, get_language() or "en")
    return {"lines": lines, "query": urlencode({kind: public_id}) if public_id else ""}
