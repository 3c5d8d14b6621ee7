"""Releases: the list, the content of each, and the changes of its scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, F, FloatField, QuerySet, When
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.charts.strip import Mark, Scale, Strip
from alliance.core.audit import Actor
from alliance.indicators.enums import NodeKind, ReleaseState
from alliance.indicators.models import Indicator, IndicatorGroup, Release, Score, ScoreChange
from alliance.indicators.releases.meaning import INDEX
from alliance.indicators.rules import may_write_catalogue
from alliance.indicators.selectors.strips import shape_of
from alliance.network.localise import local_field
from alliance.network.models import City
from alliance.web import formatting
from alliance.web.paging import page_of

PER_PAGE = 50


@dataclass(frozen=True)
class ScoreRow:
    """The score of a member on a group of indicators, with its range and its possible places."""

    city: City
    node: str
    strip: Strip
    score: str
    interval: str
    place: str


@dataclass(frozen=True)
class ScoreGroup:
    """The members with a score on a group, the best first.

    `shift`: by how many places a city moves on average with other choices; empty if not computed.
    """

    name: str
    n_ranked: int
    shift: str
    rows: Sequence[ScoreRow]


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

    `groups` are the scores of members; `doubts` the sensitivities of the ranks of groups, see
    `_doubt`. Seven queries at most.

    Raises Http404 for a missing page.
    """
    files = tuple(release.manifest.get("files", ()))
    pages = page_of(Paginator(_changes(release, city), PER_PAGE), number)
    doubts = release.manifest.get("doubts", ())
    scores = list(
        release.scores.filter(city__is_member=True, score__isnull=False)
        .exclude(kind=NodeKind.INDICATOR)
        .select_related("city")
        .order_by("node", "-score", "city__name")
    )
    codes = {row.node for row in pages.object_list} | {row.node for row in scores}
    names = _names(codes | {doubt["node"] for doubt in doubts}, language)
    groups = _groups(scores, {doubt["node"]: doubt["mean_rank_shift"] for doubt in doubts}, names)
    return {
        "groups": [group for group in groups if len(group.rows) > 1],
        "single": [group for group in groups if len(group.rows) == 1],
        "n_scores": len(scores),
        "n_groups": len(groups),
        "has_index": any(score.kind == NodeKind.INDEX for score in scores),
        "release": release,
        "files": files,
        "n_bytes": sum(int(entry["bytes"]) for entry in files),
        "engine": str(release.manifest.get("engine", "")),
        "city": city,
        "pages": pages,
        "moved": [(row, names.get(row.node, row.node)) for row in pages.object_list],
        "doubts": [_doubt(doubt, names) for doubt in doubts],
    }


def _groups(
    scores: Sequence[Score], shifts: dict[str, float], names: dict[str, str]
) -> list[ScoreGroup]:
    by_node: dict[str, list[Score]] = {}
    for score in scores:
        by_node.setdefault(score.node, []).append(score)
    groups = []
    for node, own in by_node.items():
        shift = f"{formatting.number(shifts[node], 1)}" if node in shifts else ""
        name = names.get(node, node)
        rows = [_score_row(score, name) for score in own]
        groups.append(ScoreGroup(name, own[0].n_ranked, shift, rows))
    return sorted(groups, key=lambda group: -len(group.rows))


def _score_row(score: Score, node: str) -> ScoreRow:
    value, low, high = score.score or 0.0, score.score_low, score.score_high
    interval = ""
    if low is not None and high is not None:
        interval = f"{formatting.number(low, 0)}–{formatting.number(high, 0)}"
    mark = Mark(value, shape_of(score.city.country), low, high)
    return ScoreRow(
        city=score.city,
        node=node,
        strip=Strip(Scale(0.0, 100.0), [mark]),
        score=formatting.number(value, 0),
        interval=interval,
        place=_place(score),
    )


def _place(score: Score) -> str:
    """The possible places of a score among all that were ranked with it."""
    if score.rank is None:
        return _("not ranked")
    first, last = score.rank_low or score.rank, score.rank_high or score.rank
    values = {"first": first, "last": last, "n": score.n_ranked}
    if first == last:
        return _("place %(first)s of %(n)s") % values
    return _("place %(first)s to %(last)s of %(n)s") % values


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


_TOTAL = ("total", "total_low", "total_high")


def _doubt(doubt: dict[str, Any], names: dict[str, str]) -> tuple[str, float, list[Factor]]:
    """A group, its mean shift in ranks, and for each choice the share of the shift, in percent,
    that would vanish without it, with the 90 % interval.
    """
    factors: list[Factor] = [
        (
            FACTORS.get(factor["factor"], factor["factor"]),
            # An estimate may lie outside of what a share can be.
            *(
                100 * min(1.0, max(0.0, factor[name]))
                for name in ("total", "total_low", "total_high")
            ),
        )
        for factor in sorted(doubt["factors"], key=lambda factor: -factor["total"])
    ]
    return names.get(doubt["node"], doubt["node"]), doubt["mean_rank_shift"], factors
