"""The results of a traversal of the thread."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise

from alliance.adoption.enums import STAGES, WANTED, Key, Kind, LinkSource, Relation
from alliance.cases.enums import Outcome
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


#: The stages that are counted, each with its icon.
ICONS = {
    Kind.PROPOSAL: "talk",
    Kind.NEED: "need",
    Kind.SOLUTION: "fit",
    Kind.PILOT: "pilot",
    Kind.INDICATOR: "result",
    Kind.CASE: "case",
    Kind.WORKSHOP: "calendar",
}


def thread_page(thread: Thread, deepest: int) -> dict[str, Any]:
    """A thread by stage, in the order of `enums.Kind`. No query.

    `knobs` counts the stages that every thread should have, `folds` lists the other records of each
    kind, `missing` says which stages are missing, and `links` are all links in words. `further`:
    the next depth, None if there is nothing further.
    """
    by_kind = {kind: [node for node in thread.nodes if node.kind == kind] for kind in STAGES}
    outcomes = Counter(node.state for node in by_kind[Kind.CASE])
    reached = max(node.level for node in thread.nodes)
    goes_on = reached == thread.depth and thread.depth < deepest and not thread.is_cut
    return {
        "thread": thread,
        "knobs": [
            {
                "kind": kind,
                "icon": icon,
                "n": (n := len(by_kind[kind])),
                "label": Kind(kind).label if n == 1 else STAGES[kind],
                "is_here": kind == thread.start.kind,
            }
            for kind, icon in ICONS.items()
        ],
        "n_worked": outcomes[Outcome.WORKED],
        "n_failed": outcomes[Outcome.DID_NOT_WORK],
        "folds": [
            (STAGES[kind], others)
            for kind, nodes in by_kind.items()
            if (others := [node for node in nodes if node.key != thread.start.key])
        ],
        "missing": [words for kind, words in WANTED.items() if not by_kind[kind]],
        "links": [
            (thread.by_key[edge.start], edge, thread.by_key[edge.end]) for edge in thread.edges
        ],
        "n_things": len(thread.nodes) - 1,
        "further": min(thread.depth + 2, deepest) if goes_on else None,
    }
