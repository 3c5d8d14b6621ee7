"""Opening zip archives that strangers sent: office files are such archives.

Refused are those that unpack to far more than they are, whose files would land elsewhere, and
office files with macros or other files inside. All of it is told from the list of files: of a part
Python unpacks no more than its header says, so a lie there makes it a damaged one. What unpacks the
parts runs in a child (`alliance.core.files.contained`).
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
    """The bytes of a file, or those its parts would have unpacked. Raises InvalidData."""
    if not is_packed(content):
        return len(content)
    with _archive(content) as archive:
        return sum(entry.file_size for entry in archive.infolist())


@contextmanager
def opened_archive(content: bytes) -> Iterator[zipfile.ZipFile]:
    """The archive, once its list of files was looked at. Raises InvalidData."""
    with _archive(content) as archive:
        _check_entries(archive, len(content))
        yield archive


@contextmanager
def _archive(content: bytes) -> Iterator[zipfile.ZipFile]:
    # Its list of files is read whole on opening; each begins with these signs.
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
