"""What the tables of the tests are made from, in a word; it needs no Django."""

from __future__ import annotations

import hashlib
import sqlite3
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def key() -> str:
    """A sum of migrations, models, settings and what is installed."""
    package = ROOT / "src" / "alliance"
    sources = [*package.glob("*/migrations/*.py"), *package.glob("*/models/**/*.py")]
    sources += [*package.glob("*/models.py"), package / "core" / "ids.py"]
    sources += [
        package / "config" / "settings.py",
        package / "config" / "tables.py",
        ROOT / "requirements" / "base.txt",
    ]
    told = hashlib.sha256(f"{sys.version} {sqlite3.sqlite_version}".encode())
    for source in sorted(sources):
        told.update(str(source.relative_to(ROOT)).encode() + source.read_bytes())
    return told.hexdigest()[:20]
