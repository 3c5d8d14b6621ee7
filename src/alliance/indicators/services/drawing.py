"""Draws the charts of the indicators in the worker, before anybody asks for them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db.models import Max
from django.utils import translation

from alliance.charts import vega
from alliance.charts.vega import VegaChart
from alliance.indicators import drawings
from alliance.indicators.models import (
    DefinitionVersion,
    Indicator,
    ObservationBatch,
    Release,
    Target,
)
from alliance.indicators.selectors.charts import indicator_charts
from alliance.indicators.selectors.indicator import indicator_page
from alliance.network.models import City

STATE = "drawn-for"


def draw_charts() -> int:
    """Draws what the pages of indicators currently show; returns the number of drawings.

    If nothing has changed, it only queries the newest record of each kind.
    """
    state = json.dumps(_state())
    drawings.folder().mkdir(mode=0o700, exist_ok=True)
    stamp = drawings.folder() / STATE
    if stamp.exists() and stamp.read_text(encoding="utf-8") == state:
        return 0
    drawn = drawings.draw_all(_charts())
    drawings.remove_unused()
    stamp.write_text(state, encoding="utf-8")
    return drawn


def _state() -> list[object]:
    """What the charts depend on, as the newest record of each kind."""
    newest = [
        model.objects.aggregate(newest=Max("pk"))["newest"]
        for model in (ObservationBatch, DefinitionVersion, Release, Indicator, Target)
    ]
    edited = City.objects.aggregate(newest=Max("updated_at"))["newest"]
    published = Release.objects.aggregate(newest=Max("published_at"))["newest"]
    return [_look(), *newest, str(edited), str(published)]


@cache
def _look() -> str:
    """A digest of the code that describes charts, so that they are drawn again after an update."""
    folder = Path(vega.__file__).parent
    whole = b"".join(path.read_bytes() for path in sorted(folder.glob("*.py")))
    return hashlib.sha256(whole).hexdigest()


def _charts() -> Iterator[VegaChart]:
    for indicator in Indicator.objects.select_related("group", "denominator"):
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                page = indicator_page(indicator, language, city_href="{}")
                yield from indicator_charts(
                    page["definitions"], page["table"], language, page["targets"]
                )
