"""Files that appear whole or not at all, content that is kept by its sum, and reading in a child.

The child that reads strangers' files imports this package too, so nothing here loads Django before
it is needed.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all, readable by this user alone."""
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
    """Content in a folder of the media, each under its SHA-256."""

    folder: str

    def path_of(self, sha256: str) -> Path:
        """Where the content of that sum lies."""
        from django.conf import settings

        return Path(settings.MEDIA_ROOT) / self.folder / sha256[:2] / sha256

    def store(self, content: bytes) -> str:
        """Keep content, unless it is there already; its SHA-256."""
        sha256 = hashlib.sha256(content).hexdigest()
        if not self.path_of(sha256).exists():
            write_whole(self.path_of(sha256), content)
        return sha256

    def read(self, sha256: str) -> bytes:
        """The content of that sum. Raises ValueError where it no longer is what it was."""
        content = self.path_of(sha256).read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise ValueError(f"the file {sha256} has been changed")
        return content

    def forget(self, sha256: str) -> None:
        """Delete the content of that sum."""
        self.path_of(sha256).unlink(missing_ok=True)
