"""From the address of a page, as people copy it, to the thing that it shows."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.conf import settings

from alliance.adoption.enums import Kind, StepKind
from alliance.thread.selectors.shapes import Key

_PAGES = {
    "needs": Kind.NEED,
    "offers": Kind.OFFER,
    "solutions": Kind.SOLUTION,
    "agreements": Kind.AGREEMENT,
    "pilots": Kind.PILOT,
    "indicators": Kind.INDICATOR,
    "cases": Kind.CASE,
    "peer-reviews": Kind.PEER_REVIEW,
    **{f"thread/{kind}": Kind(kind) for kind in Kind.values},
}
_ID = r"(?P<id>[a-z0-9][a-z0-9-]{1,79})"
_ADDRESS = re.compile(rf"^(?:/(?:en|fr|sv))?/(?P<page>[a-z-]+(?:/[a-z-]+)?)/{_ID}/?\Z")


def key_of_address(given: str) -> Key | None:
    """The thing whose page or thread stands at an address of this installation; None where it is
    another address."""
    try:
        parts = urlsplit(given.strip())
    except ValueError:
        return None
    if parts.netloc and parts.netloc != urlsplit(settings.BASE_URL).netloc:
        return None
    found = _ADDRESS.match(parts.path)
    kind = _PAGES.get(found["page"]) if found else None
    return (kind.value, found["id"]) if found and kind else None


def is_step(kind: str) -> bool:
    """Whether things of this kind happened elsewhere and are told by teams."""
    return kind in StepKind.values
