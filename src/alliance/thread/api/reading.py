"""API route of the graph of a thread."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from alliance.adoption.enums import Kind, LinkSource, Relation
from alliance.core.audit import VISITOR
from alliance.network.api.common import LanguageCode, LanguageQuery, api_address, page_address
from alliance.thread.nodes import BY_CODE, IN_MINUTES
from alliance.thread.selectors.shapes import Edge, Node
from alliance.thread.selectors.walk import DEEPEST, DEPTH, thread_of

router = Router(tags=["thread"])


class ThreadQuery(LanguageQuery):
    depth: int = Field(DEPTH, ge=1, le=DEEPEST, description="How many links to go at most.")


class ThreadNode(Schema):
    """A record on the thread."""

    kind: Kind
    id: str
    title: str
    language: LanguageCode = Field(description="Of the title.")
    date: dt.date | None = Field(
        description="When it was stated, proposed, registered or published; null for what has no "
        "such day."
    )
    state: str | None = Field(description="By the list of its kind; null where it has none.")
    cities: list[str] = Field(description="Ids; empty where it has none, or hides it.")
    level: int = Field(description="How many links it is away from the beginning.")
    page: str
    api: str


class ThreadEnd(Schema):
    kind: Kind
    id: str


class ThreadEdge(Schema):
    """A link between two of the nodes."""

    start: ThreadEnd
    end: ThreadEnd
    relation: Relation
    words: str = Field(description="How the start stands to the end.")
    source: LinkSource = Field(
        description="`data`: implied by what is recorded; `stated` by a team."
    )
    by: str | None = Field(description="The team that stated it; null for `data`.")
    reason: str | None = Field(description="In the words of the team; null for `data`.")
    date: dt.date | None
    link: str | None = Field(description="The id of a stated link; null for `data`.")


class ThreadGraph(Schema):
    """A thread as a graph, the nearest records first."""

    start: ThreadEnd
    depth: int
    is_cut: bool = Field(description="There is more than was read; ask from one of the nodes.")
    nodes: list[ThreadNode]
    edges: list[ThreadEdge]
    page: str


def _end(key: tuple[str, str]) -> dict[str, str]:
    return {"kind": key[0], "id": key[1]}


def node_item(node: Node, language: str) -> dict[str, Any]:
    """A record as the values of `ThreadNode`."""
    kind = BY_CODE[node.kind]
    view, arguments = kind.page(node.public_id)
    api = "decisions" if node.state == IN_MINUTES else kind.api
    return {
        "kind": node.kind,
        "id": node.public_id,
        "title": node.title.value,
        "language": node.title.lang_attr or language,
        "date": node.on,
        "state": node.state or None,
        "cities": [city.public_id for city in node.cities],
        "level": node.level,
        "page": page_address(view, language, *arguments),
        "api": api_address(f"{api}/{node.public_id}"),
    }


def _edge(edge: Edge) -> dict[str, Any]:
    return {
        "start": _end(edge.start),
        "end": _end(edge.end),
        "relation": edge.relation,
        "words": str(edge.words),
        "source": edge.source,
        "by": edge.by.public_id or None,
        "reason": edge.reason.value or None,
        "date": edge.on,
        "link": edge.public_id or None,
    }


@router.get("/thread/{kind}/{id}", response=ThreadGraph, summary="What hangs together with a thing")
def get_thread(request: HttpRequest, kind: Kind, id: str, query: Query[ThreadQuery]) -> Any:
    """The complete graph around a proposal, decision, need, offer, solution, agreement, pilot,
    indicator, case, peer review or workshop, in both directions, in a single call.

    Traversed breadth first, up to 200 records. Solutions and indicators are shared by many cities:
    they are included, but the traversal only continues from them if it starts there.
    """
    thread = thread_of(VISITOR, kind.value, id, language=query.lang, depth=query.depth)
    return {
        "start": _end(thread.start.key),
        "depth": thread.depth,
        "is_cut": thread.is_cut,
        "nodes": [node_item(node, query.lang) for node in thread.nodes],
        "edges": [_edge(edge) for edge in thread.edges],
        "page": page_address("thread:thread", query.lang, kind.value, id),
    }
