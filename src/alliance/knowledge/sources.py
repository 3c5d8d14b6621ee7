"""The addresses that published records cite, which the worker checks and keeps what they say."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings

from alliance.core import rooms
from alliance.knowledge.enums import CaseStatus
from alliance.knowledge.models import SolutionCost, Source

LONGEST = 500


def addresses() -> Iterable[str]:
    """Those of the sources of published cases, and of the costs of solutions."""
    sources = Source.objects.filter(case__status=CaseStatus.PUBLISHED).exclude(url="")
    yield from sources.values_list("url", flat=True)
    costs = SolutionCost.objects.filter(solution__withdrawn_at=None).exclude(source_url="")
    yield from costs.values_list("source_url", flat=True)


def cited_addresses() -> set[str]:
    """Those of this room, and of all rooms with a module `sources` whose `addresses` tells them."""
    found = {one for room in rooms.modules("sources") for one in room.addresses()}
    return {one for one in found if is_elsewhere(one)}


def is_elsewhere(address: str) -> bool:
    """Whether an address leads out of this site, and is no longer than a row holds."""
    return len(address) <= LONGEST and not address.startswith(f"{settings.BASE_URL}/")
