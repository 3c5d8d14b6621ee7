"""The evidence map in words: what a cell says to those who hear it, and its gaps."""

from __future__ import annotations

from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from alliance.analysis.evidence.evidence_map import (
    BETTER,
    EVEN,
    MIXED,
    NOT_GRADED,
    OTHER,
    UNCLEAR,
    UNEVEN,
    WORSE,
    MapCell,
)
from alliance.cases.enums import OutcomeTheme
from alliance.evidence.messages.outlook import GRADE_WORDS

DIRECTION_WORDS: dict[str, Promise] = {
    BETTER: pgettext_lazy("direction", "clearly better in most places"),
    MIXED: pgettext_lazy("direction", "mixed"),
    WORSE: pgettext_lazy("direction", "clearly worse in most places"),
    UNCLEAR: pgettext_lazy("direction", "no clear direction"),
}
GAP_WORDS: dict[str, Promise] = {
    "absolute": gettext_lazy("gap: not measured yet"),
    "claimed-only": gettext_lazy("gap: only estimates or surveys, no measurements"),
    "failed-only": gettext_lazy("gap: failed everywhere it was measured"),
    "synthesis": gettext_lazy("gap: fewer than three places measured the same thing"),
}


def theme_label(code: str) -> str | Promise:
    """The heading of a column."""
    return _("Other outcomes") if code == OTHER else OutcomeTheme(code).label


def cell_text(cell: MapCell, solution: str, theme: str | Promise) -> str:
    """A cell in one sentence; `theme` is the heading of its column."""
    return _in_words(cell, solution, str(theme), get_language() or "en")


@lru_cache(maxsize=10_000)  # a page says hundreds of them, the same each time
def _in_words(cell: MapCell, solution: str, theme: str, language: str) -> str:
    parts = []
    if cell.places:
        parts.append(ngettext("%(n)s place", "%(n)s places", cell.places) % {"n": cell.places})
        if cell.direction == UNCLEAR:
            parts.append(str(DIRECTION_WORDS[UNCLEAR]))
        else:
            with_interval = cell.better + cell.worse + cell.neither
            sides = _("%(n)s with an interval: %(better)s clearly better, %(worse)s clearly worse")
            parts.append(sides % {"n": with_interval, "better": cell.better, "worse": cell.worse})
        if cell.certainty == NOT_GRADED:
            parts.append(_("certainty not graded"))
        else:
            parts.append(_("certainty %(grade)s") % {"grade": GRADE_WORDS[cell.certainty]})
        if cell.spread == EVEN:
            parts.append(_("consistent results"))
        elif cell.spread == UNEVEN:
            parts.append(_("results vary"))
        if cell.failed:
            parts.append(pgettext("places", "did not work in %(n)s") % {"n": cell.failed})
        if cell.harm:
            parts.append(_("harm reported in %(n)s") % {"n": cell.harm})
        if cell.to_check:
            parts.append(_("results to check again: %(n)s") % {"n": cell.to_check})
    if cell.gap:
        parts.append(str(GAP_WORDS[cell.gap]))
    return _("%(solution)s, %(theme)s: %(cell)s") % {
        "solution": solution,
        "theme": theme,
        "cell": ", ".join(parts),
    }
