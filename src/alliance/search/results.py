"""What the finder gives back: frozen values, ready for a page or the API."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from alliance.cases.selectors.register import Tally
from alliance.charts.map import MapPoint
from alliance.core.errors import Fault
from alliance.search.intent import Intent
from alliance.search.query import FinderQuery


@dataclass(frozen=True)
class Hit:
    """One record found, told in the reader's language or, failing that, in `language`.

    lang_attr: the text's language where it is not the reader's, else empty.
    matches_all: every term of the query was found. stale: its date of review has passed.
    extra: what the room of the record publishes for lists, such as the place and main effect.
    """

    kind: str
    public_id: str
    language: str
    lang_attr: str
    title: str
    summary: str
    languages: tuple[str, ...]
    outcome: str | None
    evidence: int | None
    year: int | None
    review_by: dt.date | None
    stale: bool
    updated_at: dt.datetime | None
    latitude: float | None
    longitude: float | None
    matches_all: bool
    url: str
    facets: Mapping[str, tuple[str, ...]]
    extra: Mapping[str, Any]


@dataclass(frozen=True)
class FacetOption:
    """One choice of the filter `key`. count: hits with it, were nothing else chosen in it."""

    key: str
    code: str
    label: str
    count: int
    selected: bool
    query: FinderQuery

    @property
    def querystring(self) -> str:
        """Of the search with this choice added, or taken away where it is selected."""
        if self.selected:
            return self.query.without(self.key, self.code).querystring
        return self.query.with_code(self.key, self.code).querystring


@dataclass(frozen=True)
class FacetGroup:
    """A filter with its choices that give hits or are selected. n_hidden: further rare ones."""

    key: str
    name: str
    options: tuple[FacetOption, ...]
    n_hidden: int

    @property
    def selected(self) -> tuple[FacetOption, ...]:
        return tuple(option for option in self.options if option.selected)


@dataclass(frozen=True)
class Chip:
    """One active choice, and the address of the search without it."""

    key: str
    code: str
    name: str
    label: str
    querystring: str


@dataclass(frozen=True)
class WayOut:
    """A filter in the way of all hits: how many there would be without it, and their address.

    name: of the filter; empty where no single one is in the way, but all of them together.
    """

    name: str
    count: int
    querystring: str


@dataclass(frozen=True)
class Notice:
    """Something the reader should know about how the query was read.

    code: `cut` (the text was too long), `nothing-to-search` (no word in it), `unmatched` (words
    that no record has), `mentioned` (the hits only mention the words), `corrected` (another
    spelling was taken), `year-unknown` (cases without a recorded year were left out), `behind`
    (records not in the index yet). The page of the finder adds `not-a-filter` (a parameter that
    does not exist) and `some-words` (no record has all words). message: in the reader's language.
    """

    code: str
    message: str


@dataclass(frozen=True)
class Places:
    """Where hits are, best first: degrees, NaN where no place is recorded.

    Points are made one by one as they are asked for, because few of many hits are drawn.
    """

    latitudes: npt.NDArray[np.float64]
    longitudes: npt.NDArray[np.float64]
    point: Callable[[int], MapPoint]

    @property
    def located(self) -> list[int]:
        """The positions of those that have a place."""
        positions: list[int] = np.flatnonzero(~np.isnan(self.latitudes)).tolist()
        return positions


@dataclass(frozen=True)
class Figure:
    """Something said in the answer, and the address of what it rests on."""

    text: str
    href: str


@dataclass(frozen=True)
class Figures:
    """What was measured in `n_places`: the ends of the range, None where it cannot happen.

    to_check_again: how many results are to be looked up again, in words, empty where none is. No
    place that is to stay hidden is among `places`.
    """

    low: Figure | None
    high: Figure | None
    n_places: int
    places: tuple[Figure, ...]
    to_check_again: str


@dataclass(frozen=True)
class Count:
    """A number of cases, what they have in common, and the search that lists them."""

    code: str
    label: str
    n: int
    querystring: str


@dataclass(frozen=True)
class VerdictAnswer:
    """Whether a solution works.

    headline: the verdict with its outcome, empty where no city has tried it. result: size, range
    and places in words, empty where another outcome is asked for. disputes: why it is disputed.
    sentences: why there is no verdict, or what is mixed. asked: an outcome that too few places
    measured for a verdict; unmeasured: one that none has measured. is_closest: the question asks
    for more than the outcome of the verdict.
    """

    headline: str
    is_silent: bool
    result: str
    disputes: tuple[str, ...]
    sentences: tuple[str, ...]
    asked: str
    unmeasured: str
    is_closest: bool
    evidence: int | None


@dataclass(frozen=True)
class Answer:
    """What is known of a solution, or which solutions there are, as the question asks, in
    `language`; fields of other intents are empty.

    lang_attr: that language where it is not the page's, else empty. is_nearest: the question does
    not name the solution. lines: solutions to choose from,
    or cases that failed; problem: what they solve. gained, paid: groups of people in some of
    `n_cases`; failed, mixed: those that ended so. how_lang: that of `how` and `prerequisites`
    where it is another. cases_href: the search that lists the cases of the solution.
    """

    language: str
    lang_attr: str
    intent: Intent
    is_nearest: bool
    solution: Figure | None = None
    verdict: VerdictAnswer | None = None
    figures: Figures | None = None
    cases_href: str = ""
    cost: str = ""
    time: str = ""
    gained: tuple[Count, ...] = ()
    paid: tuple[Count, ...] = ()
    failed: Count | None = None
    mixed: Count | None = None
    n_cases: int = 0
    how: str = ""
    how_lang: str = ""
    prerequisites: tuple[str, ...] = ()
    lines: tuple[Hit, ...] = ()
    problem: Figure | None = None


@dataclass(frozen=True)
class Narrowing:
    """Filters that the words of the query name, the `count` of hits they leave, and the address."""

    labels: tuple[str, ...]
    count: int
    querystring: str


@dataclass(frozen=True)
class FinderResult:
    """The answer to a FinderQuery.

    faults: where there are any, nothing was searched: `total` is 0, `hits` is empty, and the
    counts of `facets` are those of the search without the faulty filters.
    n_full: hits that have every term; they come first, but in the answer to a sentence
    (`is_sentence`), which goes by the score alone. kinds: (kind, name, count) of all hits.
    places: of all hits, whatever the page.
    answer: on the first page of the finder, to a query that names a solution.
    narrowing: there too, where the words of the query name an outcome or a country.
    ways_out: where filters leave nothing, those without which something would be found.
    """

    query: FinderQuery
    total: int
    n_full: int
    is_sentence: bool
    hits: tuple[Hit, ...]
    kinds: tuple[tuple[str, str, int], ...]
    facets: tuple[FacetGroup, ...]
    chips: tuple[Chip, ...]
    outcomes: Tally
    notices: tuple[Notice, ...]
    faults: tuple[Fault, ...]
    places: Places
    ways_out: tuple[WayOut, ...]
    page: int
    n_pages: int
    answer: Answer | None
    narrowing: Narrowing | None = None

    @property
    def n_located(self) -> int:
        """How many hits have a place on the map."""
        return len(self.places.located)

    @property
    def previous(self) -> str | None:
        """The query string of the page before, None on the first."""
        return self.query.with_page(self.page - 1).querystring if self.page > 1 else None

    @property
    def next(self) -> str | None:
        """The query string of the page after, None on the last."""
        if self.page >= self.n_pages:
            return None
        return self.query.with_page(self.page + 1).querystring
