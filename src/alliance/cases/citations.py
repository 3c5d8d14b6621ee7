"""Citations of cases, solutions, verdicts and pooled effects; a case also as schema.org has it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from alliance.core.citations import Citable

#: Licence of what has no licence of its own: solutions, methods, cities and lists.
LICENCE = "CC-BY-4.0"
LICENCE_NAME = "Creative Commons Attribution 4.0 International (CC BY 4.0)"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
LICENCE_ADDRESSES: Mapping[str, str] = {
    LICENCE: LICENCE_URL,
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
}


@dataclass(frozen=True, kw_only=True)
class CitedCase(Citable):
    """A version of a case, with what schema.org says of it besides. `first_published`: the day of
    the first version. `sources` are (title, address)."""

    first_published: dt.date
    place: str
    country: str
    latitude: float | None
    longitude: float | None
    start_year: int | None
    end_year: int | None
    sources: tuple[tuple[str, str], ...]


def structured_data(cited: CitedCase) -> dict[str, Any]:
    """The case as a schema.org Report; what is not recorded is left out."""
    place: dict[str, Any] = {"@type": "Place", "name": cited.place}
    # EU and ZZ stand for several and for undisclosed countries: no country of schema.org.
    if cited.country not in {"EU", "ZZ"}:
        place["address"] = {"@type": "PostalAddress", "addressCountry": cited.country}
    if cited.latitude is not None and cited.longitude is not None:
        place["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": cited.latitude,
            "longitude": cited.longitude,
        }
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Report",
        "@id": cited.url,
        "url": cited.url,
        "name": cited.title,
        "headline": cited.title,
        "abstract": cited.abstract,
        "inLanguage": cited.language,
        "datePublished": cited.first_published.isoformat(),
        "dateModified": cited.at.isoformat(),
        "version": cited.version,
        "identifier": [
            {"@type": "PropertyValue", "propertyID": "id", "value": cited.public_id},
            {"@type": "PropertyValue", "propertyID": "sha256", "value": cited.digest},
        ],
        "isAccessibleForFree": True,
        "license": LICENCE_ADDRESSES.get(cited.licence, cited.licence),
        "publisher": {"@type": "Organization", "name": cited.publisher},
        "spatialCoverage": place,
        "citation": [
            {"@type": "CreativeWork", "name": title} | ({"url": address} if address else {})
            for title, address in cited.sources
        ],
    }
    if cited.start_year is not None:
        # ISO 8601 interval; ".." is an end that is not known or still open.
        data["temporalCoverage"] = f"{cited.start_year}/{cited.end_year or '..'}"
    if cited.keywords:
        data["keywords"] = list(cited.keywords)
    return data


def json_for_script(data: Mapping[str, Any]) -> SafeString:
    """JSON that may stand inside a script element: no character of it can end the element."""
    text = json.dumps(data, ensure_ascii=False)
    for character in ("<", ">", "&", "\u2028", "\u2029"):
        text = text.replace(character, f"\\u{ord(character):04x}")
    return SafeString(text)
