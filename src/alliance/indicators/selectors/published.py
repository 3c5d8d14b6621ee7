"""The release that pages show."""

from __future__ import annotations

import datetime as dt

from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.core.ids import PUBLIC_ID
from alliance.indicators.enums import ReleaseState
from alliance.indicators.models import Release

LATEST = "latest"


def get_release_for(actor: Actor | None, public_id: str, action: str = "read") -> Release:
    """The published release of that id, or the newest by the id `latest`. Raises NotFound."""
    if action != "read":
        raise ValueError(f"no rule covers {action!r}")
    found = None
    if public_id == LATEST:
        found = release_at(None)
    elif PUBLIC_ID.match(public_id):
        found = Release.objects.filter(public_id=public_id, state=ReleaseState.DONE).first()
    if found is None:
        raise NotFound("release", public_id)
    return found


def release_at(moment: dt.datetime | None) -> Release | None:
    """The newest release that was published by `moment`, None for the present; None without one.

    One query. Its lists of definitions and peers are large and left out until they are asked for.
    """
    rows = Release.objects.filter(state=ReleaseState.DONE, published_at__isnull=False)
    if moment is not None:
        rows = rows.filter(published_at__lte=moment)
    rows = rows.defer("definitions", "framework", "manifest")
    return rows.order_by("-published_at", "-id").first()
