"""Whether the parts of an archive match its headers. Runs in a child of `contained`."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from alliance.core.files.rows import Limits


def read(content: bytes, *, limits: Limits) -> Iterator[None]:
    """Yield nothing; raises whatever `zipfile` raises for a part that is damaged, or larger than
    its header says."""
    yield from ()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            with archive.open(entry) as part:
                while part.read(65_536):
                    pass
