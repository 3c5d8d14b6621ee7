"""Files are told by their content; what acts, bombs or lies is refused by name."""

from __future__ import annotations

import io
import resource
import zipfile
import zlib
from functools import partial

import pytest
from openpyxl import Workbook
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from alliance.core.errors import InvalidData
from alliance.core.files.rows import Limits
from alliance.writing import file_checks
from alliance.writing.file_checks import MOST_BYTES, check_file


def pdf(
    *, script: str = "", hidden: bool = False, password: str = "", attach: bool = False
) -> bytes:
    writer = PdfWriter()
    page = writer.add_blank_page(100, 100)
    if script:
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
            {
                NameObject("/S"): NameObject("/JavaScript"),
                NameObject("/JS"): TextStringObject(script),
            }
        )
    if hidden:
        # On a page's annotation, not where readers look first.
        action = DictionaryObject(
            {NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("cmd")}
        )
        page[NameObject("/AA")] = DictionaryObject({NameObject("/O"): action})
    if attach:
        writer.add_attachment("virus.exe", b"MZ")
    if password:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def picture(kind: str, size: tuple[int, int] = (20, 10), **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "green").save(out, kind, **options)
    return out.getvalue()


def workbook() -> bytes:
    book = Workbook()
    book.active["A1"] = "a cell"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def archive(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (pdf(), "report.txt", "application/pdf"),
        (picture("PNG"), "x.exe", "image/png"),
        (picture("JPEG"), "x", "image/jpeg"),
        (picture("WEBP"), "x", "image/webp"),
        ("ort;värde\nUmeå;3".encode(), "data.csv", "text/csv"),
        ("Vi mätte själva.".encode(), "read.me", "text/plain"),
        (
            workbook(),
            "x.zip",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
    ],
)
def test_a_file_is_told_by_its_content_and_not_by_its_name(content, name, media_type):
    checked = check_file(content, name)
    assert checked.media_type == media_type
    assert checked.ending.startswith(".")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "no-file"),
        (b"x" * (MOST_BYTES + 1), "large-file"),
        (pdf(script="app.alert(1)"), "The PDF contains a script. Print it to a new PDF."),
        (pdf(hidden=True), "The PDF contains a program to start. Print it to a new PDF."),
        (pdf(attach=True), "The PDF contains another file. Print it to a new PDF."),
        (pdf(password="x"), "pdf-password"),
        (b"%PDF-1.7\nalert(1)", "damaged-pdf"),
        (b"<html><script>alert(1)</script></html>", "other-kind"),
        (b"#!/bin/sh\nrm -rf /", "other-kind"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "other-kind"),
        (b"MZ\x90\x00" + b"\x00" * 100, "other-kind"),
        (b"GIF89a" + b"\x00" * 20, "other-kind"),
        (picture("JPEG", (200, 200))[:400], "damaged-picture"),
        (archive(a_dot_txt=b"x"), "other-kind"),
        (archive(**{"..__..__etc__passwd": b"x"}), "archive-outside"),
        (
            archive(**{"[Content_Types].xml": b"", "xl__workbook_dot_xml": b"",
                       "xl__vbaProject_dot_bin": b"x"}),
            "macros",
        ),
        (workbook()[:-30], "damaged-archive"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_is_not_kept_is_told_by_its_rule(content, code):
    with pytest.raises(InvalidData) as caught:
        check_file(content, "report.pdf")
    assert code in (caught.value.faults[0].code, caught.value.faults[0].rule)


def test_an_archive_that_unpacks_to_far_more_is_refused():
    bomb = archive(**{"[Content_Types].xml": b"", "xl__workbook_dot_xml": b"\0" * 50_000_000})
    assert len(bomb) < 100_000
    with pytest.raises(InvalidData) as caught:
        check_file(bomb, "table.xlsx")
    assert "The file becomes far too large when unpacked." in str(caught.value)


def test_the_size_in_a_header_is_not_believed():
    bomb = bytearray(
        archive(**{"[Content_Types].xml": b"", "xl__workbook_dot_xml": b"\0" * 30_000_000})
    )
    true_size = (30_000_000).to_bytes(4, "little")
    assert true_size in bomb
    lying = bomb.replace(true_size, (10).to_bytes(4, "little"))
    with pytest.raises(InvalidData):
        check_file(lying, "table.xlsx")


@pytest.mark.parametrize("side", [5_500, 60_000])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked(side):
    # A header that promises so many pixels, and nothing behind it.
    def chunk(kind: bytes, body: bytes) -> bytes:
        crc = zlib.crc32(kind + body).to_bytes(4, "big")
        return len(body).to_bytes(4, "big") + kind + body + crc

    size = side.to_bytes(4, "big")
    header = chunk(b"IHDR", size + size + b"\x08\x02\x00\x00\x00")
    bomb = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    with pytest.raises(InvalidData) as caught:
        check_file(bomb, "map.png")
    assert "million pixels" in str(caught.value)


def test_a_small_file_of_many_pixels_takes_nothing_of_this_process():
    content = picture("PNG", (5_000, 5_000))
    assert len(content) < 200_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert check_file(content, "map.png").media_type == "image/png"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000, "kB"


def _pdf_of_many_parts() -> bytes:
    parts = b"".join(b"%d 0 obj\n<</A [%b]>>\nendobj\n" % (n, b"1 " * 200) for n in range(9, 309))
    named = b" ".join(b"%d 0 R" % n for n in range(9, 309))
    return (
        b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R/X [" + named + b"]>>\nendobj\n"
        b"2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
        b"3 0 obj\n<</Type/Page/Parent 2 0 R>>\nendobj\n"
        + parts
        + b"trailer\n<</Root 1 0 R/Size 309>>\nstartxref\n0\n%%EOF\n"
    )


@pytest.mark.parametrize(
    ("made", "memory"),
    [(partial(picture, "PNG", (3_000, 3_000)), 10_000_000), (_pdf_of_many_parts, 2_000_000)],
    ids=["picture", "pdf"],
)
def test_what_takes_more_than_it_may_is_refused(monkeypatch, made, memory):
    content = made()
    assert check_file(content, "x").media_type in {"image/png", "application/pdf"}
    monkeypatch.setattr(file_checks, "LIMITS", Limits(rows=1, memory=memory))
    with pytest.raises(InvalidData) as caught:
        check_file(content, "x")
    assert caught.value.faults[0].code == "heavy-file"


def test_what_a_camera_noted_is_taken_out():
    exif = Image.Exif()
    exif[0x010F] = "Camera of Elin Berg"
    exif[0x0112] = 6  # held upright
    content = picture("JPEG", exif=exif)
    assert b"Elin Berg" in content
    clean = check_file(content, "x.jpg").content
    assert b"Elin Berg" not in clean
    with Image.open(io.BytesIO(clean)) as image:
        assert image.size == (10, 20), "the picture stands as it was held"
        assert not image.getexif()
