"""That a country has a solution as a whole, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from alliance.core import clock
from alliance.network.localise import country_name


def in_force(country: str, since: int | None, until: int | None) -> str:
    """Since when a country has it: "In force in Sweden since 1984"; that it has none.

    The first year may lie ahead, the last one be over.
    """
    country = country_name(country, get_language() or "en")
    if since is None:
        return _("No national scheme in %(country)s") % {"country": country}
    params = {"country": country, "since": since, "until": until}
    if until is not None:
        return _("In force in %(country)s from %(since)s to %(until)s") % params
    if since > clock.today().year:
        return _("In force in %(country)s from %(since)s") % params
    return _("In force in %(country)s since %(since)s") % params


def all_in_force(schemes: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The words of each scheme that there is; each has `country`, `since` and `until`."""
    return tuple(in_force(**scheme) for scheme in schemes if scheme["since"] is not None)
