"""Opening uploaded zip archives, which includes office files.

Refused are archives that unpack to far more than their size or whose files would be written
elsewhere, and office files with macros or embedded files. All of this is read from the list of
files: Python unpacks no more of a part than its header says, so a false header makes it damaged.
The parts are unpacked in a child process (`alliance.core.files.contained`).
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings

from alliance.core.errors import Fault, InvalidData

MOST_RATIO = 200
MOST_ENTRIES = 5_000


def _refused(code: str, params: Mapping[str, Any] | None = None) -> InvalidData:
    return InvalidData([Fault("file", code, params or {})])


def is_packed(content: bytes) -> bool:
    """Whether a file is a zip archive, as office files are."""
    return content.startswith(b"PK\x03\x04")


def unpacked_size(content: bytes) -> int:
    """The size of a file, unpacked if it is an archive. Raises InvalidData."""
    if not is_packed(content):
        return len(content)
    with _archive(content) as archive:
        return sum(entry.file_size for entry in archive.infolist())


@contextmanager
def opened_archive(content: bytes) -> Iterator[zipfile.ZipFile]:
    """The archive, after its list of files has been checked. Raises InvalidData."""
    with _archive(content) as archive:
        _check_entries(archive, len(content))
        yield archive


@contextmanager
def _archive(content: bytes) -> Iterator[zipfile.ZipFile]:
    # The list of files is read whole on opening; each entry begins with these characters.
    if content.count(b"PK\x01\x02") > MOST_ENTRIES:
        raise _refused("archive-of-many", {"n": MOST_ENTRIES})
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield archive
    except InvalidData:
        raise
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, ValueError,
            RuntimeError) as error:  # fmt: skip
        raise _refused("damaged-archive") from error


def _check_entries(archive: zipfile.ZipFile, packed: int) -> None:
    unpacked = 0
    for entry in archive.infolist():
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts:
            raise _refused("archive-outside")
        if entry.flag_bits & 1:
            raise _refused("archive-password")
        low = entry.filename.lower()
        if low.endswith(("vbaproject.bin", ".bin.rels")) or low.startswith("basic/"):
            raise _refused("macros")
        if "/embeddings/" in low or "/activex/" in low or low.startswith("object "):
            raise _refused("file-in-file")
        unpacked += entry.file_size
        if unpacked > min(settings.FILE_UNPACKED_MB * 1_000_000, MOST_RATIO * packed + 1_000_000):
            raise _refused("archive-bomb")
