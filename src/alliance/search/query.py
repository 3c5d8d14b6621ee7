"""What a reader asks of the finder: text, filters, order and page, from and to an address."""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Protocol
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from alliance.core.errors import Fault
from alliance.search.labels import facet_name

#: Filter keys in the order of the page. Within a key any code will do, between keys all must hold.
FILTER_KEYS = (
    *("kind", "outcome", "reason", "theme", "topic", "solution", "measure", "grade", "design"),
    "stage",
    *("country", "city", "size", "climate", "cost_band", "actor", "goal", "sdg"),
    *("gained", "paid", "language", "member"),
)
SORTS = ("relevance", "evidence", "cost", "soonest", "newest", "year")
#: What the page of the finder shows where no kind of record is asked for.
MAIN_KINDS = ("solution", "case")
PAGE_SIZE = 20
MAX_PAGE = 100_000
YEARS = (1800, 2200)
# Of a text so much is kept in the addresses of the page; the search reads less still.
MAX_TEXT = 1_000
# Codes that are read of one key; more are a fault, not a reason to work for ever.
MAX_CODES = 100
MAX_CODE_LENGTH = 80
SHOWN_ALLOWED = 20
_WHOLE = re.compile(r"[+-]?[0-9]+", re.ASCII)


class Params(Protocol):
    """The part of Django's QueryDict that is needed."""

    def getlist(self, key: str) -> list[str]: ...


def parameter_name(key: str) -> str:
    """What a parameter is called on the page."""
    return {
        "year_from": _("From year"),
        "year_to": _("Up to year"),
        "sort": _("Order"),
        "page": _("Page"),
    }.get(key) or facet_name(key)


@dataclass(frozen=True)
class FinderQuery:
    """A search. `filters` holds only keys of FILTER_KEYS, each with at least one code.

    `faults` are those that the address itself shows; whether a code exists is known to the index
    alone and told by `selectors.find`.
    is_main: where no kind is asked for, solutions and cases are meant, if there are any.
    """

    text: str = ""
    language: str = "en"
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    year_from: int | None = None
    year_to: int | None = None
    sort: str = "relevance"
    page: int = 1
    faults: tuple[Fault, ...] = ()
    is_main: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "filters", MappingProxyType(dict(self.filters)))

    @property
    def key(self) -> Hashable:
        """What tells it from other queries."""
        filters = tuple(sorted(self.filters.items()))
        own = (
            getattr(self, attribute.name)
            for attribute in fields(self)
            if attribute.name != "filters"
        )
        return (filters, *own)

    @classmethod
    def from_params(cls, params: Params, language: str) -> FinderQuery:
        """The query of an address; whatever stands there gives a query, with faults if need be."""
        faults: list[Fault] = []
        filters: dict[str, tuple[str, ...]] = {}
        for key in FILTER_KEYS:
            codes = tuple(dict.fromkeys(code for code in params.getlist(key) if code))
            if len(codes) > MAX_CODES:
                faults.append(Fault(key, "too-many", {"most": MAX_CODES}))
            elif codes:
                filters[key] = codes
        year_from = _number(params, "year_from", *YEARS, faults)
        year_to = _number(params, "year_to", *YEARS, faults)
        if year_from is not None and year_to is not None and year_from > year_to:
            years = {"first": year_from, "last": year_to}
            faults.append(Fault("year_from", "contradiction", years))
        sort = (params.getlist("sort") or [""])[-1] or "relevance"
        if sort not in SORTS:
            faults.append(Fault("sort", "not-one-of", {"value": sort, "allowed": SORTS}))
            sort = "relevance"
        page = _number(params, "page", 1, MAX_PAGE, faults) or 1
        text = (params.getlist("q") or [""])[-1].strip()[:MAX_TEXT]
        return cls(text, language, filters, year_from, year_to, sort, page, tuple(faults))

    def to_params(self) -> list[tuple[str, str]]:
        """Parameters of the address that gives this query again; what is default is left out."""
        return list(self._params())

    def _params(self) -> Iterator[tuple[str, str]]:
        if self.text:
            yield "q", self.text
        for key in FILTER_KEYS:
            for code in self.filters.get(key, ()):
                yield key, code
        for name in ("year_from", "year_to"):
            value = getattr(self, name)
            if value is not None:
                yield name, str(value)
        if self.sort != "relevance":
            yield "sort", self.sort
        if self.page != 1:
            yield "page", str(self.page)

    @property
    def querystring(self) -> str:
        """`to_params` as it stands in an address after "?"; empty for the query of all records."""
        return urlencode(self.to_params())

    def with_page(self, page: int) -> FinderQuery:
        return replace(self, page=page, faults=())

    def with_sort(self, sort: str) -> FinderQuery:
        return replace(self, sort=sort, page=1, faults=())

    def with_code(self, key: str, code: str) -> FinderQuery:
        """The query with one more code of a filter, from its first page.

        Of the least evidence asked for there is only one: the new one takes its place.
        """
        before = () if key == "grade" else self.filters.get(key, ())
        codes = dict.fromkeys([*before, code])
        return self._with_filters({**self.filters, key: tuple(codes)})

    def without(self, key: str, code: str | None = None) -> FinderQuery:
        """The query without one code of a filter, or without the whole filter, from page 1."""
        if key in ("year_from", "year_to"):
            return self.without_year(key)
        codes = tuple(
            other for other in self.filters.get(key, ()) if code is not None and other != code
        )
        return self._with_filters({**self.filters, key: codes})

    def without_year(self, *keys: str) -> FinderQuery:
        """The query without `year_from`, `year_to` or both, from its first page."""
        return replace(
            self,
            page=1,
            faults=(),
            year_from=None if "year_from" in keys else self.year_from,
            year_to=None if "year_to" in keys else self.year_to,
        )

    def without_keys(self, keys: Collection[str]) -> FinderQuery:
        """The query without these filters and without faults; where a year is named, without both.

        What is wrong with order and page is mended when an address is read.
        """
        filters = {key: codes for key, codes in self.filters.items() if key not in keys}
        sound = replace(self, filters=filters, faults=())
        years = ("year_from", "year_to")
        return sound.without_year(*years) if set(keys) & set(years) else sound

    def _with_filters(self, filters: Mapping[str, tuple[str, ...]]) -> FinderQuery:
        active = {key: codes for key, codes in filters.items() if codes}
        return replace(self, filters=active, page=1, faults=())


def _number(params: Params, key: str, low: int, high: int, faults: list[Fault]) -> int | None:
    text = (params.getlist(key) or [""])[-1].strip()
    if not text:
        return None
    if not _WHOLE.fullmatch(text):
        faults.append(Fault(key, "no-whole-number", {"value": text}))
        return None
    # A number of more digits is out of every range, and Python would refuse to read the longest.
    if len(text) > 9 or not low <= int(text) <= high:
        is_page = key == "page"
        years = {} if is_page else {"first": low, "last": high}
        faults.append(Fault(key, "no-page" if is_page else "not-a-year", {"value": text, **years}))
        return None
    return int(text)
