"""What there is of backups in the home folder, as pages and monitors tell of it."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

from alliance.core.files import write_whole

FOLDER = "backups"
#: Beside the backups: which of them were put back on trial, when, and how that ended.
LOOKS = "verified.json"
MOST_LOOKS = 100
#: Tables whose rows no backup holds: they say who came from where and when.
LEFT_OUT = (
    "core_throttlekey", "core_throttlecount", "core_writecount", "shared_cache",
    "django_session", "usersessions_usersession",
)  # fmt: skip
#: Nor those of jobs, emails among them with address and time; `alliance move` takes them along.
JOBS_LEFT_OUT = ("core_taskstate", "django_tasks_database_dbtaskresult")


@dataclass(frozen=True)
class Look:
    """One trial of putting an archive back: its path, when it ended, and whether it was whole."""

    archive: Path
    at: dt.datetime
    is_whole: bool


def newest(home: Path) -> Path | None:
    """The newest archive in the folder of backups; None where there is none."""
    return max(
        (home / FOLDER).glob("*.tar.gz"), key=lambda path: path.stat().st_mtime, default=None
    )


def made_at(home: Path) -> dt.datetime | None:
    """When the newest archive was written; None where there is none."""
    archive = newest(home)
    return dt.datetime.fromtimestamp(archive.stat().st_mtime, dt.UTC) if archive else None


def record_look(home: Path, archive: Path, *, at: dt.datetime, is_whole: bool) -> None:
    """Note that `archive` was put back on trial, and how that ended."""
    folder = home / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    recent_looks = [*looks(home), Look(archive.resolve(), at, is_whole)][-MOST_LOOKS:]
    payload = [
        {"file": str(look.archive), "at": look.at.isoformat(), "whole": look.is_whole}
        for look in recent_looks
    ]
    write_whole(folder / LOOKS, json.dumps(payload).encode())


def looks(home: Path) -> list[Look]:
    """The trials of backups, the last one last; none where what was noted cannot be read."""
    try:
        return [
            Look(Path(entry["file"]), dt.datetime.fromisoformat(entry["at"]), entry["whole"])
            for entry in json.loads((home / FOLDER / LOOKS).read_text(encoding="utf-8"))
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def look_at_newest(home: Path) -> Look | None:
    """The last trial of the newest archive; None where there is no archive, or was no trial."""
    archive = newest(home)
    matching = [look for look in looks(home) if archive and look.archive == archive.resolve()]
    return matching[-1] if matching else None
