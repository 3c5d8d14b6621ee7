"""The typefaces of PDF files, so that these look the same on every machine."""

from __future__ import annotations

import tempfile
import threading
from functools import cache
from importlib.resources import files
from pathlib import Path

import typst

#: Styles of the sans-serif face; the serif face is part of the typesetter.
FACES = ("Regular", "It", "Semibold", "SemiboldIt", "Bold")

_LAYING_OUT = threading.Lock()


@cache
def _laid_out() -> tuple[typst.Fonts, tempfile.TemporaryDirectory[str]]:
    # The package contains every style in two formats, and which of them is used is left to chance,
    # so only one of them is offered.
    folder = tempfile.TemporaryDirectory(prefix="alliance-fonts-")
    for face in FACES:
        file = Path(str(files("font_source_sans_pro"))) / "files" / f"SourceSansPro-{face}.ttf"
        (Path(folder.name) / file.name).symlink_to(file)
    return typst.Fonts(include_system_fonts=False, font_paths=[folder.name]), folder


def fonts() -> typst.Fonts:
    """The typefaces, unpacked once in a process."""
    # If two folders were unpacked at once, one would be deleted while its fonts are still to be
    # read.
    with _LAYING_OUT:
        return _laid_out()[0]
