"""The publishers that can be read, with the properties of all their data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.indicators.connectors import eurostat, kolada, melodi, pxweb, sdmx_rest, un_sdg
from alliance.indicators.connectors.asking import Asker
from alliance.indicators.connectors.query import Fetched, Query
from alliance.indicators.enums import Boundary, CodeScheme


@dataclass(frozen=True)
class Publisher:
    """A kind of server. `scheme` and `boundary` say how it identifies cities, "" if that varies;
    `example` is the name of a typical dataset.
    """

    name: str
    about: Promise
    example: str
    scheme: str
    boundary: str
    licence: str
    fetch: Callable[[Asker, Query], Fetched]


PUBLISHERS: dict[str, Publisher] = {
    "eurostat": Publisher(
        "Eurostat",
        _("Statistics on European cities (Urban Audit)"),
        "urb_cenv",
        CodeScheme.URAU2021,
        Boundary.MUNICIPALITY,
        "CC BY 4.0 (Eurostat reuse policy)",
        eurostat.fetch,
    ),
    "kolada": Publisher(
        "Kolada",
        _("Key figures for Swedish municipalities"),
        "N00401",
        CodeScheme.SE_KOMMUN,
        Boundary.MUNICIPALITY,
        "Kolada (RKA), source to be named",
        kolada.fetch,
    ),
    "pxweb": Publisher(
        "PxWeb",
        _("Statistics Sweden and other offices using PxWeb"),
        "BE/BE0101/BE0101A/BefolkningNy",
        CodeScheme.SE_KOMMUN,
        Boundary.MUNICIPALITY,
        "CC0 (SCB open data since 1 Jul 2021)",
        pxweb.fetch,
    ),
    "melodi": Publisher(
        "Melodi",
        _("INSEE, figures for French communes"),
        "DS_POPULATIONS_REFERENCE",
        CodeScheme.INSEE,
        Boundary.COMMUNE,
        "INSEE reuse terms (reuse incl. commercial, source named)",
        melodi.fetch,
    ),
    "un-sdg": Publisher(
        "UN SDG",
        _("UN database of SDG indicators"),
        "SP_TRN_PUBL",
        CodeScheme.SDG1121,
        Boundary.URBAN_AREA,
        "UN Statistics Division, terms of use of its data",
        un_sdg.fetch,
    ),
    "sdmx": Publisher(
        "SDMX",
        _("Any SDMX REST service"),
        "ESTAT,URB_CENV,1.0",
        "",
        "",
        "",
        sdmx_rest.fetch,
    ),
}


def fetch(publisher: str, query: Query, *, asker: Asker | None = None) -> Fetched:
    """Queries a publisher. Raises InvalidData if it refuses the query or responds incompletely,
    PublisherSilent if it does not respond.
    """
    connector = PUBLISHERS[publisher]
    return connector.fetch(asker or Asker(connector.name), query)
