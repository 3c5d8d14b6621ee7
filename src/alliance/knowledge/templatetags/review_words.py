"""What was typed at a place of the page of a review, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from django import template

register = template.Library()


class AtPath(Protocol):
    """A fault that knows the path of its field in the case document."""

    @property
    def path(self) -> str: ...


@register.filter
def typed_at(typed: Mapping[str, str], path: str) -> str:
    """What was typed at a path; empty for nothing."""
    return typed.get(path, "")


@register.filter
def faults_at(faults: Iterable[AtPath], path: str) -> list[AtPath]:
    """The faults of what was typed at a path."""
    return [fault for fault in faults if fault.path == path]
