"""How to cite a pilot: in words and as BibTeX, with version and digest of its protocol."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from alliance.knowledge import citations
from alliance.network.api.common import page_address
from alliance.testbeds.models import Pilot, Protocol
from alliance.testbeds.selectors.protocols import content_of


def citable(pilot: Pilot, protocol: Protocol) -> citations.Citable:
    """A frozen version of a pilot with everything a citation says."""
    plan = content_of(protocol)["plan"]
    address = page_address("testbeds:pilot", "en", pilot.public_id)
    first: dt.datetime = pilot.frozen_at or protocol.frozen_at
    return citations.Citable(
        public_id=pilot.public_id,
        title=plan["title"],
        abstract=plan["question"],
        language=pilot.language,
        publisher=f"{pilot.organisation.name}, {settings.NETWORK_NAME}",
        url=address,
        version_url=page_address("testbeds:pilot-protocol", "en", pilot.public_id, protocol.number),
        version=protocol.number,
        at=protocol.frozen_at.date(),
        first_published=first.date(),
        digest=protocol.digest,
        licence="CC-BY-4.0",
        place="",
        country=pilot.organisation.country,
        latitude=None,
        longitude=None,
        start_year=pilot.starts_on.year if pilot.starts_on else None,
        end_year=None,
        keywords=(),
        sources=(),
    )
