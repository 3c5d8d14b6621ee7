"""Rules for PDF files. Runs in a child of `contained`: its streams may unpack without end."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from alliance.core.files.rows import Limits


def read(
    content: bytes, *, limits: Limits, names: Collection[str], most_objects: int
) -> Iterator[list[str]]:
    """The code of the first rule that the file breaks, if any.

    `pdf-password`, `pdf-without-pages`, `pdf-of-many-parts`, or `active-pdf` with the one of
    `names` that it contains.
    """
    reader = PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted:
        yield ["pdf-password"]
    elif not reader.pages:
        yield ["pdf-without-pages"]
    else:
        for name in _names(reader, most_objects):
            if name is None:
                yield ["pdf-of-many-parts"]
                return
            if name in names:
                yield ["active-pdf", name]
                return


def _names(reader: PdfReader, most_objects: int) -> Iterator[str | None]:
    """Every name in a dictionary, as key or value; None after too many objects."""
    seen: set[tuple[int, int]] = set()
    todo: list[object] = [reader.trailer]
    visited = 0
    while todo:
        item = todo.pop()
        visited += 1
        if visited > most_objects:
            yield None
            return
        if isinstance(item, IndirectObject):
            key = (item.idnum, item.generation)
            if key in seen:
                continue
            seen.add(key)
            item = item.get_object()
        if isinstance(item, DictionaryObject | StreamObject):
            for name, value in item.items():
                yield str(name)
                todo.append(value)
        elif isinstance(item, ArrayObject):
            todo.extend(item)
        elif isinstance(item, str) and item.startswith("/"):
            yield str(item)
