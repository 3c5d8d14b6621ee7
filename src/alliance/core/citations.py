"""How to cite a record: the register of what can be cited, and the citation formats.

Each app has a module `cited` with a tuple `CITED`, with a row for each kind of record that can be
cited: its code in addresses, its name, and its reader. Pages (`{% cite_this %}`), files and the API
use all apps through `cite`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from alliance.core import rooms
from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.core.text import single_line
from alliance.web import formatting

#: How many characters of a digest a citation names: enough to tell versions apart by eye.
DIGEST_LENGTH = 12


@dataclass(frozen=True)
class Author:
    """An author: an organisation, or a person, with the ORCID iD if known."""

    name: str
    orcid: str = ""
    is_person: bool = False


@dataclass(frozen=True, kw_only=True)
class Citable:
    """One version of a record with all that its citation contains.

    `public_id` is unique among all that can be cited. `url` is the stable address, `version_url`
    the address of exactly this version, if it has one. `at` is the date of the version; `version`
    is empty if the date alone identifies it. `digest`: the SHA-256 of the version in hex, if
    stored. Without `authors` the publisher is the author.
    """

    public_id: str
    title: str
    language: str
    publisher: str
    url: str
    at: dt.date
    licence: str
    version: str = ""
    version_url: str = ""
    digest: str = ""
    abstract: str = ""
    authors: tuple[Author, ...] = ()
    keywords: tuple[str, ...] = ()

    @property
    def short_digest(self) -> str:
        return self.digest[:DIGEST_LENGTH]

    @property
    def by(self) -> tuple[Author, ...]:
        """The authors, or else the publisher."""
        return self.authors or (Author(self.publisher),)


@dataclass(frozen=True)
class Kind:
    """A kind of record that can be cited.

    `read` takes the actor, the public id and the language of the page; it raises NotFound if the
    record is hidden or missing. `ris` and `csl`: the type of the reference in these formats.
    """

    code: str
    label: str | Promise
    read: Callable[[Actor, str, str], Citable]
    ris: str = "RPRT"
    csl: str = "report"


@cache
def kinds() -> Mapping[str, Kind]:
    """The kinds of all apps by code."""
    return {kind.code: kind for room in rooms.modules("cited") for kind in room.CITED}


def cite(actor: Actor, code: str, public_id: str, language: str) -> tuple[Kind, Citable]:
    """The kind and the citation of a record that the actor may read. Raises NotFound."""
    kind = kinds().get(code)
    if kind is None:
        raise NotFound("kind of citation", code)
    return kind, kind.read(actor, public_id, language)


def plain(cited: Citable) -> str:
    """The citation as a line of text."""
    authors = "; ".join(author.name for author in cited.by)
    day = formatting.day(cited.at)
    version = _("Version %(version)s") % {"version": cited.version} if cited.version else day
    digest = f" (SHA-256 {cited.short_digest}…)" if cited.digest else ""
    parts = [f"{authors} ({cited.at.year})", single_line(cited.title), f"{version}{digest}"]
    parts += [cited.publisher] if cited.authors else []
    sentences = [part if part.endswith((".", "?", "!", "…")) else f"{part}." for part in parts]
    return " ".join([*sentences, cited.url])


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
    # LaTeX fails on the narrow no-break space in UTF-8.
    "\u202f": r"\,",
    formatting.NBSP: "~",
}
#: BibTeX counts braces, escaped or not: unpaired braces are written by name.
_TEX_BRACES = {"{": r"\textbraceleft{}", "}": r"\textbraceright{}"}
_PAIRS = re.compile(r"[^{}]*(?:\{[^{}]*\}[^{}]*)*")


def _tex(text: str) -> str:
    """Plain text as a BibTeX value: on one line, special characters escaped, accents in UTF-8."""
    signs = _TEX if _PAIRS.fullmatch(text) else _TEX | _TEX_BRACES
    return "".join(signs.get(character, character) for character in single_line(text))


def _tex_name(author: Author) -> str:
    """A name; in braces if BibTeX would split it: an organisation, or a name with a comma."""
    name = _tex(author.name)
    is_plain = author.is_person and "," not in name and " and " not in name
    return name if is_plain else f"{{{name}}}"


def _key(cited: Citable) -> str:
    """The citation key: letters, digits and hyphens."""
    identifier = f"{cited.public_id}-v{cited.version or cited.at}"
    return re.sub(r"[^a-zA-Z0-9]+", "-", identifier).strip("-")


def _notes(cited: Citable) -> list[str]:
    """What has no field of its own in the formats: the whole digest, ORCID iDs, the licence."""
    orcids = [f"ORCID {author.orcid} ({author.name})" for author in cited.authors if author.orcid]
    return [*([f"SHA-256 {cited.digest}"] if cited.digest else []), *orcids, cited.licence]


def bibtex(cited: Citable) -> str:
    """One BibTeX entry (UTF-8), ending in a line feed."""
    version = [f"Version {cited.version}"] if cited.version else []
    exact = cited.version_url or cited.url
    fields = {
        "author": " and ".join(map(_tex_name, cited.by)),
        # Double braces preserve the capitals of a title.
        "title": f"{{{_tex(cited.title)}}}",
        "year": str(cited.at.year),
        "month": str(cited.at.month),
        "publisher": _tex(cited.publisher),
        # As BibTeX packages expect: in \url only the characters that end it are escaped.
        "howpublished": f"\\url{{{_tex_address(exact)}}}",
        "url": _tex_address(cited.url),
        "note": _tex(", ".join([*version, *_notes(cited)])),
        "language": cited.language,
    }
    body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@misc{{{_key(cited)},\n{body}}}\n"


def _tex_address(address: str) -> str:
    return address.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")


def ris(cited: Citable, kind: str = "RPRT") -> str:
    """One RIS record (UTF-8, lines ending in CR LF as the format requires)."""
    lines = [
        ("TY", kind),
        *(("AU", author.name) for author in cited.by),
        ("TI", cited.title),
        ("PY", str(cited.at.year)),
        ("DA", f"{cited.at:%Y/%m/%d}"),
        ("PB", cited.publisher),
        ("ET", f"Version {cited.version}" if cited.version else ""),
        ("AB", cited.abstract),
        ("LA", cited.language),
        *(("KW", word) for word in cited.keywords),
        ("UR", cited.url),
        ("L2", cited.version_url),
        ("ID", cited.public_id),
        ("N1", "; ".join(_notes(cited))),
    ]
    fields = [(tag, single_line(value)) for tag, value in lines]
    body = "".join(f"{tag}  - {value}\r\n" for tag, value in fields if value)
    return f"{body}ER  - \r\n"


def csl(cited: Citable, kind: str = "report") -> dict[str, Any]:
    """One item of CSL-JSON; unknown values are left out."""
    item = {
        "id": _key(cited),
        "type": kind,
        "title": single_line(cited.title),
        "author": [{"literal": author.name} for author in cited.by],
        "issued": {"date-parts": [[cited.at.year, cited.at.month, cited.at.day]]},
        "publisher": cited.publisher,
        "version": cited.version,
        "URL": cited.url,
        "language": cited.language,
        "abstract": single_line(cited.abstract),
        "keyword": ", ".join(cited.keywords),
        "note": "; ".join(_notes(cited)),
    }
    return {name: value for name, value in item.items() if value}
