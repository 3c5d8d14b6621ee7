"""What the pages of questions to publishers show."""

from __future__ import annotations

from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.core.ids import one_by_id
from alliance.indicators import rules
from alliance.indicators.connectors import PUBLISHERS
from alliance.indicators.models import PublisherReading

SHOWN = 30


def get_reading_for(actor: Actor, public_id: str, action: str = "read") -> PublisherReading:
    """The question of that id, for the secretariat. Raises NotFound."""
    if action != "read":
        raise ValueError(f"no rule covers {action!r}")
    if not rules.may_enter_all(actor):
        raise NotFound("page", public_id)
    rows = PublisherReading.objects.select_related("figure_file")
    return one_by_id(rows, "page", public_id)


def reading_lines() -> list[tuple[PublisherReading, str]]:
    """The newest questions, each with the name of its publisher. One query."""
    return [(row, PUBLISHERS[row.publisher].name) for row in PublisherReading.objects.all()[:SHOWN]]
