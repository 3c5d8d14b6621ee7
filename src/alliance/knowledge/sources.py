"""The addresses that published records cite, which the worker checks and keeps what they say."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.conf import settings

from alliance.knowledge.enums import CaseStatus
from alliance.knowledge.models import Source

LONGEST = 500


def addresses() -> Iterable[str]:
    """Those of the sources of published cases."""
    sources = Source.objects.filter(case__status=CaseStatus.PUBLISHED).exclude(url="")
    return sources.values_list("url", flat=True)


def cited_addresses() -> set[str]:
    """Those of this room, and of all rooms with a module `sources` whose `addresses` tells them."""
    found: set[str] = set()
    for config in apps.get_app_configs():
        name = f"{config.name}.sources"
        if config.name.startswith("alliance.") and find_spec(name):
            found.update(import_module(name).addresses())
    return {
        one for one in found if len(one) <= LONGEST and not one.startswith(f"{settings.BASE_URL}/")
    }
