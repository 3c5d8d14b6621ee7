"""Static files that `alliance prepare` generates, and a finder for them.

The bundle of Vega comes out of vl-convert, which also draws on the server: both are of one version.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

from alliance.config import env

BUNDLE = "vega.js"


def folder() -> Path:
    """The folder of generated files until they are collected."""
    return env.home() / "assets"


def build_bundle() -> bool:
    """Write Vega, Vega-Lite and Vega-Embed as one script, unless it exists; returns whether it was
    written.

    The bundle names its parts at the top level: within a function they do not conflict with other
    scripts.
    """
    wanted = f"/* vl-convert {metadata.version('vl-convert-python')} */"
    target = folder() / BUNDLE
    if target.exists():
        with target.open(encoding="utf-8") as handle:
            if handle.readline().strip() == wanted:
                return False
    import vl_convert

    folder().mkdir(mode=0o700, exist_ok=True)
    part = target.with_suffix(".part")
    bundle = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    part.write_text(f"{wanted}\n(function(){{{bundle}}})();\n", "utf-8")
    part.replace(target)
    return True


def logo_name() -> str:
    """The file name of the network's own logo; empty if it has none."""
    chosen: Path | None = env.get("LOGO")
    return f"logo{chosen.suffix.lower()}" if chosen else ""


def copy_logo() -> None:
    """Copy the logo of the network to the other generated files."""
    chosen: Path | None = env.get("LOGO")
    if chosen is not None:
        folder().mkdir(mode=0o700, exist_ok=True)
        (folder() / logo_name()).write_bytes(chosen.read_bytes())


class BuiltFiles(BaseFinder):
    """Finds the generated files; nothing if there are none."""

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        file_path = folder() / path
        here = path in {BUNDLE, logo_name()} and file_path.is_file()
        if not here:
            # Django returns this if several results are requested.
            return []
        return [str(file_path)] if find_all else str(file_path)

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        for name in (BUNDLE, logo_name()):
            if (folder() / name).is_file():
                yield name, FileSystemStorage(location=folder())
