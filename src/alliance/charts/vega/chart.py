"""A chart by its description, with what is needed to draw it and to tell it in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from alliance.charts.vega.theme import LOCALES, THEMES, theme_config

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
#: Width of the drawing on the server, in pixels; in a page it takes the width there is.
WIDTH = 640


@dataclass(frozen=True)
class VegaChart:
    """A description with a title, its summary in words, and its data as a table.

    `columns` and `rows` say the same as the drawing; cells are ready to be shown. `id` is unique
    on the page.
    """

    id: str
    title: str
    summary: str
    spec: dict[str, Any]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    language: str
    height: int

    @property
    def data_id(self) -> str:
        """The id of the element of the page that holds the payload."""
        return f"{self.id}-data"

    @property
    def payload(self) -> dict[str, Any]:
        """What the script of the page needs: description, looks and the writing of numbers."""
        return {
            "spec": {**self.spec, "width": "container"},
            "themes": {theme: theme_config(theme) for theme in THEMES},
            "locale": LOCALES.get(self.language, LOCALES["en"]),
        }
