"""How to cite a case: plain words, BibTeX, RIS and schema.org, always with version and digest."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

#: How many characters of a digest a citation names: enough to tell versions apart by eye.
DIGEST_LENGTH = 12

#: Licence of what has no licence of its own: solutions, methods, cities and lists.
LICENCE = "CC-BY-4.0"
LICENCE_NAME = "Creative Commons Attribution 4.0 International (CC BY 4.0)"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
LICENCE_ADDRESSES: Mapping[str, str] = {
    LICENCE: LICENCE_URL,
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
}


@dataclass(frozen=True)
class Citable:
    """One version of a case with everything a citation says.

    `url` is the stable address, `version_url` the address of exactly this version. `at` is the
    day the version was kept, `first_published` the day of the first one. `digest` is the SHA-256
    of the version in hex. `sources` are (title, address).
    """

    public_id: str
    title: str
    abstract: str
    language: str
    publisher: str
    url: str
    version_url: str
    version: int
    at: dt.date
    first_published: dt.date
    digest: str
    licence: str
    place: str
    country: str
    latitude: float | None
    longitude: float | None
    start_year: int | None
    end_year: int | None
    keywords: tuple[str, ...]
    sources: tuple[tuple[str, str], ...]

    @property
    def short_digest(self) -> str:
        """The first characters of the digest."""
        return self.digest[:DIGEST_LENGTH]


def plain(cited: Citable) -> str:
    """The citation as a line of text."""
    return _(
        "%(publisher)s (%(year)s). %(title)s. Version %(version)s (SHA-256 %(digest)s…). %(url)s"
    ) % {
        "publisher": cited.publisher,
        "year": cited.at.year,
        "title": cited.title.rstrip("."),
        "version": cited.version,
        "digest": cited.short_digest,
        "url": cited.url,
    }


_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
}


def _tex(text: str) -> str:
    """Plain text for a BibTeX value: on one line, special characters escaped."""
    return "".join(_TEX.get(character, character) for character in " ".join(text.split()))


def bibtex(cited: Citable) -> str:
    """One BibTeX entry (UTF-8), ending in a line feed."""
    key = re.sub(r"[^a-zA-Z0-9]+", "-", f"{cited.public_id}-v{cited.version}")
    fields = {
        # Double braces: a name of an organisation, and a title whose capitals stay.
        "author": f"{{{_tex(cited.publisher)}}}",
        "title": f"{{{_tex(cited.title)}}}",
        "year": str(cited.at.year),
        "month": str(cited.at.month),
        "howpublished": f"\\url{{{cited.version_url}}}",
        "url": cited.url,
        "note": _tex(
            f"Version {cited.version}, SHA-256 {cited.digest[:DIGEST_LENGTH]}, {cited.licence}"
        ),
        "language": cited.language,
    }
    body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@misc{{{key},\n{body}}}\n"


def ris(cited: Citable) -> str:
    """One RIS record (UTF-8, lines ending in CR LF as the format asks)."""
    lines = [
        ("TY", "RPRT"),
        ("AU", cited.publisher),
        ("TI", cited.title),
        ("PY", str(cited.at.year)),
        ("DA", f"{cited.at:%Y/%m/%d}"),
        ("PB", cited.publisher),
        ("ET", f"Version {cited.version}"),
        ("AB", cited.abstract),
        ("LA", cited.language),
        *(("KW", word) for word in cited.keywords),
        ("UR", cited.url),
        ("L2", cited.version_url),
        ("ID", cited.public_id),
        ("N1", f"SHA-256 {cited.digest}; {cited.licence}"),
        ("ER", ""),
    ]
    return "".join(f"{tag}  - {' '.join(value.split())}\r\n" for tag, value in lines)


def structured_data(cited: Citable) -> dict[str, Any]:
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
        "version": str(cited.version),
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
