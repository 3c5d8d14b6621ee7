"""The description of a download: contents, licence, date, citation and how reliable it is."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from alliance import __version__
from alliance.cases.citations import LICENCE, LICENCE_NAME, LICENCE_URL
from alliance.cases.costs import target
from alliance.core import audit, clock
from alliance.core.models import AuditEvent
from alliance.network.api.common import page_address
from alliance.web.formatting import day


@dataclass(frozen=True)
class About:
    """The metadata of a download; `changed_at` is None if nothing was recorded yet."""

    title: str
    network: str
    address: str
    as_of: dt.date
    changed_at: dt.datetime | None
    language: str
    currency: str
    price_year: int

    @property
    def citation(self) -> str:
        """The citation of this download."""
        return (
            f"{self.network} ({self.as_of:%Y}). {self.title}. {self.address} "
            f"({self.as_of:%Y-%m-%d}). CC BY 4.0."
        )

    def facts(self) -> list[tuple[str, str]]:
        """Labels and values in the language of the download."""
        with translation.override(self.language):
            changed = self.changed_at
            return [
                (_("Title"), self.title),
                (_("Network"), self.network),
                (_("Web address"), self.address),
                (_("Data retrieved on"), day(self.as_of)),
                (
                    _("Data last changed"),
                    f"{day(changed)}, {changed:%H:%M} UTC" if changed else _("no data"),
                ),
                (_("Licence"), f"{LICENCE_NAME}, {LICENCE_URL}"),
                (_("How to cite"), self.citation),
                (
                    _("Empty cells"),
                    _("An empty cell means that the value is not known. It does not mean 0 or no."),
                ),
                (
                    _("Starter content"),
                    _(
                        "Facts with their sources, compiled by the editors. Equity notes, "
                        "prerequisites, group sizes and IAP2 levels are the editors’ "
                        "judgement."
                    ),
                ),
                (
                    _("Costs"),
                    _("Compared in %(currency)s at %(year)s prices.")
                    % {"currency": self.currency, "year": self.price_year},
                ),
                (_("Software"), f"Alliance platform {__version__}"),
            ]

    def as_json(self) -> dict[str, str | None]:
        """The metadata as JSON."""
        return {
            "title": self.title,
            "network": self.network,
            "address": self.address,
            "as_of": f"{self.as_of:%Y-%m-%d}",
            "changed_at": f"{self.changed_at:%Y-%m-%dT%H:%M:%SZ}" if self.changed_at else None,
            "licence": LICENCE,
            "licence_url": LICENCE_URL,
            "citation": self.citation,
            "codebook": f"{settings.BASE_URL}/api/v1/export/codebook.csv",
        }


def about(title: str, language: str) -> About:
    """The metadata of a download made now."""
    currency, year = target()
    return About(
        title=title,
        network=settings.NETWORK_NAME,
        address=page_address("knowledge:data", language),
        as_of=clock.today(),
        changed_at=AuditEvent.objects.order_by("-id").values_list("at", flat=True).first(),
        language=language,
        currency=currency,
        price_year=year,
    )


def state(*parts: str) -> str:
    """An identifier of the content of a download, which changes with the data, the day and the
    software."""
    known = (audit.last_id(), clock.today(), __version__, settings.BASE_URL, *target(), *parts)
    return hashlib.sha256("|".join(map(str, known)).encode()).hexdigest()[:32]
