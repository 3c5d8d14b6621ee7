"""Citations of reports: the newest edition, with its number and the digest of its PDF."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from alliance.core.audit import Actor
from alliance.core.citations import Citable, Kind
from alliance.knowledge.citations import LICENCE
from alliance.network.addresses import page_address
from alliance.reports.selectors.reports import get_edition_for


def _report(actor: Actor, public_id: str, language: str) -> Citable:
    edition = get_edition_for(actor, public_id)
    content = edition.content[language]
    return Citable(
        public_id=public_id,
        title=content["title"],
        abstract=content["lead"],
        language=language,
        publisher=settings.NETWORK_NAME,
        url=page_address("reports:report", language, public_id),
        version_url=page_address("reports:edition", language, public_id, edition.number),
        version=str(edition.number),
        at=(edition.published_at or edition.asked_at).date(),
        digest=edition.files[f"report-{language}.pdf"],
        licence=LICENCE,
    )


CITED = (Kind("report", _("report"), _report),)
