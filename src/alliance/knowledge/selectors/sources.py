"""The sources of a case as readers see them, and which of them can no longer be reached."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from alliance.knowledge.models import CaseStudy, SourceCheck


@dataclass(frozen=True)
class SourceLine:
    """A source. `is_dead`: it failed on several nights; `last_alive_on` None: never seen alive."""

    title: str
    url: str
    seen: str
    kind_label: str
    independent: bool | None
    is_dead: bool
    last_alive_on: dt.date | None


def source_lines(case: CaseStudy) -> tuple[SourceLine, ...]:
    """The sources of a case in their order. One query where they are loaded already."""
    sources = list(case.sources.all())
    checks = {
        check.url: check
        for check in SourceCheck.objects.filter(
            url__in=[source.url for source in sources], is_alive=False
        )
    }
    lines = []
    for source in sources:
        check = checks.get(source.url)
        alive_at = check.last_alive_at if check else None
        lines.append(
            SourceLine(
                title=source.title,
                url=source.url,
                seen=source.seen,
                kind_label=str(source.get_kind_display()),
                independent=source.independent,
                is_dead=check is not None,
                last_alive_on=alive_at.date() if alive_at else None,
            )
        )
    return tuple(lines)
