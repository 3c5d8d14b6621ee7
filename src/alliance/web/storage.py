"""Storage of static files under names that change with their content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from whitenoise.storage import (  # type: ignore[import-untyped]
    CompressedManifestStaticFilesStorage,
)


class ForgivingManifestStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashed and compressed files if they were collected, else plain names.

    A page must not fail because a picture is missing: tests and local servers run without
    `collectstatic`, and a file that is not in the manifest keeps its own name.
    """

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        """The hashed name of a collected file, else `name` itself."""
        try:
            return str(super().stored_name(name))
        except ValueError:
            return name

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Compress only the hashed files, which pages use: their unhashed twins would take as long
        again."""
        compressed: Iterator[tuple[str, str]] = super().compress_files(
            set(paths) & set(self.hashed_files.values())
        )
        return compressed
