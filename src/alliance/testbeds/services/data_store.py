"""Where files of pilot data lie: by their SHA-256, whole or not at all."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings


def path_of(sha256: str) -> Path:
    """Where the content of that sum lies."""
    return Path(settings.MEDIA_ROOT) / "pilots" / sha256[:2] / sha256


def store(content: bytes) -> str:
    """Keep content, readable by this user alone; its SHA-256."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = path_of(sha256)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, name = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    return sha256


def read(sha256: str) -> bytes:
    """The content of that sum. Raises ValueError where it no longer is what it was."""
    content = path_of(sha256).read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ValueError(f"the file {sha256} has been changed")
    return content
