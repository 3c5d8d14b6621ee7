"""Drawings of Vega charts, cached as SVG under the home directory by their content.

Drawing takes seconds at first and a sixth of a second later, so only the worker does it; a page
shows existing drawings, or a table with the same figures.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from alliance.charts.vega import LOCALES, THEMES, VegaChart, theme_config

VEGA_LITE = "6.4"
RETENTION_DAYS = 30
_NAME = re.compile(r"[0-9a-f]{32}-(?:light|dark)\Z")


def folder() -> Path:
    return Path(settings.HOME) / "charts"


def path_of(name: str) -> Path | None:
    """The file of a drawing by its name (digest and theme); None for an invalid name."""
    return folder() / f"{name}.svg" if _NAME.match(name) else None


def is_drawn(chart: VegaChart) -> bool:
    """Whether the drawings of a chart exist in every theme."""
    return all((folder() / f"{chart.digest}-{theme}.svg").exists() for theme in THEMES)


def shown(charts: Iterable[VegaChart]) -> list[tuple[VegaChart, bool]]:
    """Charts for a page, each with whether the worker has drawn it."""
    return [(chart, is_drawn(chart)) for chart in charts]


def draw(chart: VegaChart) -> int:
    """Draws a chart in every missing theme; returns how many. Slow: for the worker."""
    import vl_convert

    folder().mkdir(mode=0o700, exist_ok=True)
    drawn = 0
    for theme in THEMES:
        target = folder() / f"{chart.digest}-{theme}.svg"
        if target.exists():
            # The modification time marks it as still in use.
            os.utime(target)
            continue
        svg = vl_convert.vegalite_to_svg(
            chart.spec,
            vl_version=VEGA_LITE,
            config=theme_config(theme),
            allowed_base_urls=[],
            format_locale=LOCALES.get(chart.language, LOCALES["en"]),
        )
        part = target.with_suffix(f".{os.getpid()}")
        part.write_text(svg, encoding="utf-8")
        part.replace(target)
        drawn += 1
    return drawn


def draw_all(charts: Iterable[VegaChart]) -> int:
    """Draws missing charts; returns how many drawings were made."""
    return sum(draw(chart) for chart in charts)


def remove_unused(*, now: float | None = None) -> int:
    """Deletes drawings unused for a month; returns how many."""
    limit = (time.time() if now is None else now) - RETENTION_DAYS * 86_400
    old = [path for path in folder().glob("*") if path.stat().st_mtime < limit]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
