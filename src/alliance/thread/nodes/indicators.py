"""Indicators on a thread."""

from __future__ import annotations

from django.db.models import Case, F, TextField, Value, When

from alliance.adoption.enums import Kind
from alliance.core.audit import Actor
from alliance.indicators.models import Indicator
from alliance.thread.columns import Rows, const, no_day, node_rows, text
from alliance.thread.nodes.kind import NodeKind, Wanted


def _indicators(actor: Actor, ids: Wanted, language: str) -> list[Rows]:
    name = text("name")
    if language != "en":
        column = f"name_{language}"
        name = Case(
            When(**{column: Value("")}, then=text("name")),
            default=text(F(column)),
            output_field=TextField(),
        )
    rows = Indicator.objects.filter(public_id__in=ids)
    return [
        node_rows(rows, Kind.INDICATOR, title=name, language=const(language), on=no_day()),
    ]


INDICATOR = NodeKind(Kind.INDICATOR, "indicators:indicator", "indicators", _indicators, {})
