"""What a kind of thing on a thread is made of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from alliance.core.audit import Actor
from alliance.thread.columns import Rows

#: (actor, public ids, language of the page): parts with the columns of `columns.NODE`, of those
#: alone that the actor may see.
Read = Callable[[Actor, Collection[str], str], list[Rows]]


@dataclass(frozen=True)
class NodeKind:
    """`view` is the page of a thing, `api` its address below /api/v1/ before the id.

    `states`: the words of its states; empty where it has none.
    """

    code: str
    view: str
    api: str
    read: Read
    states: Mapping[str, str | Promise]


def words_of(choices: Any) -> dict[str, str | Promise]:
    """The words of the codes of a list."""
    return {one.value: one.label for one in choices}
