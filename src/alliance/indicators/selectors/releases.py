"""Releases: the list, the content of each, and the changes of its scores."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, F, FloatField, QuerySet, When
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.core.audit import Actor
from alliance.indicators.enums import ReleaseState
from alliance.indicators.models import Indicator, IndicatorGroup, Release, ScoreChange
from alliance.indicators.releases.meaning import INDEX
from alliance.indicators.rules import may_write_catalogue
from alliance.network.localise import local_field
from alliance.network.models import City
from alliance.web.paging import page_of

PER_PAGE = 50


Factor = tuple[str | Promise, float, float, float]
#: Labels of the factors that vary in the draws, by their name in the analysis.
FACTORS: dict[str, Promise] = {
    "weights": gettext_lazy("group and indicator weights"),
    "normalisation": gettext_lazy("scale of figures"),
    "treatment": gettext_lazy("treatment of outliers"),
    "aggregation": gettext_lazy("type of mean"),
    "left-out": gettext_lazy("one indicator excluded"),
    "error": gettext_lazy("errors in the figures"),
}


def releases_for(actor: Actor | None, number: int) -> Page[Release]:
    """A page of releases, newest first; unpublished ones only for the secretariat.

    Two queries. Raises Http404 for a missing page.
    """
    rows = Release.objects.order_by("-id").defer("definitions", "framework", "peers", "method")
    if not may_write_catalogue(actor):
        rows = rows.filter(state=ReleaseState.DONE)
    return page_of(Paginator(rows, PER_PAGE), number)


def release_page(release: Release, language: str, number: int, city: City | None) -> dict[str, Any]:
    """The content of a release, and a page of its changes, the largest first.

    `doubts` are the sensitivities of the ranks of groups, see `_doubt`. Five queries at most.

    Raises Http404 for a missing page.
    """
    files = tuple(release.manifest.get("files", ()))
    pages = page_of(Paginator(_changes(release, city), PER_PAGE), number)
    doubts = release.manifest.get("doubts", ())
    names = _names(
        {row.node for row in pages.object_list} | {doubt["node"] for doubt in doubts}, language
    )
    return {
        "release": release,
        "files": files,
        "n_bytes": sum(int(entry["bytes"]) for entry in files),
        "engine": str(release.manifest.get("engine", "")),
        "city": city,
        "pages": pages,
        "moved": [(row, names.get(row.node, row.node)) for row in pages.object_list],
        "doubts": [_doubt(doubt, names) for doubt in doubts],
    }


def _changes(release: Release, city: City | None) -> QuerySet[ScoreChange]:
    rows = release.changes.filter(total__isnull=False).select_related("city")
    if city is not None:
        rows = rows.filter(city=city)
    size = Case(When(total__lt=0, then=-F("total")), default=F("total"), output_field=FloatField())
    return rows.order_by(size.desc(), "node", "city_id")


def _names(codes: set[str], language: str) -> dict[str, str]:
    """Names of indicators and groups by code, in two queries."""
    names = {INDEX: _("Index")}
    for model in (Indicator, IndicatorGroup):
        for record in model.objects.filter(code__in=codes):
            names[record.code] = local_field(record, "name", language)
    return names


def _doubt(doubt: dict[str, Any], names: dict[str, str]) -> tuple[str, float, list[Factor]]:
    """A group, its mean shift in ranks, and for each choice the share of the shift, in percent,
    that would vanish without it, with the 90 % interval.
    """
    factors: list[Factor] = [
        (
            FACTORS.get(factor["factor"], factor["factor"]),
            *(100 * max(0.0, factor[name]) for name in ("total", "total_low", "total_high")),
        )
        for factor in sorted(doubt["factors"], key=lambda factor: -factor["total"])
    ]
    return names.get(doubt["node"], doubt["node"]), doubt["mean_rank_shift"], factors
