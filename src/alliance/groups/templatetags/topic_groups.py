"""What the page of a topic shows of its group."""

from __future__ import annotations

from typing import Any

from django import template

from alliance.groups.selectors.groups import group_of_topic

register = template.Library()


@register.inclusion_tag("groups/parts/topic_panel.html")
def topic_group_panel(code: str) -> dict[str, Any]:
    """The group that works on a topic, or how one is started. One query."""
    return {"group": group_of_topic(code)}
