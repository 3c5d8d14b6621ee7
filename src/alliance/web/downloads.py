"""Downloads of uploaded files."""

from __future__ import annotations

from pathlib import Path
from typing import cast
from urllib.parse import quote

from django.http import FileResponse, HttpResponse


def download(path: Path, *, media_type: str, file_name: str, is_public: bool) -> HttpResponse:
    """The content of a file: always as an attachment, never as a page."""
    if media_type.startswith("text/"):
        # It was checked as such: no browser shall guess otherwise.
        media_type += "; charset=utf-8"
    response = FileResponse(path.open("rb"), content_type=media_type)
    ascii_name = file_name.encode("ascii", "replace").decode().replace("?", "-")
    response["Content-Disposition"] = (
        f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(file_name)}"
    )
    # If a browser displays it after all, it may execute and load nothing.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=300" if is_public else "no-store"
    return cast(HttpResponse, response)
