"""What is read of a record is kept while nothing changes: for those who make many pages in a row.

An archive asks for the page of a record in each language. Most of what is read for them is the
same; a request of the site reads afresh, always.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar

Given = ParamSpec("Given")
Found = TypeVar("Found")

_is_kept: ContextVar[bool] = ContextVar("reading_once", default=False)
_forget: list[Callable[[], None]] = []
#: Answers that are kept of each reader: of the record whose pages are made, and those beside it.
MOST = 16


def read_once(reader: Callable[Given, Found]) -> Callable[Given, Found]:
    """Let a reader, whose answer nobody changes, give it again inside of `reading_once`."""
    kept: Any = lru_cache(MOST)(reader)
    _forget.append(kept.cache_clear)

    @wraps(reader)
    def read(*given: Given.args, **named: Given.kwargs) -> Found:
        found: Found = kept(*given, **named) if _is_kept.get() else reader(*given, **named)
        return found

    return read


@contextmanager
def reading_once() -> Iterator[None]:
    """Readers marked by `read_once` give what they gave before. Only where nothing is written."""
    token = _is_kept.set(True)
    try:
        yield
    finally:
        _is_kept.reset(token)
        for forget in _forget:
            forget()
