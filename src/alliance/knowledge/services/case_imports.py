"""Taking over a table of cases as drafts of a team: looked at first, then all of it or nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core import signing
from django.db import transaction

from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed
from alliance.core.files import write_whole
from alliance.core.text import digest
from alliance.knowledge import rules
from alliance.knowledge.case_tables import TableCase, read_table
from alliance.knowledge.models import Draft, DraftRevision
from alliance.knowledge.services.import_checks import row_checker
from alliance.network.models import City, Organisation

#: How long a table that was looked at waits to be taken over.
STAGE_LASTS = dt.timedelta(hours=6)
_SALT = "case import"
_SHA256 = re.compile(r"^[0-9a-f]{64}$")


@dataclass(frozen=True)
class ImportLine:
    """What would come of a row. `is_same`: the team has this very case already."""

    row: int
    title: str
    place: str
    outcome: str
    is_same: bool


@dataclass(frozen=True)
class Staged:
    """A table that was read without a fault; `ticket` takes it over."""

    ticket: str
    name: str
    lines: tuple[ImportLine, ...]

    @property
    def n_new(self) -> int:
        return sum(not line.is_same for line in self.lines)


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "imports"


def stage(
    content: bytes, name: str, *, organisation: Organisation, actor: audit.Actor, at: dt.datetime
) -> Staged:
    """Read a table and say what would come of it. Nothing is written but the file, for a while.

    Raises InvalidData naming every cell at fault, NotAllowed.
    """
    if not rules.may_write_for(actor, organisation):
        raise NotAllowed("only editors of the team write for it")
    cases = _checked(content, name)
    known = _digests(organisation)
    sha256 = hashlib.sha256(content).hexdigest()
    write_whole(_folder() / sha256, content)
    ticket = signing.dumps(
        {"sha256": sha256, "name": name[:120], "team": organisation.public_id}, salt=_SALT
    )
    return Staged(ticket, name, tuple(_line(case, known) for case in cases))


def _checked(content: bytes, name: str) -> list[TableCase]:
    """The cases of a table, every cell of it checked."""
    cities = frozenset(City.objects.values_list("public_id", flat=True))
    return read_table(content, name, check=row_checker(cities))


def _digests(organisation: Organisation) -> set[str]:
    """The sums of what the team's drafts held when they began."""
    first = DraftRevision.objects.filter(draft__organisation=organisation, number=1)
    return {digest(content) for content in first.values_list("content", flat=True).iterator()}


def _line(case: TableCase, known: set[str]) -> ImportLine:
    document = case.document
    text: dict[str, str] = document["texts"].get(document["original_language"]) or next(
        iter(document["texts"].values()), {}
    )
    return ImportLine(
        row=case.row,
        title=text.get("title", "") if text else "",
        place=document["place"]["name"],
        outcome=document["outcome"],
        is_same=digest(document) in known,
    )


def take_over(
    ticket: str, *, organisation: Organisation, actor: audit.Actor, at: dt.datetime
) -> int:
    """Make drafts of a table that was staged; how many. The same table again makes none.

    Raises InvalidData where the ticket is not this team's or too old.
    """
    if not rules.may_write_for(actor, organisation):
        raise NotAllowed("only editors of the team write for it")
    try:
        told = signing.loads(ticket, salt=_SALT, max_age=STAGE_LASTS)
    except signing.BadSignature as error:
        raise InvalidData([Fault("file", "upload-again")]) from (error)
    path = _folder() / str(told["sha256"])
    if told["team"] != organisation.public_id or not _SHA256.match(told["sha256"]):
        raise InvalidData([Fault("file", "other-team")])
    if not path.is_file():
        raise InvalidData([Fault("file", "upload-again")])
    cases = _checked(path.read_bytes(), told["name"])
    with transaction.atomic():
        # Two clicks at once: the second waits here and then finds everything there.
        Organisation.objects.select_for_update().get(pk=organisation.pk)
        known = _digests(organisation)
        new = [case for case in cases if digest(case.document) not in known]
        drafts = Draft.objects.bulk_create(
            [
                Draft(
                    organisation=organisation,
                    language=case.document["original_language"] or "en",
                    content=case.document,
                    revision=1,
                    started_by=actor.user,
                    started_at=at,
                    saved_at=at,
                )
                for case in new
            ],
            batch_size=200,
        )
        DraftRevision.objects.bulk_create(
            [
                DraftRevision(
                    draft=draft,
                    number=1,
                    at=at,
                    actor=actor.user,
                    actor_label=actor.label[:200],
                    content=draft.content,
                )
                for draft in drafts
            ],
            batch_size=200,
        )
        audit.record(
            actor=actor,
            at=at,
            verb="import drafts",
            kind="organisation",
            public_id=organisation.public_id,
            file=told["sha256"],
            drafts=len(drafts),
        )
    path.unlink(missing_ok=True)
    return len(drafts)


def forget_staged(*, at: dt.datetime) -> int:
    """Delete tables that were looked at and not taken over in time; how many."""
    count = 0
    folder = _folder()
    for path in folder.iterdir() if folder.is_dir() else ():
        age = at - dt.datetime.fromtimestamp(path.stat().st_mtime, tz=dt.UTC)
        if age > STAGE_LASTS:
            path.unlink(missing_ok=True)
            count += 1
    return count
