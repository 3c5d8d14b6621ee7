"""Atomic writes, content-addressed storage, and reading in a child process.

The child process that reads uploaded files imports this package too, so nothing here loads Django
before it is needed.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file atomically, readable by this user alone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, unfinished = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise


@dataclass(frozen=True)
class ContentStore:
    """Files in a folder of the media, named by their SHA-256."""

    folder: str

    def path_of(self, sha256: str) -> Path:
        """The path of the content with that SHA-256."""
        from django.conf import settings

        return Path(settings.MEDIA_ROOT) / self.folder / sha256[:2] / sha256

    def store(self, content: bytes) -> str:
        """Store content, unless it exists already; returns its SHA-256."""
        sha256 = hashlib.sha256(content).hexdigest()
        if not self.path_of(sha256).exists():
            write_whole(self.path_of(sha256), content)
        return sha256

    def read(self, sha256: str) -> bytes:
        """The content with that SHA-256. Raises ValueError if the file was changed."""
        content = self.path_of(sha256).read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise ValueError(f"the file {sha256} has been changed")
        return content

    def forget(self, sha256: str) -> None:
        """Delete the content with that SHA-256."""
        self.path_of(sha256).unlink(missing_ok=True)
