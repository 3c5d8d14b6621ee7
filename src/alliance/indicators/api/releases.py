"""API routes of releases and their scores."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router

from alliance.core import clock
from alliance.indicators import models
from alliance.indicators.api import schemas
from alliance.indicators.as_of import moment_of
from alliance.indicators.enums import ReleaseState
from alliance.indicators.selectors.access import get_release_for
from alliance.network.api.common import api_address, page_of

router = Router(tags=["indicators"])


class ScoresQuery(schemas.PageQuery):
    city: str = Field("", max_length=80, description="Id of a city; all without it.")
    node: str = Field("", max_length=40, description="Code of an indicator or group, or INDEX.")


def _release(release: models.Release) -> dict[str, Any]:
    recorded = ("name", "year", "as_of", "published_at", "seed", "draws")
    return {name: getattr(release, name) for name in recorded} | {
        "id": release.public_id,
        "scores": api_address(f"releases/{release.public_id}/scores"),
    }


def _score(score: models.Score) -> dict[str, Any]:
    return schemas.answer_of(
        schemas.ReleaseScore,
        score,
        city=score.city.public_id,
        definition=score.definition_key or None,
    )


@router.get("/releases", response=schemas.ReleaseListing, summary="Releases of the common set")
def list_releases(request: HttpRequest, query: Query[schemas.AsOfQuery]) -> dict[str, Any]:
    """Published releases: data, definitions, method and seed frozen, each reproducible."""
    moment = moment_of(query.as_of, now=clock.now())
    rows = models.Release.objects.filter(state=ReleaseState.DONE)
    if moment is not None:
        rows = rows.filter(published_at__lte=moment)
    items = [_release(row) for row in rows.order_by("-published_at", "-id")]
    return {"count": len(items), "items": items}


@router.get("/releases/{id}", response=schemas.Release, summary="One release")
def get_release(request: HttpRequest, id: str) -> dict[str, Any]:
    """A release with its year, date of knowledge and seed."""
    return _release(get_release_for(None, id))


@router.get(
    "/releases/{id}/scores", response=schemas.ReleaseScorePage, summary="Scores of a release"
)
def list_scores(request: HttpRequest, id: str, query: Query[ScoresQuery]) -> dict[str, Any]:
    """Scores of cities: value, score, rank and standing among peers, each with its interval."""
    rows = models.Score.objects.filter(release=get_release_for(None, id)).select_related("city")
    if query.city:
        rows = rows.filter(city__public_id=query.city)
    if query.node:
        rows = rows.filter(node=query.node)
    return page_of(request, query, rows.order_by("city__public_id", "node"), _score)
