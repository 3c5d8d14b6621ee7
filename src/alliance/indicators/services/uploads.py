"""Files of figures that people upload: checked, looked at, taken over on their yes.

Small files are checked and written while the page is made, larger ones by a worker.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from contextlib import suppress
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed
from alliance.core.files import write_whole
from alliance.core.tasks import enqueue_once
from alliance.indicators import rules
from alliance.indicators.enums import BatchKind, UploadState
from alliance.indicators.importing.checking import Checked, check
from alliance.indicators.importing.options import Options
from alliance.indicators.importing.reading import check_size, read_file
from alliance.indicators.importing.storage import stored
from alliance.indicators.importing.taking import check_reason, look, take_over
from alliance.indicators.models import FigureFile, PublisherReading
from alliance.network.models import Organisation

#: The largest file that is uploaded in the browser.
MOST_BYTES = 25_000_000
#: Up to so much a file is checked and written at once.
SMALL_BYTES = 500_000
SMALL_FIGURES = 5_000
#: How long an uploaded file waits for a yes.
LASTS = dt.timedelta(hours=24)
MOST_FAULTS = 500


def upload(
    content: bytes,
    name: str,
    options: Options,
    *,
    organisation: Organisation | None,
    actor: audit.Actor,
    at: dt.datetime,
    language: str = "en",
) -> FigureFile:
    """Keep a file for a look at it: for a team, whose city alone it may tell of, or without one by
    the secretariat. Nothing of it is written yet. Raises NotAllowed, InvalidData.
    """
    _check_right(actor, organisation)
    options.check()
    check_size(len(content), MOST_BYTES)
    row = FigureFile(
        file_name=name[:200],
        file_digest=hashlib.sha256(content).hexdigest(),
        size=len(content),
        uploaded_by=actor.user,
        uploaded_by_label=actor.label[: audit.LONGEST_LABEL],
        organisation=organisation,
        at=at,
        options=options.as_json(),
        language=language,
    )
    write_whole(stored(row.public_id), content)
    row.save()
    if len(content) <= SMALL_BYTES:
        check_upload(row.public_id, at=at)
        row.refresh_from_db()
    else:
        from alliance.indicators.tasks import check_figure_file

        enqueue_once(check_figure_file, f"figures:{row.public_id}", public_id=row.public_id)
    return row


def _check_right(actor: audit.Actor, organisation: Organisation | None) -> None:
    if not rules.may_enter_for(actor, organisation):
        raise NotAllowed(_("Only editors of a municipality bring in figures of their city."))


def _checked(row: FigureFile, at: dt.datetime) -> Checked:
    path = stored(row.public_id)
    if not path.is_file():
        rule = _("must be uploaded again: too much time went by")
        raise InvalidData([Fault("file", rule)])
    team = row.organisation
    only = None if team is None else {team.city_id} if team.city_id else set()
    return check(
        read_file(path.read_bytes()),
        Options.of_json(row.options),
        today=at.date(),
        only_cities=only,
        say=lambda step: _tell(row.public_id, step),
    )


def check_upload(public_id: str, *, at: dt.datetime) -> str:
    """Check a file and say what would come of it; the state it is in. A second time is the same."""
    row = FigureFile.objects.select_related("organisation").filter(public_id=public_id).first()
    if row is None or row.state != UploadState.CHECKING:
        return row.state if row else ""
    with translation.override(row.language):
        try:
            _tell(public_id, "reading")
            report = look(_checked(row, at))
        except InvalidData as error:
            return _refuse(row, error)
    row.report, row.state = report.as_json(), UploadState.READY
    row.save(update_fields=["report", "state"])
    _tell(public_id, None)
    return row.state


def _refuse(row: FigureFile, error: InvalidData) -> str:
    row.faults = [[one.where, one.rule] for one in error.faults[:MOST_FAULTS]]
    row.state = UploadState.FAULTY
    row.save(update_fields=["faults", "state"])
    _forget_content(row.public_id)
    return row.state


def confirm(row: FigureFile, *, reason: str, actor: audit.Actor, at: dt.datetime) -> FigureFile:
    """Say yes to a file that was looked at. Raises NotAllowed, InvalidData (a reason is missing, or
    the file is not ready); a second yes changes nothing.
    """
    _check_right(actor, row.organisation)
    if row.state in {UploadState.RECORDING, UploadState.DONE}:
        return row
    if row.state != UploadState.READY:
        raise InvalidData([Fault("file", _("is not ready to be taken over"))])
    check_reason(row.report["revised"], reason)
    with transaction.atomic():
        taken = FigureFile.objects.filter(pk=row.pk, state=UploadState.READY).update(
            state=UploadState.RECORDING, reason=reason[:400]
        )
        if taken and row.report["n_figures"] > SMALL_FIGURES:
            from alliance.indicators.tasks import record_figure_file

            enqueue_once(record_figure_file, f"figures:{row.public_id}", public_id=row.public_id)
    if taken and row.report["n_figures"] <= SMALL_FIGURES:
        record_upload(row.public_id, at=at)
    row.refresh_from_db()
    return row


def record_upload(public_id: str, *, at: dt.datetime) -> str:
    """Write the figures of a file that somebody said yes to; the state it is in.

    What is known may have changed since the look: figures then count as they are now.
    """
    row = (
        FigureFile.objects.select_related("organisation", "uploaded_by")
        .filter(public_id=public_id)
        .first()
    )
    if row is None or row.state != UploadState.RECORDING:
        return row.state if row else ""
    actor = audit.Actor(label=row.uploaded_by_label, user=row.uploaded_by)
    with translation.override(row.language):
        try:
            checked = _checked(row, at)
            with transaction.atomic():
                batch = take_over(
                    [(checked, row.file_name, row.file_digest)],
                    actor=actor,
                    at=at,
                    kind=_kind_of(row),
                    reason=row.reason,
                    organisation=row.organisation,
                    counted=_Counter(public_id, len(checked.figures)),
                )[0]
                row.state = UploadState.DONE
                row.batch_id = batch.pk if batch.added or batch.revised else None
                row.save(update_fields=["state", "batch"])
        except InvalidData as error:
            return _refuse(row, error)
    _forget_content(public_id)
    return row.state


def _kind_of(row: FigureFile) -> BatchKind:
    """How the figures of a file came in: read from a publisher, or uploaded."""
    is_read = PublisherReading.objects.filter(figure_file=row).exists()
    return BatchKind.CONNECTOR if is_read else BatchKind.FILE


class _Counter:
    """Tells how many figures of a file are written."""

    def __init__(self, public_id: str, of: int):
        self.public_id, self.of, self.done = public_id, of, 0

    def __call__(self, rows: int) -> None:
        self.done += rows
        _tell(self.public_id, "writing", self.done, self.of)


def _tell(public_id: str, step: str | None, done: int = 0, of: int = 0) -> None:
    """Keep how far a file has come beside it: the database waits for the end of what it writes."""
    path = stored(f"{public_id}.progress")
    if step is None:
        path.unlink(missing_ok=True)
        return
    write_whole(path, json.dumps({"step": step, "done": done, "of": of}).encode())


def progress_of(public_id: str) -> dict[str, Any]:
    """How far the worker has come: `step`, and the figures `done` and `of` all while writing."""
    with suppress(OSError, ValueError):
        told: dict[str, Any] = json.loads(stored(f"{public_id}.progress").read_text())
        return told
    return {"step": "waiting", "done": 0, "of": 0}


def _forget_content(public_id: str) -> None:
    stored(public_id).unlink(missing_ok=True)
    _tell(public_id, None)


def drop(row: FigureFile) -> None:
    """Forget a file that is not wanted; what was taken over of it stays."""
    _forget_content(row.public_id)
    row.delete()


def forget_uploads(*, at: dt.datetime) -> int:
    """Delete files that waited too long, and what is told of those taken over; how many."""
    old = FigureFile.objects.filter(at__lt=at - LASTS).exclude(state=UploadState.RECORDING)
    count = 0
    for row in old:
        drop(row)
        count += 1
    return count
