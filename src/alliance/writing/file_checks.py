"""What an uploaded file is, told from its content, and whether it may be kept.

Names and declared types are not trusted. Files that can act (scripts in PDF, macros in office
files) and those that unpack to far more than they are (zip and picture bombs) are refused.
Pictures are written anew, so that the place and camera they were taken with stay with their owner.
"""

from __future__ import annotations

import base64
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import puremagic
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.core.archives import opened_archive
from alliance.core.errors import Fault, InvalidData
from alliance.core.files import ContentStore
from alliance.core.files.contained import LimitReached, Unreadable, read_contained
from alliance.core.files.rows import Limits

MOST_BYTES = 20_000_000
MOST_FILES = 20
MOST_PIXELS = 30_000_000
MOST_OBJECTS = 300_000

PDF = "application/pdf"
#: What a picture or PDF may take to be read, however small it is.
LIMITS = Limits(rows=1, memory=800_000_000, seconds=60)
#: How PNG, JPEG and WebP begin.
_SIGNS = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"RIFF")
_PICTURES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
_OFFICE = {
    "word/document.xml": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ".docx",
    ),
    "xl/workbook.xml": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ".xlsx",
    ),
    "ppt/presentation.xml": (
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ".pptx",
    ),
}
_OPEN_DOCUMENT = {
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/vnd.oasis.opendocument.presentation": ".odp",
}
ENDINGS = {
    PDF: ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "text/csv": ".csv",
    "text/plain": ".txt",
    **dict(_OFFICE.values()),
    **_OPEN_DOCUMENT,
}
# Names in a PDF that make it act on being opened, or carry other files.
_ACTIVE = {
    "/JavaScript": gettext_lazy("a script"),
    "/JS": gettext_lazy("a script"),
    "/Launch": gettext_lazy("a program to start"),
    "/EmbeddedFile": gettext_lazy("another file"),
    "/EmbeddedFiles": gettext_lazy("another file"),
    "/RichMedia": gettext_lazy("embedded video or sound"),
    "/XFA": gettext_lazy("an active form"),
    "/ImportData": gettext_lazy("a form that loads data"),
    "/SubmitForm": gettext_lazy("a form that sends data"),
}


@dataclass(frozen=True)
class CheckedFile:
    """A file that may be kept: its content as it is to be stored, and its true media type."""

    content: bytes
    media_type: str

    @property
    def ending(self) -> str:
        return ENDINGS[self.media_type]


def check_file(content: bytes, name: str, *, longest_side: int = 0) -> CheckedFile:
    """The file as it may be kept. `name` decides only between CSV and plain text.

    `longest_side`: pictures of more pixels are made smaller, unless it is 0. Raises InvalidData
    saying what the file is and which rule it breaks.
    """
    if not content:
        raise _refused("no-file")
    if len(content) > MOST_BYTES:
        raise _refused("large-file", n=MOST_BYTES // 1_000_000)
    if content.startswith(b"%PDF-"):
        _check_pdf(content)
        return CheckedFile(content, PDF)
    if content.startswith(b"PK\x03\x04"):
        return CheckedFile(content, _check_archive(content))
    if content.startswith(_SIGNS) and (picture := _picture(content, longest_side)) is not None:
        return picture
    return CheckedFile(content, _text(content, name))


def store_file(
    row: Any, checked: CheckedFile, store: ContentStore, *, name: str, among: QuerySet[Any]
) -> Any:
    """Save a new record with its file, or give the one of those `among` that has the same file.

    Every room calls its columns alike: `file_name`, `media_type`, `size`, `sha256`. Raises
    InvalidData where there are `MOST_FILES` already.
    """
    sha256 = store.store(checked.content)
    if twin := among.filter(sha256=sha256).first():
        return twin
    if among.exclude(sha256="").count() >= MOST_FILES:
        raise InvalidData([Fault("file", "many-files", {"most": MOST_FILES})])
    stem = re.sub(r"[^\w.-]+", "-", Path(name.replace("\\", "/")).stem).strip("-.")[:80]
    row.file_name, row.media_type = (stem or "file") + checked.ending, checked.media_type
    row.size, row.sha256 = len(checked.content), sha256
    row.full_clean(validate_constraints=False)
    row.save()
    return row


def _refused(code: str, **params: Any) -> InvalidData:
    return InvalidData([Fault("file", code, params)])


def _other_kind(kind: str) -> InvalidData:
    return _refused("other-kind", kind=kind)


def _contained(reader: str, content: bytes, damaged: str, **options: Any) -> list[list[str]]:
    """What a reader in a child makes of a file: parts of it, or codes of the rules it breaks."""
    name = f"alliance.core.files.{reader}:read"
    try:
        return list(read_contained(name, content, limits=LIMITS, **options))
    except LimitReached as error:
        raise _refused("heavy-file") from error
    except Unreadable as error:
        raise _refused(damaged) from error


def _picture(content: bytes, longest_side: int) -> CheckedFile | None:
    """The picture written anew without its metadata; None where it is none."""
    for kind, *parts in _contained(
        "pictures", content, "damaged-picture", formats=list(_PICTURES), most_pixels=MOST_PIXELS,
        longest_side=longest_side,
    ):  # fmt: skip
        if parts:
            return CheckedFile(base64.b64decode(parts[0]), _PICTURES[kind])
        raise _refused(kind, **({"n": MOST_PIXELS // 1_000_000} if kind == "many-pixels" else {}))
    return None


def _check_pdf(content: bytes) -> None:
    for code, *names in _contained(
        "pdfs", content, "damaged-pdf", names=list(_ACTIVE), most_objects=MOST_OBJECTS
    ):
        raise _refused(code, **({"what": _ACTIVE[names[0]]} if names else {}))


def _check_archive(content: bytes) -> str:
    """The media type of an office file, its parts unpacked within limits to see."""
    with opened_archive(content) as archive:
        _contained("unpacking", content, "damaged-archive")
        return _office_type(archive, set(archive.namelist()))


def _office_type(archive: zipfile.ZipFile, names: set[str]) -> str:
    if "[Content_Types].xml" in names:
        for part, (media_type, _ending) in _OFFICE.items():
            if part in names:
                return media_type
    if "mimetype" in names:
        declared = archive.read("mimetype")[:100].decode("ascii", "replace").strip()
        if declared in _OPEN_DOCUMENT:
            return declared
    raise _other_kind(_("an archive"))


def _text(content: bytes, name: str) -> str:
    """Plain text or CSV in UTF-8; else what the file is instead."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _other_kind(_guess(content)) from error
    if "\x00" in text:
        raise _other_kind(_guess(content))
    head = text.lstrip()[:1000].lower()
    if (
        head.startswith(("<!doctype", "<html", "<?xml", "<svg", "<script", "#!"))
        or "<script" in head
    ):
        raise _other_kind(_("a page or a script"))
    return "text/csv" if name.lower().endswith(".csv") else "text/plain"


def _guess(content: bytes) -> str:
    try:
        matches = puremagic.magic_string(content[:4096])
    except (puremagic.PureError, ValueError):
        return _("of an unknown type, or text that is not in UTF-8")
    if matches and matches[0].confidence >= 0.5:
        return _("a file of type %(kind)s") % {"kind": matches[0].name or matches[0].extension}
    return _("of an unknown type, or text that is not in UTF-8")
