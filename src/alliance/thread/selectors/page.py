"""What the page of a thread shows: its things by stage, how each is linked, and what is missing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.functional import Promise

from alliance.adoption.enums import STAGES, WANTED, LinkSource
from alliance.thread.selectors.shapes import Edge, Node, Thread


@dataclass(frozen=True)
class LinkLine:
    """A link as told beside a thing: `words` and then the `other` end. `on`: when it was stated,
    or when what implies it happened; None where that has no day."""

    words: str | Promise
    other: Node
    is_stated: bool
    on: dt.date | None
    edge: Edge


@dataclass(frozen=True)
class ThingLine:
    """A thing with its links to those that are as near to the beginning, or nearer."""

    node: Node
    links: tuple[LinkLine, ...]
    is_here: bool


@dataclass(frozen=True)
class Stage:
    """The things of one kind; `missing` says in words that there is none."""

    kind: str
    heading: str | Promise
    things: tuple[ThingLine, ...]
    missing: str | Promise


@dataclass(frozen=True)
class ThreadPage:
    """The page of a thread. `further`: how deep one could look, None where nothing is further."""

    thread: Thread
    stages: tuple[Stage, ...]
    n_things: int
    further: int | None


def thread_page(thread: Thread, deepest: int) -> ThreadPage:
    """A thread by stage, in the order of `enums.Kind`. No query."""
    stages = []
    for kind, heading in STAGES.items():
        things = tuple(_thing(thread, node) for node in thread.nodes if node.kind == kind)
        if things or kind in WANTED:
            stages.append(Stage(kind, heading, things, "" if things else WANTED[kind]))
    reached = max(node.level for node in thread.nodes)
    goes_on = reached == thread.depth and thread.depth < deepest and not thread.is_cut
    return ThreadPage(
        thread=thread,
        stages=tuple(stages),
        n_things=len(thread.nodes) - 1,
        further=min(thread.depth + 2, deepest) if goes_on else None,
    )


def _thing(thread: Thread, node: Node) -> ThingLine:
    links = [
        LinkLine(edge.words_from(node.key), other, edge.source == LinkSource.STATED, edge.on, edge)
        for edge, other in thread.beside(node.key)
        if other.level < node.level or (other.level == node.level and node.key == edge.start)
    ]
    return ThingLine(node, tuple(links), node.key == thread.start.key)
