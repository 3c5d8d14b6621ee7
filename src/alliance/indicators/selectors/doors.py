"""The only way from an id to an indicator or a city with figures. All are public to read."""

from __future__ import annotations

from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.core.ids import PUBLIC_ID
from alliance.indicators.models import Indicator
from alliance.network.models import City

READ = "read"


def _known(action: str) -> None:
    if action != READ:
        raise ValueError(f"no rule covers {action!r}")


def get_indicator_for(actor: Actor | None, public_id: str, action: str = READ) -> Indicator:
    """The indicator of that id, with its group. Raises NotFound."""
    _known(action)
    found = None
    if PUBLIC_ID.match(public_id):
        rows = Indicator.objects.select_related("group", "denominator")
        found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound("indicator", public_id)
    return found


def get_city_for(actor: Actor | None, public_id: str, action: str = READ) -> City:
    """The city of that id. Raises NotFound."""
    _known(action)
    found = None
    if PUBLIC_ID.match(public_id):
        found = City.objects.filter(public_id=public_id).first()
    if found is None:
        raise NotFound("city", public_id)
    return found
