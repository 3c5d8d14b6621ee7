"""What a kind of thing on a thread is made of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

from alliance.core.audit import Actor
from alliance.thread.columns import Rows

#: The public ids that are asked for, or a query for them.
Wanted = Collection[str] | QuerySet[Any, Any]
#: (actor, ids, language of the page): parts with the columns of `columns.NODE`, of those alone
#: that the actor may see.
Read = Callable[[Actor, Wanted, str], list[Rows]]


@dataclass(frozen=True)
class NodeKind:
    """`view` is the page of a thing, empty where that is the page of its thread; `api` its address
    below /api/v1/ before the id.

    `states`: the words of its states; empty where it has none.
    """

    code: str
    view: str
    api: str
    read: Read
    states: Mapping[str, str | Promise]

    def page(self, public_id: str) -> tuple[str, list[str]]:
        """The page of a thing: name of the view, and its arguments."""
        if not self.view:
            return "thread:thread", [self.code, public_id]
        return self.view, [public_id]


def words_of(choices: Any) -> dict[str, str | Promise]:
    """The words of the codes of a list."""
    return {one.value: one.label for one in choices}
