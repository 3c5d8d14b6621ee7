"""Where uploaded files of figures lie until they are taken over."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings


def folder() -> Path:
    """The folder, which only the platform reads."""
    found = Path(settings.MEDIA_ROOT) / "figures"
    found.mkdir(parents=True, exist_ok=True, mode=0o700)
    return found


def stored(public_id: str) -> Path:
    """The file of an upload."""
    return folder() / public_id
