"""Questions to universities on the pages of needs and cases, and on the evidence map."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.http import urlencode
from django.utils.translation import get_language

from alliance.research.selectors.pages import on_record

register = template.Library()


@register.inclusion_tag("research/parts/on_record.html")
def answers_from_research(kind: str, public_id: str = "") -> dict[str, Any]:
    """What cities asked about a "need" or a "case", or about each "gap" of the map, with the
    answers; and where to ask. One short query where nobody asked."""
    lines = on_record(kind, public_id, get_language() or "en")
    return {"lines": lines, "query": urlencode({kind: public_id}) if public_id else ""}
