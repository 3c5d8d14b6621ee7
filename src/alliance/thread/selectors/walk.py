"""Walking along the thread: breadth first, with two queries for each level.

One query reads the links of a level, one the things at their other ends; both are unions over all
kinds, so that their number depends on the depth alone. What the actor may not see is not walked
through, and neither is what many share (see `enums.SHARED`), except where the walk begins there.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from alliance.adoption.enums import SHARED, Kind, LinkSource
from alliance.adoption.rules import PAIRS
from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.core.ids import PUBLIC_ID
from alliance.indicators.models import IndicatorMeasure
from alliance.network.localise import Localised, localised
from alliance.thread.columns import EDGE, MEASURE, NODE, Rows
from alliance.thread.links import LINKS, Ids, LinkKind, stated_links
from alliance.thread.nodes import BY_CODE, KINDS
from alliance.thread.selectors.shapes import Edge, Key, Node, Place, Thread

#: How far a walk goes unless it is told otherwise, and at most.
DEPTH, DEEPEST = 3, 6
#: So many things are read at most, and so many links for each of them.
MOST = 200
_LINKS_A_THING = 5
#: Where not all fit, what people stated comes before what data imply.
STATED_FIRST = -1


def thread_of(
    actor: Actor, kind: str, public_id: str, *, language: str, depth: int = DEPTH, most: int = MOST
) -> Thread:
    """What hangs together with a thing, at most `depth` links away and `most` things in all.

    Two queries and two more for each level. Raises NotFound, also where the thing is hidden.
    """
    start = _start(actor, kind, public_id, language)
    found: dict[Key, Node] = {start.key: start}
    edges: dict[tuple[Key, Key, str], Edge] = {}
    measures = _Measures()
    frontier, is_cut = [start], False
    for level in range(1, depth + 1):
        keys = [one.key for one in frontier if level == 1 or one.kind not in SHARED]
        if not keys:
            break
        read, cut = _edges(actor, keys, measures, language, most * _LINKS_A_THING)
        new = dict.fromkeys(key for edge in read for key in (edge.start, edge.end))
        there = {one.key: one for one in nodes(actor, [k for k in new if k not in found], language)}
        room = most - len(found)
        frontier = [
            dataclasses.replace(there[key], level=level)
            for key in [key for key in new if key in there][:room]
        ]
        is_cut = is_cut or cut or len(there) > room
        found |= {one.key: one for one in frontier}
        edges |= {
            (edge.start, edge.end, edge.relation): edge
            for edge in read
            if edge.start in found and edge.end in found
        }
    return Thread(start, depth, tuple(found.values()), tuple(edges.values()), is_cut, found)


def beside(
    actor: Actor, key: Key, *, language: str, without: Collection[str] = (), most: int = MOST
) -> list[tuple[Edge, Node]]:
    """The links at a thing that the actor came to by its door, with what is at the other ends.

    `without`: kinds that are left out. Three queries, or two where no measure is named.
    """
    read, _cut = _edges(actor, [key], _Measures(), language, most, without)
    others = {edge.other(key): edge for edge in read}
    there = {one.key: one for one in nodes(actor, list(others), language)}
    return [(edge, there[other]) for other, edge in others.items() if other in there]


def _start(actor: Actor, kind: str, public_id: str, language: str) -> Node:
    known = kind in BY_CODE and bool(PUBLIC_ID.match(public_id))
    found = nodes(actor, [(kind, public_id)], language) if known else []
    if not found:
        raise NotFound(kind if kind in BY_CODE else "page", public_id)
    return found[0]


def _by_kind(keys: Iterable[Key]) -> dict[str, list[str]]:
    ids: dict[str, list[str]] = defaultdict(list)
    for kind, public_id in keys:
        ids[kind].append(public_id)
    return ids


def _union(parts: list[Rows]) -> Any:
    first, *others = parts
    return first.union(*others, all=True) if others else first


def nodes(actor: Actor, keys: Collection[Key], language: str) -> list[Node]:
    """The things of these keys that the actor may see, in no order. One query; none for no key."""
    ids = _by_kind(keys)
    parts = [
        part
        for kind in KINDS
        if ids.get(kind.code)
        for part in kind.read(actor, ids[kind.code], language)
    ]
    return read_nodes(parts, language)


def read_nodes(parts: list[Rows], language: str) -> list[Node]:
    """The things that parts with the columns of `columns.NODE` hold. One query; none for none."""
    if not parts:
        return []
    rows: dict[Key, dict[str, Any]] = {}
    places: dict[Key, dict[str, Place]] = defaultdict(dict)
    for values in _union(parts):
        row = dict(zip(NODE, values, strict=True))
        key = (row["n_kind"], row["n_id"])
        rows.setdefault(key, row)
        if row["n_city"]:
            name = _local(row, "n_city", language)
            places[key].setdefault(row["n_city"], Place(row["n_city"], name))
    return [
        Node(
            kind=row["n_kind"],
            public_id=row["n_id"],
            title=localised(row["n_title"] or "", row["n_language"] or "", language),
            on=row["n_on"],
            state=row["n_state"],
            hides_city=bool(row["n_hides"]),
            cities=tuple(places[key].values()),
        )
        for key, row in rows.items()
    ]


def _local(row: dict[str, Any], column: str, language: str) -> str:
    return str(row.get(f"{column}_{language}") or row[f"{column}_name"] or "")


class _Measures:
    """Which indicators name which measures, read once for a walk where it is needed."""

    def __init__(self) -> None:
        self._rows: list[tuple[str, str]] | None = None

    def rows(self) -> list[tuple[str, str]]:
        """(indicator, measure), all of them: the list is short."""
        if self._rows is None:
            found = IndicatorMeasure.objects.order_by("indicator__position", "indicator__code")
            self._rows = list(found.values_list("indicator__public_id", "measure"))
        return self._rows


def _edges(
    actor: Actor,
    keys: list[Key],
    measures: _Measures,
    language: str,
    most: int,
    without: Collection[str] = (),
) -> tuple[list[Edge], bool]:
    """The links at these things, and whether there are more than `most`. Two queries at most."""
    ids = _by_kind(keys)
    if indicators := set(ids.get(Kind.INDICATOR, ())):
        ids[MEASURE] = [slug for name, slug in measures.rows() if name in indicators]
    parts = [
        part
        for rank, link in enumerate(LINKS)
        if any(ids.get(end) for end in link.ends) and not _left_out(link, ids, without)
        for part in link.read(actor, ids, rank)
    ]
    parts += stated_links(actor, ids, STATED_FIRST, without)
    if not parts:
        return [], False
    asked = set(keys)
    found: list[Edge] = []
    rows = list(_union(parts).order_by("e_rank", "e_from", "e_to")[: most + 1])
    for values in rows[:most]:
        row = dict(zip(EDGE, values, strict=True))
        found += (edge for edge in _told(row, measures, language) if _at(edge, asked))
    return found, len(rows) > most


def _left_out(link: LinkKind, ids: Ids, without: Collection[str]) -> bool:
    """Whether all that the link could lead to is of a kind that is left out."""
    here, there = link.ends
    led_to = ({there} if ids.get(here) else set()) | ({here} if ids.get(there) else set())
    return {Kind.INDICATOR if one == MEASURE else one for one in led_to} <= set(without)


def _at(edge: Edge, keys: set[Key]) -> bool:
    return edge.start in keys or edge.end in keys


def _told(row: dict[str, Any], measures: _Measures, language: str) -> list[Edge]:
    """The links of a row: for a measure, one to each indicator that names it."""
    ends = [(row["e_to_kind"], row["e_to"])]
    if row["e_to_kind"] == MEASURE:
        named = [name for name, slug in measures.rows() if slug == row["e_to"]]
        ends = [(Kind.INDICATOR.value, name) for name in named]
    return [
        Edge(
            start=(row["e_from_kind"], row["e_from"]),
            end=end,
            relation=row["e_relation"] or PAIRS[row["e_from_kind"], row["e_to_kind"]],
            on=row["e_on"],
            source=LinkSource.STATED if row["e_id"] else LinkSource.DATA,
            by=Place(row["e_by"], _local(row, "e_by", language)),
            reason=localised(row["e_reason"], row["e_language"], language)
            if row["e_id"]
            else Localised(""),
            public_id=row["e_id"],
        )
        for end in ends
    ]
