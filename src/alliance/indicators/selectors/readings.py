"""What the pages of questions to publishers show."""

from __future__ import annotations

from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.core.ids import PUBLIC_ID
from alliance.indicators import rules
from alliance.indicators.connectors import PUBLISHERS
from alliance.indicators.models import PublisherReading

SHOWN = 30


def get_reading_for(actor: Actor, public_id: str, action: str = "read") -> PublisherReading:
    """The question of that id, for the secretariat. Raises NotFound."""
    if action != "read":
        raise ValueError(f"no rule covers {action!r}")
    found = None
    if PUBLIC_ID.match(public_id) and rules.may_enter_all(actor):
        rows = PublisherReading.objects.select_related("figure_file")
        found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound("page", public_id)
    return found


def reading_lines() -> list[tuple[PublisherReading, str]]:
    """The newest questions, each with the name of its publisher. One query."""
    return [(row, PUBLISHERS[row.publisher].name) for row in PublisherReading.objects.all()[:SHOWN]]
