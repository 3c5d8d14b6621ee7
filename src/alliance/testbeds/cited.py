"""Citations of pilots, always of the version of the protocol in force."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from alliance.core.audit import Actor
from alliance.core.citations import Author, Citable, Kind
from alliance.core.errors import NotFound
from alliance.knowledge.citations import LICENCE
from alliance.network.api.common import page_address
from alliance.testbeds.models import Pilot, Protocol
from alliance.testbeds.selectors.access import get_pilot_for
from alliance.testbeds.selectors.protocols import content_of


def citable(pilot: Pilot, protocol: Protocol, language: str) -> Citable:
    """The citation of a frozen version of a pilot, with its page in `language`."""
    plan = content_of(protocol)["plan"]
    return Citable(
        public_id=pilot.public_id,
        title=plan["title"],
        abstract=plan["question"],
        language=pilot.language,
        authors=(Author(pilot.organisation.name),),
        publisher=settings.NETWORK_NAME,
        url=page_address("testbeds:pilot", language, pilot.public_id),
        version_url=page_address(
            "testbeds:pilot-protocol", language, pilot.public_id, protocol.number
        ),
        version=str(protocol.number),
        at=protocol.frozen_at.date(),
        digest=protocol.digest,
        licence=LICENCE,
    )


def _pilot(actor: Actor, public_id: str, language: str) -> Citable:
    pilot = get_pilot_for(actor, public_id)
    last = pilot.protocols.order_by("-number").first()
    if last is None:
        raise NotFound("pilot", public_id)
    return citable(pilot, last, language)


CITED = (Kind("pilot", _("pilot"), _pilot),)
