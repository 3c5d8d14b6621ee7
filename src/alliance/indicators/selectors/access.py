"""Permission-checked getters for indicators and cities. All are public to read.

Only the secretariat edits the catalogue.
"""

from __future__ import annotations

import datetime as dt

from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.core.ids import get_by_public_id
from alliance.core.read_once import read_once
from alliance.indicators import rules
from alliance.indicators.enums import ReleaseState
from alliance.indicators.models import DefinitionVersion, Indicator, Release
from alliance.network.models import City

LATEST = "latest"


def get_release_for(actor: Actor | None, public_id: str, action: str = "read") -> Release:
    """The release with this id, or the newest published one for `latest`; unpublished releases are
    visible only to the secretariat. Raises NotFound.
    """
    _known(action)
    if public_id == LATEST:
        release = release_at(None)
    else:
        release = get_by_public_id(Release.objects.select_related("previous"), "release", public_id)
        if release.state != ReleaseState.DONE and not rules.may_write_catalogue(actor):
            release = None
    if release is None:
        raise NotFound("release", public_id)
    return release


@read_once
def release_at(moment: dt.datetime | None) -> Release | None:
    """The newest release published by `moment`, None for the present; None if there is none.

    One query. Its large lists of definitions and peers are deferred.
    """
    rows = Release.objects.filter(state=ReleaseState.DONE, published_at__isnull=False)
    if moment is not None:
        rows = rows.filter(published_at__lte=moment)
    rows = rows.defer("definitions", "framework", "manifest")
    return rows.order_by("-published_at", "-id").first()


READ = "read"
DEFINE = "define"


def _known(action: str) -> None:
    if action != READ:
        raise ValueError(f"no rule covers {action!r}")


def get_indicator_for(actor: Actor | None, public_id: str, action: str = READ) -> Indicator:
    """The indicator with its group. Raises NotFound."""
    _known(action)
    rows = Indicator.objects.select_related("group", "denominator")
    return get_by_public_id(rows, "indicator", public_id)


@read_once
def get_city_for(actor: Actor | None, public_id: str, action: str = READ) -> City:
    """The city with this id. Raises NotFound."""
    _known(action)
    return get_by_public_id(City.objects.all(), "city", public_id)


def check_may_write(actor: Actor | None) -> None:
    """Raises NotFound if the actor may not edit the catalogue."""
    if not rules.may_write_catalogue(actor):
        raise NotFound("page", DEFINE)


def get_definition_for(
    actor: Actor | None, public_id: str, key: str, action: str = DEFINE
) -> DefinitionVersion:
    """The current version of a definition, for editing. Raises NotFound."""
    if action != DEFINE:
        raise ValueError(f"no rule covers {action!r}")
    check_may_write(actor)
    rows = DefinitionVersion.objects.select_related("definition__indicator").filter(
        definition__indicator__public_id=public_id, definition__key=key
    )
    version = rows.order_by("-number").first()
    if version is None:
        raise NotFound("definition", key)
    return version
