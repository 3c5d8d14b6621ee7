"""Pilots on a thread."""

from __future__ import annotations

from alliance.adoption.enums import Kind
from alliance.core.audit import Actor
from alliance.testbeds.enums import PilotState
from alliance.testbeds.selectors.doors import visible_pilots
from alliance.thread.columns import Rows, day_of, node_rows, text
from alliance.thread.nodes.kind import NodeKind, Wanted, words_of


def _pilots(actor: Actor, ids: Wanted, language: str) -> list[Rows]:
    rows = visible_pilots(actor).filter(public_id__in=ids)
    return [
        node_rows(
            rows,
            Kind.PILOT,
            title=text("title"),
            language=text("language"),
            # The day of its registration; a plan has none yet.
            on=day_of("frozen_at"),
            state="state",
            city="places__city",
        )
    ]


PILOT = NodeKind(Kind.PILOT, "testbeds:pilot", "pilots", _pilots, words_of(PilotState))
