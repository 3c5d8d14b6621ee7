"""What there is of backups in the home folder, as pages and monitors tell of it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

FOLDER = "backups"
#: Beside the backups: which of them was last unpacked and checked as a whole, and when.
PROOF = "verified.json"


def newest(home: Path) -> Path | None:
    """The newest archive in the folder of backups; None where there is none."""
    return max(
        (home / FOLDER).glob("*.tar.gz"), key=lambda path: path.stat().st_mtime, default=None
    )


def made_at(home: Path) -> dt.datetime | None:
    """When the newest archive was written; None where there is none."""
    archive = newest(home)
    return dt.datetime.fromtimestamp(archive.stat().st_mtime, dt.UTC) if archive else None


def keep_proof(home: Path, archive: Path, *, at: dt.datetime) -> None:
    """Note that `archive` was put back on trial at `at`, and was whole."""
    (home / FOLDER).mkdir(mode=0o700, exist_ok=True)
    told = {"file": archive.name, "at": at.isoformat()}
    (home / FOLDER / PROOF).write_text(json.dumps(told), encoding="utf-8")


def proven_at(home: Path) -> dt.datetime | None:
    """When an archive was last shown to be whole; None where that is not known."""
    try:
        told = json.loads((home / FOLDER / PROOF).read_text(encoding="utf-8"))
        return dt.datetime.fromisoformat(told["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
