"""The results of a traversal of the thread."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise

from alliance.adoption.enums import BACKWARDS, STAGES, WANTED, Key, Kind, LinkSource, Relation
from alliance.network.localise import Localised
from alliance.thread.nodes import BY_CODE


@dataclass(frozen=True)
class Place:
    """A city of a record."""

    public_id: str
    name: str


@dataclass(frozen=True)
class Node:
    """A record on the thread. `level`: its distance in links from the start.

    `on`: the date on which it was stated, proposed, registered or published; None without one.
    `state`: a code of its own kind, empty without one. `hides_city`: its city is hidden.
    """

    kind: str
    public_id: str
    title: Localised
    on: dt.date | None
    state: str
    hides_city: bool
    cities: tuple[Place, ...]
    level: int = 0

    @property
    def key(self) -> Key:
        return (self.kind, self.public_id)

    @property
    def href(self) -> str:
        """The address of its page, in the active language."""
        view, arguments = BY_CODE[self.kind].page(self.public_id)
        return reverse(view, args=arguments)

    @property
    def kind_words(self) -> str | Promise:
        return Kind(self.kind).label

    @property
    def state_words(self) -> str | Promise:
        """The label of its state, or the code of an unknown state."""
        return BY_CODE[self.kind].states.get(self.state, self.state)


@dataclass(frozen=True)
class Edge:
    """A link. `by`, `reason` and `public_id` are empty for links that follow from data."""

    start: Key
    end: Key
    relation: str
    on: dt.date | None
    source: str
    by: Place
    reason: Localised
    public_id: str

    @property
    def is_stated(self) -> bool:
        """Whether a team stated it."""
        return self.source == LinkSource.STATED

    @property
    def words(self) -> str | Promise:
        """The relation of the first end to the second."""
        return Relation(self.relation).label

    def words_from(self, key: Key) -> str | Promise:
        """The relation of the end `key` to the other."""
        return self.words if key == self.start else BACKWARDS[self.relation]

    def other(self, key: Key) -> Key:
        """The end that is not `key`."""
        return self.end if key == self.start else self.start


@dataclass(frozen=True)
class Thread:
    """The result of a traversal: records by distance, and the links between them.

    `is_cut`: there is more than was read. `depth`: the maximum distance.
    """

    start: Node
    depth: int
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    is_cut: bool
    by_key: dict[Key, Node] = field(repr=False)

    def beside(self, key: Key) -> list[tuple[Edge, Node]]:
        """The links of `key` with the record at the other end of each."""
        return [
            (edge, self.by_key[edge.other(key)])
            for edge in self.edges
            if key in (edge.start, edge.end)
        ]


def thread_page(thread: Thread, deepest: int) -> dict[str, Any]:
    """A thread by stage, in the order of `enums.Kind`. No query.

    A stage without records has a text that says so. `further`: the next depth, None if there is
    nothing further.
    """
    stages = []
    for kind, heading in STAGES.items():
        things = [
            (node, _links(thread, node), node.key == thread.start.key)
            for node in thread.nodes
            if node.kind == kind
        ]
        if things or kind in WANTED:
            stages.append((kind, heading, things, "" if things else WANTED[kind]))
    reached = max(node.level for node in thread.nodes)
    goes_on = reached == thread.depth and thread.depth < deepest and not thread.is_cut
    return {
        "thread": thread,
        "stages": stages,
        "n_things": len(thread.nodes) - 1,
        "further": min(thread.depth + 2, deepest) if goes_on else None,
    }


def _links(thread: Thread, node: Node) -> list[tuple[str | Promise, Edge, Node]]:
    """The links to records at most as far from the start: relation, link and the other end."""
    return [
        (edge.words_from(node.key), edge, other)
        for edge, other in thread.beside(node.key)
        if other.level < node.level or (other.level == node.level and node.key == edge.start)
    ]
