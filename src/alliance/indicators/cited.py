"""Citations of indicators and releases of the common set."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.core.audit import Actor
from alliance.core.citations import Author, Citable, Kind
from alliance.core.errors import NotFound
from alliance.core.text import digest
from alliance.indicators.models import DefinitionVersion
from alliance.indicators.selectors.access import get_indicator_for, get_release_for
from alliance.network.addresses import page_address
from alliance.network.localise import local_name

LICENCE = "CC-BY-4.0"


def _indicator(actor: Actor, public_id: str, language: str) -> Citable:
    """Cites an indicator by the newest version of its definitions, with the publishers of its
    figures."""
    indicator = get_indicator_for(actor, public_id)
    rows = DefinitionVersion.objects.filter(definition__indicator=indicator)
    versions = list(rows.order_by("-recorded_at", "-id"))
    if not versions:
        raise NotFound("indicator", public_id)
    publishers = dict.fromkeys(version.publisher for version in versions if version.publisher)
    return Citable(
        public_id=indicator.public_id,
        title=local_name(indicator, language),
        abstract=versions[0].text,
        language=language,
        authors=tuple(map(Author, publishers)),
        publisher=settings.NETWORK_NAME,
        url=page_address("indicators:indicator", language, indicator.public_id),
        at=versions[0].recorded_at.date(),
        version=str(versions[0].number),
        licence=versions[0].licence or LICENCE,
    )


def _release(actor: Actor, public_id: str, language: str) -> Citable:
    """Cites a release of the common set; its digest is that of the list of its files."""
    release = get_release_for(actor, public_id)
    if release.published_at is None:
        raise NotFound("release", public_id)
    return Citable(
        public_id=release.public_id,
        title=_("Common indicators %(year)s, release %(name)s")
        % {"year": release.year, "name": release.name},
        language=language,
        publisher=settings.NETWORK_NAME,
        url=page_address("indicators:release", language, release.public_id),
        at=release.published_at.date(),
        version=release.name,
        digest=digest(release.manifest),
        licence=LICENCE,
    )


CITED = (
    Kind("indicator", gettext_lazy("indicator"), _indicator, ris="DATA", csl="dataset"),
    Kind("release", gettext_lazy("release"), _release, ris="DATA", csl="dataset"),
)
