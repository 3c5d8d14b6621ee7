"""Permission-checked getters for links. Hidden looks like missing."""

from __future__ import annotations

from alliance.adoption import rules
from alliance.adoption.models import Link
from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.core.ids import get_by_public_id
from alliance.thread.selectors.shapes import Node
from alliance.thread.selectors.walk import nodes


def get_link_for(actor: Actor, public_id: str, language: str) -> tuple[Link, Node, Node]:
    """A link with both its ends, if the actor may see them. Raises NotFound."""
    link = get_by_public_id(Link.objects.select_related("organisation__city"), "link", public_id)
    ends = [(link.first_kind, link.first_id), (link.second_kind, link.second_id)]
    there = {node.key: node for node in nodes(actor, ends, language)}
    if len(there) < len(ends) or any(node.hides_city for node in there.values()):
        raise NotFound("link", public_id)
    return link, there[ends[0]], there[ends[1]]


def get_link_to_change(actor: Actor, public_id: str, language: str) -> tuple[Link, Node, Node]:
    """A link with both its ends, if the actor may change it. Raises NotFound."""
    link, first, second = get_link_for(actor, public_id, language)
    if not rules.may_change(actor, link):
        raise NotFound("link", public_id)
    return link, first, second
