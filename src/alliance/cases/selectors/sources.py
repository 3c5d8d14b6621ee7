"""What the worker found at the addresses that records cite, and the texts that it kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.conf import settings
from django.db.models import Exists, Model, OuterRef, QuerySet, Subquery

from alliance.cases.models import CaseStudy, Solution, Source, SourceCheck, StoredCopy
from alliance.core.errors import NotFound
from alliance.web.narrative import addresses_in

LONGEST = 500
Row = TypeVar("Row", bound=Model)


def is_elsewhere(address: str) -> bool:
    """Whether an address leads out of this site, and is no longer than a row holds."""
    return len(address) <= LONGEST and not address.startswith(f"{settings.BASE_URL}/")


def with_state(rows: QuerySet[Row], url: str = "url") -> QuerySet[Row]:
    """Rows that cite the address in the field `url`, with what was found there.

    `is_dead`: it failed on several nights; `last_alive_at`: None where it was never seen alive;
    `is_kept`: there is a copy of its text; `is_shown`: everybody may read that.
    """
    dead = SourceCheck.objects.filter(url=OuterRef(url), is_alive=False)
    copies = _copies().filter(url=OuterRef(url))
    return rows.annotate(  # type: ignore[return-value]
        is_dead=Exists(dead),
        last_alive_at=Subquery(dead.values("last_alive_at")[:1]),
        is_kept=Exists(copies),
        is_shown=Exists(copies.exclude(licence="")),
    )


def _copies() -> QuerySet[StoredCopy]:
    return StoredCopy.objects.filter(fetched_at__isnull=False)


def _copy(url: str, *, may_read_all: bool) -> StoredCopy | None:
    copy = _copies().filter(url=url).first()
    return copy if copy is not None and (may_read_all or copy.licence) else None


def get_copy(case: CaseStudy, position: int, *, may_read_all: bool) -> tuple[Source, StoredCopy]:
    """A source of a case with what it said. Raises NotFound, also where it may not be shown."""
    rows = Source.objects.filter(case=case, position=position) if position < 2**15 else ()
    for source in rows:
        copy = _copy(source.url, may_read_all=may_read_all)
        if copy is not None and not case.is_masked:
            return source, copy
    raise NotFound("source", str(position))


def get_cost_copy(
    solution: Solution, position: int, *, may_read_all: bool
) -> tuple[str, StoredCopy]:
    """The title of the source of a cost of a solution, and what it said. Raises NotFound, also
    where it may not be shown."""
    rows = solution.costs.filter(position=position) if position < 2**15 else ()
    for cost in rows:
        copy = _copy(cost.source_url, may_read_all=may_read_all)
        if copy is not None:
            return cost.source_title, copy
    raise NotFound("source", str(position))


@dataclass
class CitedAddress:
    """An address in texts of a record, and its copy where the reader may read that."""

    url: str
    title: str
    is_dead: bool
    last_alive_at: dt.datetime | None
    copy: StoredCopy | None
    copy_href: str = ""


def cited_in(
    texts: Iterable[str], *, may_read_all: bool, href: Callable[[int], str] | None = None
) -> list[CitedAddress]:
    """The addresses in texts, each once; two queries where there are any.

    `href` gives the address of the page of a copy by its number.
    """
    named = dict.fromkeys(address for text in texts for address in addresses_in(text))
    urls = [url for url in named if is_elsewhere(url)]
    if not urls:
        return []
    dead = SourceCheck.objects.filter(url__in=urls, is_alive=False).in_bulk(field_name="url")
    copies = _copies().filter(url__in=urls).defer("text").in_bulk(field_name="url")
    addresses = []
    for url in urls:
        copy, check = copies.get(url), dead.get(url)
        title = copy.title if copy and copy.title else url.partition("://")[2].rstrip("/")
        readable = copy if copy and (may_read_all or copy.licence) else None
        addresses.append(
            CitedAddress(
                url=url,
                title=title,
                is_dead=check is not None,
                last_alive_at=check.last_alive_at if check else None,
                copy=readable,
                copy_href=href(readable.pk) if readable and href else "",
            )
        )
    return addresses


def get_cited_copy(texts: Iterable[str], number: int, *, may_read_all: bool) -> StoredCopy:
    """The copy of that number, which texts of a record cite. Raises NotFound, also where it may not
    be shown."""
    for address in cited_in(texts, may_read_all=may_read_all):
        if address.copy is not None and address.copy.pk == number:
            return address.copy
    raise NotFound("source", str(number))
