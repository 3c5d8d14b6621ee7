"""The release that pages show."""

from __future__ import annotations

import datetime as dt

from alliance.indicators.enums import ReleaseState
from alliance.indicators.models import Release


def release_at(moment: dt.datetime | None) -> Release | None:
    """The newest release that was published by `moment`, None for the present; None without one.

    One query. Its lists of definitions and peers are large and left out until they are asked for.
    """
    rows = Release.objects.filter(state=ReleaseState.DONE, published_at__isnull=False)
    if moment is not None:
        rows = rows.filter(published_at__lte=moment)
    rows = rows.defer("definitions", "framework", "manifest")
    return rows.order_by("-published_at", "-id").first()
