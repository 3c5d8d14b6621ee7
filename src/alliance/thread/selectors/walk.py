"""Traverses the thread breadth first, with two queries for each level.

One query reads the relations of a level from the table of derived relations, another the records at
their other ends as a union over all kinds, so the number of queries depends only on the depth.
Records that the actor may not see are not traversed, and neither are shared ones (`enums.SHARED`),
except from the start.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import Q

from alliance.adoption.enums import SHARED, Kind, LinkSource, Relation
from alliance.adoption.models import Adoption, Tie
from alliance.adoption.selectors.adoptions import named
from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.core.ids import PUBLIC_ID
from alliance.core.read_once import is_reading_once, read_once
from alliance.knowledge.selectors.access import visible_cases
from alliance.network.localise import Localised, localised
from alliance.thread.columns import NODE, Rows
from alliance.thread.nodes import BY_CODE, KINDS
from alliance.thread.selectors.shapes import Edge, Key, Node, Place, Thread

#: The default and the maximum depth.
DEPTH, DEEPEST = 3, 6
#: The maximum number of records, and of links for each of them.
MOST = 200
_LINKS_A_THING = 5
#: Relations that reveal nothing about the city of a case, and are shown even if it is hidden.
_OF_EVERY_CASE = frozenset({Relation.TRIAL_OF, Relation.ADAPTED_FROM, Relation.ACTS_ON})
_TEAM = "link__organisation__"
_COLUMNS = (
    "first_kind", "first_id", "second_kind", "second_id", "relation", "day", "link__public_id",
    "link__reason", "link__language",
    *(_TEAM + name for name in ("public_id", "name", "name_fr", "name_sv")),
)  # fmt: skip


def thread_of(
    actor: Actor, kind: str, public_id: str, *, language: str, depth: int = DEPTH, most: int = MOST
) -> Thread:
    """The records related to a record, at most `depth` links away and `most` records in total.

    One query and two more for each level. Raises NotFound, also if the record is hidden.
    """
    start = _start(actor, kind, public_id, language)
    reached: dict[Key, Node] = {start.key: start}
    edges: dict[tuple[Key, Key, str], Edge] = {}
    frontier, is_cut = [start], False
    for level in range(1, depth + 1):
        keys = [node.key for node in frontier if level == 1 or node.kind not in SHARED]
        if not keys:
            break
        read, cut = _edges(keys, language, most * _LINKS_A_THING)
        ends = {key for edge in read for key in (edge.start, edge.end)}
        there = {node.key: node for node in nodes(actor, ends - reached.keys(), language)}
        read = [edge for edge in read if _tells_no_city(edge, reached | there)]
        new = dict.fromkeys(key for edge in read for key in (edge.start, edge.end))
        there = {key: there[key] for key in new if key in there}
        room = most - len(reached)
        frontier = [dataclasses.replace(node, level=level) for node in list(there.values())[:room]]
        is_cut = is_cut or cut or len(there) > room
        reached |= {node.key: node for node in frontier}
        edges |= {
            (edge.start, edge.end, edge.relation): edge
            for edge in read
            if edge.start in reached and edge.end in reached
        }
    return Thread(start, depth, tuple(reached.values()), tuple(edges.values()), is_cut, reached)


def beside(
    actor: Actor, key: Key, *, language: str, without: Collection[str] = (), most: int = MOST
) -> list[tuple[Edge, Node]]:
    """The links of a record whose permission was checked, with the records at their other ends.

    `without`: kinds to exclude. One query for cached records; another for cases, for adoptions, and
    for records that are not cached yet or not public.
    """
    rows, hides = _relations(key, frozenset(without), most)
    edges = {edge.other(key): (edge, row) for row in rows if (edge := _edge(row, language))}
    there: dict[Key, Node] = {}
    for other, (edge, row) in edges.items():
        end = "second" if edge.end == other else "first"
        if row[f"{end}__shown"] and (other[0] != Kind.CASE or other in hides):
            there[other] = _cached_node(other, row[f"{end}__shown"], language)
    # Records not cached yet, and those that only some readers may see.
    unknown = [
        other
        for other, (_edge, row) in edges.items()
        if other not in there and (row["is_public"] or actor.is_known)
    ]
    if unknown:
        there |= {node.key: node for node in nodes(actor, unknown, language)}
    return [
        (edge, there[other])
        for other, (edge, _row) in edges.items()
        if other in there
        if edge.relation in _OF_EVERY_CASE
        or not (hides.get(key) or hides.get(other) or there[other].hides_city)
    ]


@read_once
def _tied(kind: str) -> frozenset[str]:
    """The ids of all records of a kind that have relations."""
    first = Tie.objects.filter(first_kind=kind).order_by().values_list("first_id", flat=True)
    second = Tie.objects.filter(second_kind=kind).order_by().values_list("second_id", flat=True)
    return frozenset([*first, *second])


@read_once
def _relations(
    key: Key, without: frozenset[str], most: int
) -> tuple[list[dict[str, Any]], dict[Key, bool]]:
    """The cached relations of a record, and which of their ends hide their city."""
    if is_reading_once() and key[1] not in _tied(key[0]):
        return [], {}
    columns = (*_COLUMNS, "is_public", "first__shown", "second__shown")
    rows = list(Tie.objects.filter(_at([key], without)).values(*columns)[:most])
    ends = {(row[f"{end}_kind"], row[f"{end}_id"]) for row in rows for end in ("first", "second")}
    return rows, _hides_city(ends)


def _hides_city(keys: Collection[Key]) -> dict[Key, bool]:
    """Whether the cases among these, and those of the adoptions among them, now hide their city,
    without records that are not public. A query for each of the two kinds if present."""
    masked: dict[Key, bool] = {}
    ids = by_kind(keys)
    if cases := ids.get(Kind.CASE):
        of_cases = visible_cases(None).filter(public_id__in=cases)
        for public_id, hidden in of_cases.values_list("public_id", "is_masked"):
            masked[Kind.CASE.value, public_id] = hidden
    if adoptions := ids.get(Kind.AGREEMENT):
        of_adoptions = named(Adoption.objects.filter(public_id__in=adoptions))
        rows = of_adoptions.values_list("public_id", "hides_now")  # type: ignore[misc]
        masked |= {(Kind.AGREEMENT.value, public_id): hidden for public_id, hidden in rows}
    return masked


def _cached_node(key: Key, shown: dict[str, Any], language: str) -> Node:
    """A record from its cached data."""
    return Node(
        *key,
        title=Localised(*shown["titles"][language]),
        on=dt.date.fromisoformat(shown["on"]) if shown["on"] else None,
        state=shown["state"],
        hides_city=shown["hides"],
        cities=tuple(Place(*city) for city in shown["cities"][language]),
    )


def _start(actor: Actor, kind: str, public_id: str, language: str) -> Node:
    known = kind in BY_CODE and bool(PUBLIC_ID.match(public_id))
    matches = nodes(actor, [(kind, public_id)], language) if known else []
    if not matches:
        raise NotFound(kind if kind in BY_CODE else "page", public_id)
    return matches[0]


def by_kind(keys: Iterable[Key]) -> dict[str, list[str]]:
    """The ids of keys by kind."""
    ids: dict[str, list[str]] = defaultdict(list)
    for kind, public_id in keys:
        ids[kind].append(public_id)
    return ids


def _union(parts: list[Rows]) -> Any:
    first, *others = parts
    return first.union(*others, all=True) if others else first


def nodes(actor: Actor, keys: Collection[Key], language: str) -> list[Node]:
    """The records with these keys that the actor may see, unordered. One query; none without
    keys."""
    ids = by_kind(keys)
    parts = [
        part
        for kind in KINDS
        if ids.get(kind.code)
        for part in kind.read(actor, ids[kind.code], language)
    ]
    return read_nodes(parts, language)


def read_nodes(parts: list[Rows], language: str) -> list[Node]:
    """The records in parts with the columns of `columns.NODE`. One query; none without parts."""
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


def _at(keys: Iterable[Key], without: Collection[str] = ()) -> Q:
    """The condition on relations of these records, without the kinds `without` at the other end."""
    at = Q()
    for kind, ids in by_kind(keys).items():
        for here, there in (("first", "second"), ("second", "first")):
            condition = Q(**{f"{here}_kind": kind, f"{here}_id__in": ids})
            at |= condition & ~Q(**{f"{there}_kind__in": list(without)}) if without else condition
    return at


def _edges(keys: list[Key], language: str, most: int) -> tuple[list[Edge], bool]:
    """The relations of these records, and whether there are more than `most`. One query."""
    rows = list(Tie.objects.filter(_at(keys)).values(*_COLUMNS)[: most + 1])
    return [_edge(row, language) for row in rows[:most]], len(rows) > most


def _edge(row: dict[str, Any], language: str) -> Edge:
    link = row["link__public_id"] or ""
    team = row[f"{_TEAM}public_id"] or ""
    return Edge(
        start=(row["first_kind"], row["first_id"]),
        end=(row["second_kind"], row["second_id"]),
        relation=row["relation"],
        on=row["day"],
        source=LinkSource.STATED if link else LinkSource.DATA,
        by=Place(team, row.get(f"{_TEAM}name_{language}") or row[f"{_TEAM}name"] or ""),
        reason=localised(row["link__reason"], row["link__language"], language)
        if link
        else Localised(""),
        public_id=link,
    )


def _tells_no_city(edge: Edge, there: Mapping[Key, Node]) -> bool:
    """Whether no end hides its city, or the relation cannot reveal it."""
    ends = [there[key] for key in (edge.start, edge.end) if key in there]
    return edge.relation in _OF_EVERY_CASE or not any(node.hides_city for node in ends)
