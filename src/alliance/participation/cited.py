"""Citations of dialogues with residents that have opened."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from alliance.cases.citations import LICENCE
from alliance.core.audit import Actor
from alliance.core.citations import Author, Citable, Kind
from alliance.core.errors import NotFound
from alliance.network.addresses import page_address
from alliance.network.localise import local_name
from alliance.participation.selectors.access import get_process_for


def _dialogue(actor: Actor, public_id: str, language: str) -> Citable:
    process = get_process_for(actor, public_id, alone=True)
    day = process.answered_at or process.closed_at or process.opened_at
    if day is None:
        raise NotFound("process", public_id)
    return Citable(
        public_id=process.public_id,
        title=process.title,
        abstract=process.result or process.summary,
        language=process.language,
        authors=(Author(local_name(process.organisation, language)),),
        publisher=settings.NETWORK_NAME,
        url=page_address("participation:take-part", language, process.public_id),
        at=day.date(),
        licence=LICENCE,
    )


CITED = (Kind("dialogue", _("dialogue with residents"), _dialogue),)
