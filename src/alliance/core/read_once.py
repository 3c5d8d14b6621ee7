"""What is read of a record is kept while nothing changes: for those who make many pages in a row.

An archive asks for the page of a record in each language. Most of what is read for them is the
same; a request of the site reads afresh, always.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

Params = ParamSpec("Params")
Result = TypeVar("Result")

_is_memoising: ContextVar[bool] = ContextVar("reading_once", default=False)
#: What each reader gave, by what it was given.
_known: dict[Callable[..., Any], dict[Hashable, Any]] = {}
#: Answers that are kept of each reader, the last: of the records whose pages are made, and those
#: beside them.
MOST = 64


def read_once(reader: Callable[Params, Result]) -> Callable[Params, Result]:
    """Let a reader, whose answer nobody changes, give it again inside of `reading_once`."""

    @wraps(reader)
    def read(*args: Params.args, **kwargs: Params.kwargs) -> Result:
        if not _is_memoising.get():
            return reader(*args, **kwargs)
        key = (args, *sorted(kwargs.items()))
        if key not in _known[read]:
            memoise(read, reader(*args, **kwargs), *args, **kwargs)
        result: Result = _known[read][key]
        return result

    _known[read] = {}
    return read


def memoise(
    reader: Callable[Params, Result], answer: Result, /, *args: Params.args, **kwargs: Params.kwargs
) -> None:
    """Let a reader that `read_once` marked give this answer, which was read together with others;
    only inside of `reading_once`."""
    known = _known[reader]
    known[args, *sorted(kwargs.items())] = answer
    if len(known) > MOST:
        del known[next(iter(known))]


def is_reading_once() -> bool:
    """Whether readers keep what they gave, so that it pays to read for many at once."""
    return _is_memoising.get()


@contextmanager
def reading_once() -> Iterator[None]:
    """Readers marked by `read_once` give what they gave before. Only where nothing is written."""
    token = _is_memoising.set(True)
    try:
        yield
    finally:
        _is_memoising.reset(token)
        for known in _known.values():
            known.clear()
