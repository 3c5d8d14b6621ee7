"""A brief without a database, for tests of its rules and its typesetting."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from alliance.cases.selectors.case_list import Localised
from alliance.reports.selectors import brief_parts
from alliance.reports.selectors.content import (
    Box,
    Brief,
    Chart,
    KeyFigure,
    Line,
    Mark,
    Passage,
    Row,
    SourceLine,
    Tick,
)

AT = dt.datetime(2026, 11, 24, 12, 0, 30, 123456, tzinfo=dt.UTC)


def row(name: str = "Lund", **changes: Any) -> Row:
    """A drawn result with an interval."""
    made = Row(
        label=Localised(name),
        part=Localised("whole day"),
        value="−10 %",
        interval="95 %: −15 to −5 %",
        basis="before and after, 2019",
        at=0.5,
        low=0.3,
        high=0.7,
    )
    return replace(made, **changes)


def source(number: int, **changes: Any) -> SourceLine:
    """A source with its number."""
    made = SourceLine(
        number,
        Localised(f"Report {number}"),
        f"https://example.org/report/{number}",
        kind="research report",
        seen=Localised("fell by a tenth"),
    )
    return replace(made, **changes)


def brief(**changes: Any) -> Brief:
    """A brief that fits on the page as it is."""
    made = Brief(
        kind="case",
        public_id="lund",
        language="en",
        document_title="Pricing the roads – One-page case brief",
        network="Network of cities",
        kicker="One-page case brief",
        outcome=Mark("mixed", "Mixed: effect faded"),
        facts=(Localised("Lund, Sweden"), Localised("2019–2021"), Localised("Road pricing")),
        heading=Localised("Pricing the roads"),
        lead=Localised("Drivers pay by the hour. Traffic fell at once."),
        figures=(
            KeyFigure("Main result", "−10 %", Localised("traffic volume")),
            KeyFigure("Evidence", "3 of 5", Localised("how sure"), points=3, most=5),
        ),
        charts=(
            Chart(
                "Percent change",
                "lower is better",
                (row(),),
                ticks=(Tick(0.0, "−20", False), Tick(1.0, "0", True)),
                caption=("Line: 95 % confidence interval.",),
            ),
        ),
        passages=(
            Passage(
                "did-not",
                "What did not work",
                Localised("Bypass roads grew busier."),
                "did-not-work",
            ),
            Passage("problem", "The problem", Localised("Queues."), optional=True, first=True),
        ),
        boxes=(
            Box("cost", "Cost", (), empty="not known"),
            Box(
                "evidence",
                "How certain is it?",
                (Line(Localised("One effect was measured."), mark="+1", label="Measured."),),
            ),
            Box(
                "peers",
                "Who else did it",
                (Line(Localised("Umeå, Sweden"), mark="did-not-work", note="stopped"),),
                wide=True,
            ),
        ),
        sources=(source(1), source(2)),
        foot=("Version 1, the case.", "Starter content."),
        address="https://alliance.example/en/cases/lund/",
        words=brief_parts.labels(),
        made_of=AT,
    )
    return replace(made, **changes)
