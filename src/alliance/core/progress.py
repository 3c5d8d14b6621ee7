"""Progress bars of commands."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import click

T = TypeVar("T")


def progress(length: int, label: str) -> Any:
    """A progress bar on a terminal, on standard error; hidden if there is no terminal."""
    return click.progressbar(
        length=length, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()
    )


def counting(bar: Any) -> Any:
    """A function that passes rows through and advances a progress bar."""

    def counted(rows: Iterable[T]) -> Iterator[T]:
        for row in rows:
            yield row
            bar.update(1)

    return counted
