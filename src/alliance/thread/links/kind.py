"""What a kind of link that data imply is made of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from alliance.core.audit import Actor
from alliance.thread.columns import Rows

#: Ids by kind.
Ids = Mapping[str, Collection[str]]


@dataclass(frozen=True)
class LinkKind:
    """`read` gives parts with the columns of `columns.EDGE`: the links at which one of the given
    ids stands, and that the actor may see. It gets the rank under which they are told."""

    ends: tuple[str, str]
    read: Callable[[Actor, Ids, int], list[Rows]]


def from_both(rows: QuerySet, ids: Ids, **columns: str) -> list[QuerySet]:
    """`rows` at one of whose ends a given id stands: a part for each end that is asked for.

    `columns` name the column of the id by kind, with "_" for "-" and, for two ends of one kind,
    a number behind it.
    """
    found = []
    for name, column in columns.items():
        kind = name.rstrip("2").replace("_", "-")
        if ids.get(kind):
            found.append(rows.filter(**{f"{column}__in": list(ids[kind])}))
    return found
