"""What a walk along the thread finds."""

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
    """A city of a thing."""

    public_id: str
    name: str


@dataclass(frozen=True)
class Node:
    """A thing on the thread. `level`: how many links it is away from where the walk began.

    `on`: the day it was stated, proposed, registered or published; None where there is none.
    `state`: a code of its own kind, empty where it has none. `hides_city`: its city is hidden.
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
        """Its own page, in the language that is active."""
        view, arguments = BY_CODE[self.kind].page(self.public_id)
        return reverse(view, args=arguments)

    @property
    def kind_words(self) -> str | Promise:
        return Kind(self.kind).label

    @property
    def state_words(self) -> str | Promise:
        """The word of its state; of one that no list knows, its code."""
        return BY_CODE[self.kind].states.get(self.state, self.state)


@dataclass(frozen=True)
class Edge:
    """A link. `by` and `reason` are empty for those that data imply, and so is `public_id`."""

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
        """Whether a team said it."""
        return self.source == LinkSource.STATED

    @property
    def words(self) -> str | Promise:
        """How the first end stands to the second."""
        return Relation(self.relation).label

    def words_from(self, key: Key) -> str | Promise:
        """How the end `key` stands to the other."""
        return self.words if key == self.start else BACKWARDS[self.relation]

    def other(self, key: Key) -> Key:
        """The end that is not `key`."""
        return self.end if key == self.start else self.start


@dataclass(frozen=True)
class Thread:
    """What a walk found: things by how near they are, and the links between them.

    `is_cut`: there is more than was read. `depth`: how far the walk went.
    """

    start: Node
    depth: int
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    is_cut: bool
    by_key: dict[Key, Node] = field(repr=False)

    def beside(self, key: Key) -> list[tuple[Edge, Node]]:
        """The links at `key` with the thing at the other end of each."""
        return [
            (edge, self.by_key[edge.other(key)])
            for edge in self.edges
            if key in (edge.start, edge.end)
        ]


def thread_page(thread: Thread, deepest: int) -> dict[str, Any]:
    """A thread by stage, in the order of `enums.Kind`. No query.

    A stage without things says in words that there is none. `further`: how deep one could look,
    None where nothing is further.
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
    """The links to things as near to the beginning, or nearer: words, link and the other end."""
    return [
        (edge.words_from(node.key), edge, other)
        for edge, other in thread.beside(node.key)
        if other.level < node.level or (other.level == node.level and node.key == edge.start)
    ]
