"""A tag for the group on the page of a topic."""

from __future__ import annotations

from typing import Any

from django import template

from alliance.groups.selectors.groups import group_of_topic

register = template.Library()


@register.inclusion_tag("groups/parts/topic_panel.html")
def topic_group_panel(code: str) -> dict[str, Any]:
    """The group of a topic, or how to start one. One query."""
    return {"group": group_of_topic(code)}
