"""What other cities tried, on the page of a need."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import get_language

from alliance.core import clock
from alliance.network.models import Need
from alliance.search.selectors.answering import cases_for

register = template.Library()


@register.inclusion_tag("search/need_answers.html")
def need_answers(need: Need, may_adopt: bool) -> dict[str, Any]:
    """Cases by the own words of a need, those that failed beside them. One query."""
    today = clock.today()
    tried, failed = cases_for(
        need.title,
        need.text,
        need.language,
        city=need.city.public_id,
        shown_in=get_language() or "en",
        today=today,
    )
    return {
        "tried": tried,
        "failed": failed,
        "need": need,
        "adopting": need if may_adopt else None,
        "today": today,
    }
