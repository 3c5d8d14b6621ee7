"""What an uploaded file is, told from its content, and whether it may be kept.

Names and declared types are not trusted. Files that can act (scripts in PDF, macros in office
files) and those that unpack to far more than they are (zip and picture bombs) are refused.
Pictures are written anew, so that the place and camera they were taken with stay with their owner.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import puremagic
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image, ImageOps, UnidentifiedImageError
from pypdf import PdfReader
from pypdf.errors import PdfReadError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from alliance.core.archives import opened_archive
from alliance.core.errors import Fault, InvalidData

MOST_BYTES = 20_000_000
MOST_PIXELS = 60_000_000
MOST_OBJECTS = 300_000

PDF = "application/pdf"
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
    "/RichMedia": gettext_lazy("moving media"),
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


def check_file(content: bytes, name: str) -> CheckedFile:
    """The file as it may be kept. `name` decides only between CSV and plain text.

    Raises InvalidData saying what the file is and which rule it breaks.
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
    picture = _picture(content)
    if picture is not None:
        return picture
    return CheckedFile(content, _text(content, name))


def _refused(code: str, **params: Any) -> InvalidData:
    return InvalidData([Fault("file", code, params)])


def _too_many_pixels() -> InvalidData:
    return _refused("many-pixels", n=MOST_PIXELS // 1_000_000)


def _other_kind(kind: str) -> InvalidData:
    return _refused("other-kind", kind=kind)


def _picture(content: bytes) -> CheckedFile | None:
    """The picture written anew without its metadata; None where it is none."""
    try:
        with Image.open(io.BytesIO(content), formats=list(_PICTURES)) as image:
            kind = image.format or ""
            if image.width * image.height > MOST_PIXELS:
                raise _too_many_pixels()
            if getattr(image, "n_frames", 1) > 1:
                raise _refused("moving-picture")
            # What the camera noted of how it was held is applied before it is dropped.
            clean = ImageOps.exif_transpose(image)
            clean.load()
            # Nothing but the pixels goes on: no place, no owner, no thumbnail.
            bare = clean.copy()
            bare.info = {}
            out = io.BytesIO()
            bare.save(out, format=kind, **({"quality": 88} if kind != "PNG" else {}))
    except UnidentifiedImageError:
        return None
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise _refused("damaged-picture") from error
    return CheckedFile(out.getvalue(), _PICTURES[kind])


def _check_pdf(content: bytes) -> None:
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            raise _refused("pdf-password")
        if not reader.pages:
            raise _refused("pdf-without-pages")
        for found in _names(reader):
            if found in _ACTIVE:
                raise _refused("active-pdf", what=_ACTIVE[found])
    except InvalidData:
        raise
    except (PdfReadError, RecursionError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _refused("damaged-pdf") from error
    except Exception as error:  # pypdf raises many kinds for made-up files
        raise _refused("damaged-pdf") from error


def _names(reader: PdfReader) -> Iterator[str]:
    """Every name that stands in a dictionary of the file, as key or as value."""
    seen: set[tuple[int, int]] = set()
    todo: list[object] = [reader.trailer]
    visited = 0
    while todo:
        item = todo.pop()
        visited += 1
        if visited > MOST_OBJECTS:
            raise _refused("pdf-of-many-parts")
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


def _check_archive(content: bytes) -> str:
    """The media type of an office file, its parts unpacked within limits to see."""
    with opened_archive(content) as archive:
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
        found = puremagic.magic_string(content[:4096])
    except (puremagic.PureError, ValueError):
        return _("of an unknown kind, or text that is not in UTF-8")
    if found and found[0].confidence >= 0.5:
        return _("a file of the kind %(kind)s") % {"kind": found[0].name or found[0].extension}
    return _("of an unknown kind, or text that is not in UTF-8")
