"""Downloads of figures in each format: small ones at once, large ones cached by the worker."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from alliance import __version__
from alliance.core import audit, clock
from alliance.core.files import made
from alliance.indicators.as_of import moment_of
from alliance.indicators.exports import json_stat, sdmx, table
from alliance.indicators.exports.rows import FigureQuery, figure_rows

FigureFormat = Literal["csv", "sdmx-csv", "sdmx-ml", "json-stat"]


def query_of(as_of: str | None, **narrowed: Any) -> FigureQuery:
    """The query as of a date. Raises InvalidData."""
    now = clock.now()
    return FigureQuery(read_at=now, moment=moment_of(as_of, now=now), **narrowed)


def chunks(asked: FigureQuery, form: FigureFormat, language: str) -> Iterator[bytes]:
    """The file in parts; only CSV is streamed."""
    rows = figure_rows(asked, language)
    if form == "csv":
        yield from table.csv_chunks(rows)
    elif form == "json-stat":
        with translation.override(language):
            title = f"{settings.NETWORK_NAME}: {_('city indicators')}"
        cube = json_stat.dataset(list(rows), title=title, language=language)
        yield json_stat.as_text(cube).encode()
    elif form == "sdmx-csv":
        yield _bytes(sdmx.data_csv(list(rows)))
    else:
        yield _bytes(sdmx.data_xml(list(rows), prepared=asked.read_at))


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


def state(*parts: str) -> str:
    """A cache key of a download, which changes with the data, the day and the software."""
    known = (audit.last_id(), clock.today(), __version__, settings.BASE_URL, *parts)
    return hashlib.sha256("|".join(map(str, known)).encode()).hexdigest()[:32]


def make(what: str, form: FigureFormat, language: str, as_of: str | None, **narrowed: Any) -> Path:
    """The file of `what` for the present state of the data, made if missing."""
    now = state()
    path = made.path_of(what, now, form)
    if path.exists():
        return path
    asked = query_of(as_of, **{name: tuple(value) if isinstance(value, list) else value
                               for name, value in narrowed.items()})  # fmt: skip
    return made.store(what, now, form, chunks(asked, form, language))
