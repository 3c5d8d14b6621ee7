"""Keeping what cited sources say, where the source permits it."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from http import HTTPStatus
from string import printable
from typing import Any
from urllib.parse import quote, urlsplit
from urllib.robotparser import RobotFileParser

from django.db import transaction
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from alliance.cases.models import SourceCheck, StoredCopy
from alliance.cases.models.kept_copies import WARCS, NotStoredReason
from alliance.cases.sources import cited_addresses
from alliance.core import strict_json
from alliance.core.errors import InvalidData
from alliance.core.files.contained import Unreadable, read_contained
from alliance.core.files.rows import Limits
from alliance.network import outside
from alliance.writing.services.source_checks import (
    NO_NETWORK_AFTER,
    Ask,
    host_by_host,
    politely,
    record_source,
    user_agent,
)

#: A source is read again after this time; one that was not kept, a little earlier.
EVERY, AGAIN = dt.timedelta(days=180), dt.timedelta(days=60)
MOST_AT_ONCE = 200
MOST_BYTES = 5_000_000
#: What a page may take to be read: bytes of memory and seconds of a processor.
LIMITS = Limits(rows=1, memory=500_000_000, seconds=20)
_READ = frozenset({"text/html", "application/xhtml+xml", "application/pdf", "text/plain"})
#: Licences that permit everybody to show a text, by the beginning of their address.
OPEN_LICENCES: Mapping[str, str] = {
    "creativecommons.org/licenses/by/": "CC BY",
    "creativecommons.org/licenses/by-sa/": "CC BY-SA",
    "creativecommons.org/publicdomain/zero/": "CC0",
    "creativecommons.org/publicdomain/mark/": "Public Domain Mark",
    "etalab.gouv.fr/licence-ouverte": "Licence Ouverte (Etalab)",
    "nationalarchives.gov.uk/doc/open-government-licence": "Open Government Licence",
}
# What speaks of the connection, or of who asked, and not of the page.
_OMITTED_HEADERS = frozenset(
    {"content-encoding", "transfer-encoding", "content-length", "set-cookie"}
)


class _NotStored(Exception):
    def __init__(self, why: NotStoredReason):
        self.why = why


@dataclass
class Round:
    """What one run of the worker kept."""

    read: int = 0
    stored: int = 0
    forgotten: int = 0
    no_network: bool = False


class _Manners:
    """What sites ask of machines, each asked once: robots.txt and the TDM Reservation Protocol."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._sites: dict[str, tuple[RobotFileParser, list[Any]]] = {}

    def _file(self, site: str, path: str) -> str | None:
        answer = self._ask("GET", site + path, headers=_headers(), most_bytes=500_000)
        if answer.status >= 500:
            raise _NotStored(NotStoredReason.FAILED)
        return answer.body.decode("utf-8", "replace") if answer.status == 200 else None

    def check_allowed(self, url: str) -> None:
        """Raises _NotKept where a site does not want an address to be read or kept."""
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._sites:
            robots = RobotFileParser()
            robots.parse((self._file(site, "/robots.txt") or "").splitlines())
            try:
                rules = strict_json.read(self._file(site, "/.well-known/tdmrep.json") or "[]")
            except strict_json.NotJson:
                rules = []
            self._sites[site] = robots, rules if isinstance(rules, list) else []
        robots, rules = self._sites[site]
        if not robots.can_fetch(user_agent(), url):
            raise _NotStored(NotStoredReason.ROBOTS)
        for rule in rules:
            place = str(rule.get("location", "")) if isinstance(rule, dict) else ""
            if place and fnmatchcase(parts.path or "/", place.rstrip("$") + "*"):
                if str(rule.get("tdm-reservation")) == "1":
                    raise _NotStored(NotStoredReason.RESERVED)
                # The first rule that fits counts.
                return


def _headers() -> dict[str, str]:
    return {"user-agent": user_agent(), "accept": "text/html,application/pdf,text/plain;q=0.9"}


def store_copies(
    *,
    at: dt.datetime,
    ask: Ask = outside.ask,
    pause: Callable[[float], object] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Round:
    """Read the sources of published records that are due, and keep them where they permit it.

    What no published record cites any more is forgotten. Where the machine has no network nothing
    is marked.
    """
    cited = cited_addresses()
    rows = {
        url: (pk, due_at)
        for pk, url, due_at in StoredCopy.objects.values_list("pk", "url", "due_at")
    }
    unused = [pk for url, (pk, _due_at) in rows.items() if url not in cited]
    done = Round(forgotten=_forget(StoredCopy.objects.filter(pk__in=unused)))
    waiting = {url for url, (_pk, due_at) in rows.items() if due_at > at}
    gone = SourceCheck.objects.filter(is_alive=False).values_list("url", flat=True)
    urls = sorted(cited.difference(waiting, gone))[:MOST_AT_ONCE]
    known = StoredCopy.objects.in_bulk(urls, field_name="url")
    due = [known.get(url) or StoredCopy(url=url, due_at=at) for url in urls]
    asking = politely(ask, pause, clock)
    manners = _Manners(asking)
    silent = 0
    for copy in host_by_host(due):
        try:
            answer = _fetch(copy.url, asking, manners)
            _store_copy(copy, answer, at)
        except outside.Unreachable as error:
            silent += error.is_network
            if silent >= NO_NETWORK_AFTER and not done.read:
                done.no_network = True
                return done
            if error.is_network:
                continue
            copy.why_not = NotStoredReason.FAILED
        except ValueError:
            # `Refused`, or what was cited is no address at all.
            copy.why_not = NotStoredReason.FAILED
        except _NotStored as error:
            copy.why_not = error.why
        done.read += 1
        done.stored += not copy.why_not
        copy.due_at = at + (AGAIN if copy.why_not else EVERY)
        _save(copy, at)
    return done


def _fetch(url: str, ask: Ask, manners: _Manners) -> outside.Answer:
    """The page, each address on the way to it being one that may be read."""
    for _hop in range(outside.MOST_REDIRECTS + 1):
        manners.check_allowed(url)
        answer = ask("GET", url, headers=_headers(), most_bytes=MOST_BYTES + 1, follow=False)
        target = answer.headers.get("location")
        if not (target and 300 <= answer.status < 400):
            return answer
        url = outside.next_address(url, target)
    raise _NotStored(NotStoredReason.FAILED)


def _store_copy(copy: StoredCopy, answer: outside.Answer, at: dt.datetime) -> None:
    """Take over what a server answered. Raises _NotKept."""
    if answer.status != HTTPStatus.OK:
        raise _NotStored(NotStoredReason.FAILED)
    robots = answer.headers.get("x-robots-tag", "").lower()
    if "noarchive" in robots or robots.strip() == "none":
        raise _NotStored(NotStoredReason.NOARCHIVE)
    if answer.headers.get("tdm-reservation", "").strip() == "1":
        raise _NotStored(NotStoredReason.RESERVED)
    media_type, _semicolon, more = answer.headers.get("content-type", "").partition(";")
    media_type = media_type.strip().lower()
    if media_type not in _READ:
        raise _NotStored(NotStoredReason.FORMAT)
    if len(answer.body) > MOST_BYTES:
        raise _NotStored(NotStoredReason.SIZE)
    charset = more.partition("charset=")[2].strip("\"' ;")
    try:
        (pairs,) = read_contained(
            "alliance.cases.page_text:read",
            answer.body,
            limits=LIMITS,
            media_type=media_type,
            charset=charset,
        )
    except (Unreadable, InvalidData) as error:
        raise _NotStored(NotStoredReason.EMPTY) from error
    page: dict[str, Any] = dict(pairs)
    if page["asks"]:
        raise _NotStored(NotStoredReason(page["asks"][0]))
    if not page["text"].strip():
        raise _NotStored(NotStoredReason.EMPTY)
    before = copy.warc
    copy.warc = WARCS.store(_warc(answer, at))
    if before and before != copy.warc:
        transaction.on_commit(lambda: WARCS.forget(before))
    copy.why_not, copy.fetched_at, copy.status_code = "", at, answer.status
    copy.content_type, copy.language = media_type, page["language"]
    copy.digest = hashlib.sha256(answer.body).hexdigest()
    copy.title, copy.text = _storable(page["title"])[:300], _storable(page["text"])
    copy.licence = _licence(page["licences"])


def _storable(text: str) -> str:
    """A text without what databases refuse: NUL, and halves of letters, as some PDFs have them."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode()


def _licence(links: list[str]) -> str:
    """The licence that lets everybody show a page; empty where one that it names does not."""
    names = [_open_name(link) for link in links]
    return names[0] if names and all(names) else ""


def _open_name(link: str) -> str:
    place = link.strip().lower().partition("://")[2].removeprefix("www.")
    return next((name for start, name in OPEN_LICENCES.items() if place.startswith(start)), "")


def _warc(answer: outside.Answer, at: dt.datetime) -> bytes:
    """The answer as a record of a web archive (ISO 28500), compressed."""
    packed = io.BytesIO()
    writer = WARCWriter(packed, gzip=True)
    # A file of web archives takes ASCII here, and servers send names of files in any letters.
    headers = [
        (name, quote(value, safe=printable))
        for name, value in answer.headers.items()
        if name not in _OMITTED_HEADERS
    ]
    line = f"{answer.status} {HTTPStatus(answer.status).phrase}"
    record = writer.create_warc_record(
        quote(answer.url, safe=printable.strip()),
        "response",
        payload=io.BytesIO(answer.body),
        http_headers=StatusAndHeaders(line, headers, protocol="HTTP/1.1"),
        warc_headers_dict={"WARC-Date": f"{at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"},
    )
    writer.write_record(record)
    return packed.getvalue()


def _save(copy: StoredCopy, at: dt.datetime) -> None:
    """Write a row down; the pages that cite it are made anew."""
    with transaction.atomic():
        copy.save()
        if copy.fetched_at != at:
            return
        record_source(copy.url, "source kept", at=at)


def _forget(rows: Any) -> int:
    """Delete copies with their files; how many."""
    sums = [row for row in rows.values_list("warc", flat=True) if row]
    n: int = rows.delete()[0]
    for warc in sums:
        WARCS.forget(warc)
    return n
