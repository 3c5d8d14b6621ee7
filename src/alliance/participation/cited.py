"""Dialogues with residents as they are cited, from their opening on."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from alliance.core.audit import Actor
from alliance.core.citations import Author, Citable, Kind
from alliance.core.errors import NotFound
from alliance.knowledge.citations import LICENCE
from alliance.network.addresses import page_address
from alliance.network.localise import local_name
from alliance.participation.selectors.access import get_process_for


def _dialogue(actor: Actor, public_id: str, language: str) -> Citable:
    found = get_process_for(actor, public_id, alone=True)
    day = found.answered_at or found.closed_at or found.opened_at
    if day is None:
        raise NotFound("process", public_id)
    return Citable(
        public_id=found.public_id,
        title=found.title,
        abstract=found.result or found.summary,
        language=found.language,
        authors=(Author(local_name(found.organisation, language)),),
        publisher=settings.NETWORK_NAME,
        url=page_address("participation:take-part", language, found.public_id),
        at=day.date(),
        licence=LICENCE,
    )


CITED = (Kind("dialogue", _("dialogue with residents"), _dialogue),)
