"""Memoisation of reads while nothing changes: for rendering many pages in a row.

An archive renders the page of a record in each language, and most of the data are the same.
Requests of the site never use it.
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
#: The results of each reader by its arguments.
_known: dict[Callable[..., Any], dict[Hashable, Any]] = {}
#: How many results are memoised of each reader, the latest: enough for the records being rendered
#: and those linked to them.
MOST = 64


def read_once(reader: Callable[Params, Result]) -> Callable[Params, Result]:
    """Mark a reader, whose result nobody modifies, to be memoised inside of `reading_once`."""

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
    """Store a result of a reader marked by `read_once` that was read together with others; only
    inside of `reading_once`."""
    known = _known[reader]
    known[args, *sorted(kwargs.items())] = answer
    if len(known) > MOST:
        del known[next(iter(known))]


def is_reading_once() -> bool:
    """Whether results are memoised, so that it pays to read for many records at once."""
    return _is_memoising.get()


@contextmanager
def reading_once() -> Iterator[None]:
    """Memoise the readers marked by `read_once`. Only where nothing is written."""
    token = _is_memoising.set(True)
    try:
        yield
    finally:
        _is_memoising.reset(token)
        for known in _known.values():
            known.clear()
