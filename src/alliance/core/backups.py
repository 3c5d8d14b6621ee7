"""The backups in the home folder, as pages and monitoring report them."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

from alliance.core.files import write_whole

FOLDER = "backups"
#: A file beside the backups: which were restored on trial, when, and with which result.
LOOKS = "verified.json"
MOST_LOOKS = 100
#: Tables whose rows no backup contains: they show who came from where and when.
LEFT_OUT = (
    "core_throttlekey", "core_throttlecount", "core_writecount", "shared_cache",
    "django_session", "usersessions_usersession",
)  # fmt: skip
#: Nor those of jobs, which include emails with address and time; `alliance move` does copy them.
JOBS_LEFT_OUT = ("core_taskstate", "django_tasks_database_dbtaskresult")


@dataclass(frozen=True)
class Look:
    """A trial restore of an archive: its path, when it ended, and whether it was intact."""

    archive: Path
    at: dt.datetime
    is_whole: bool


def newest(home: Path) -> Path | None:
    """The newest archive in the backup folder; None if there is none."""
    return max(
        (home / FOLDER).glob("*.tar.gz"), key=lambda path: path.stat().st_mtime, default=None
    )


def made_at(home: Path) -> dt.datetime | None:
    """When the newest archive was written; None if there is none."""
    archive = newest(home)
    return dt.datetime.fromtimestamp(archive.stat().st_mtime, dt.UTC) if archive else None


def record_look(home: Path, archive: Path, *, at: dt.datetime, is_whole: bool) -> None:
    """Record the result of a trial restore of `archive`."""
    folder = home / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    recent_looks = [*looks(home), Look(archive.resolve(), at, is_whole)][-MOST_LOOKS:]
    payload = [
        {"file": str(look.archive), "at": look.at.isoformat(), "whole": look.is_whole}
        for look in recent_looks
    ]
    write_whole(folder / LOOKS, json.dumps(payload).encode())


def looks(home: Path) -> list[Look]:
    """The trial restores, the latest last; none if the record cannot be read."""
    try:
        return [
            Look(Path(entry["file"]), dt.datetime.fromisoformat(entry["at"]), entry["whole"])
            for entry in json.loads((home / FOLDER / LOOKS).read_text(encoding="utf-8"))
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def look_at_newest(home: Path) -> Look | None:
    """The latest trial restore of the newest archive; None without an archive or a trial."""
    archive = newest(home)
    matching = [look for look in looks(home) if archive and look.archive == archive.resolve()]
    return matching[-1] if matching else None
