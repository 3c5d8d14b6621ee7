"""Makes briefs, caches them in files, and removes outdated ones."""

from __future__ import annotations

import datetime as dt
import os
import re
from pathlib import Path

from django.conf import settings
from django.utils import translation

from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.core.files import write_whole
from alliance.knowledge.models import CaseStudy
from alliance.reports.selectors.cases import case_brief
from alliance.reports.selectors.editions import KINDS, Edition, edition_of, record_for
from alliance.reports.selectors.solutions import solution_brief
from alliance.reports.typesetting import typeset

#: A file that nobody has read for so long is removed, and made again on request.
UNREAD_RETENTION = dt.timedelta(days=90)
#: Left behind by an interrupted write.
_UNFINISHED_RETENTION = dt.timedelta(hours=1)

_NAME = re.compile(
    rf"(?P<kind>{'|'.join(KINDS)})\.(?P<id>[a-z0-9-]+)\.(?P<language>[a-z]{{2}})"
    r"\.(?P<digest>[0-9a-f]{64})\.pdf"
)


def folder() -> Path:
    """The folder of the files, which web server and worker must share."""
    return Path(settings.HOME) / "briefs"


def path_of(edition: Edition) -> Path:
    """The file of an edition, whether it exists or not."""
    parts = (edition.kind, edition.public_id, edition.language, edition.digest, "pdf")
    return folder() / ".".join(parts)


def compose(actor: Actor | None, kind: str, public_id: str, language: str) -> tuple[Edition, bytes]:
    """The current brief of a record as PDF, with its edition. Raises NotFound."""
    with translation.override(language):
        record = record_for(actor, kind, public_id)
        edition = edition_of(actor, kind, record, language)
        if isinstance(record, CaseStudy):
            brief = case_brief(actor, record, edition)
        else:
            brief = solution_brief(actor, record, edition)
        return edition, typeset(brief)


def make(kind: str, public_id: str, language: str) -> Edition:
    """Makes and caches the current brief of a record for visitors, unless it exists.

    The file is written atomically. Earlier editions of it are removed. Raises NotFound.
    """
    edition = edition_of(None, kind, record_for(None, kind, public_id), language)
    if path_of(edition).exists():
        return edition
    edition, content = compose(None, kind, public_id, language)
    write_whole(path_of(edition), content)
    for earlier in folder().glob(f"{kind}.{public_id}.{language}.*.pdf"):
        if earlier != path_of(edition):
            earlier.unlink(missing_ok=True)
    return edition


def read(edition: Edition) -> bytes | None:
    """The file of an edition, None if it does not exist yet. Reading it renews its retention."""
    path = path_of(edition)
    try:
        content = path.read_bytes()
        os.utime(path)
    except FileNotFoundError:
        return None
    return content


def remove_stale(*, at: dt.datetime) -> int:
    """Removes files of outdated editions, and files that nobody reads; returns how many.

    Files of withdrawn records are removed too.
    """
    removed = 0
    for path in sorted(folder().glob("*.pdf")) + sorted(folder().glob(".*.part")):
        try:
            touched = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
        except FileNotFoundError:
            continue
        if path.suffix == ".part":
            stale = at - touched > _UNFINISHED_RETENTION
        else:
            stale = at - touched > UNREAD_RETENTION or not _is_present(path)
        if stale:
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def _is_present(path: Path) -> bool:
    """Whether a file has the current edition."""
    named = _NAME.fullmatch(path.name)
    if named is None:
        return False
    try:
        record = record_for(None, named["kind"], named["id"])
    except NotFound:
        return False
    return path_of(edition_of(None, named["kind"], record, named["language"])) == path
