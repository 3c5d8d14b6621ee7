"""Files of figures that people upload: checked, reviewed, and imported after approval.

Small files are checked and written during the request, larger ones by a worker.
"""

from __future__ import annotations

import datetime as dt
import hashlib

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed
from alliance.core.files import write_whole
from alliance.core.files.uploads import UploadState, is_small
from alliance.core.tasks import enqueue_once
from alliance.indicators import rules
from alliance.indicators.enums import BatchKind
from alliance.indicators.importing.checking import Checked, Own, check
from alliance.indicators.importing.options import Options
from alliance.indicators.importing.reading import check_size, read_file
from alliance.indicators.importing.taking import check_reason, look, take_over
from alliance.indicators.models import FigureFile, PublisherReading
from alliance.indicators.services.catalogue import begun_definitions
from alliance.network.models import Organisation

#: The largest file that can be uploaded in the browser.
MOST_BYTES = 25_000_000
#: Files up to this size are checked and written at once.
SMALL_BYTES = 500_000
SMALL_FIGURES = 5_000


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
    """Stores a file for review: for a team, with figures of its own city only, or without one for
    the secretariat. No figures are written yet. Raises NotAllowed, InvalidData.
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
    at_once = is_small(content, SMALL_BYTES)
    write_whole(row.path, content)
    row.save()
    if at_once:
        check_upload(row.public_id, at=at)
        row.refresh_from_db()
    else:
        job = "alliance.indicators.tasks.check_figure_file"
        enqueue_once(job, f"figures:{row.public_id}", public_id=row.public_id)
    return row


def _check_right(actor: audit.Actor, organisation: Organisation | None) -> None:
    if not rules.may_enter_for(actor, organisation):
        raise NotAllowed(_("Only editors from a municipality can enter figures for their city."))


def _checked(row: FigureFile, at: dt.datetime, own: Own) -> Checked:
    team = row.organisation
    only = None if team is None else {team.city_id} if team.city_id else set()
    return check(
        read_file(row.content()),
        Options.of_json(row.options),
        today=at.date(),
        only_cities=only,
        own=own,
        report_step=row.save_progress,
    )


def check_upload(public_id: str, *, at: dt.datetime) -> str:
    """Checks a file and previews its changes; returns its state. Repeated runs are harmless."""
    row = FigureFile.objects.select_related("organisation").filter(public_id=public_id).first()
    if row is None or row.state != UploadState.CHECKING:
        return row.state if row else ""
    with translation.override(row.language):
        try:
            row.save_progress("reading")
            with begun_definitions(actor=_uploader(row), at=at, commit=False) as own:
                report = look(_checked(row, at, own)).as_json()
            row.make_ready(report)
        except InvalidData as error:
            row.refuse(error)
    return row.state


def confirm(row: FigureFile, *, reason: str, actor: audit.Actor, at: dt.datetime) -> FigureFile:
    """Approves a reviewed file; approving it again changes nothing.

    Raises NotAllowed, InvalidData (the reason is missing, or the file is not ready).
    """
    _check_right(actor, row.organisation)
    if row.state in {UploadState.RECORDING, UploadState.DONE}:
        return row
    if row.state != UploadState.READY:
        raise InvalidData([Fault("file", "not-ready")])
    check_reason(row.report["revised"], reason)
    with transaction.atomic():
        taken = FigureFile.objects.filter(pk=row.pk, state=UploadState.READY).update(
            state=UploadState.RECORDING, reason=reason[:400]
        )
        if taken and row.report["n_figures"] > SMALL_FIGURES:
            job = "alliance.indicators.tasks.record_figure_file"
            enqueue_once(job, f"figures:{row.public_id}", public_id=row.public_id)
    if taken and row.report["n_figures"] <= SMALL_FIGURES:
        record_upload(row.public_id, at=at)
    row.refresh_from_db()
    return row


def record_upload(public_id: str, *, at: dt.datetime) -> str:
    """Writes the figures of an approved file; returns its state.

    Recorded figures may have changed since the review: the current ones are compared.
    """
    row = (
        FigureFile.objects.select_related("organisation", "uploaded_by")
        .filter(public_id=public_id)
        .first()
    )
    if row is None or row.state != UploadState.RECORDING:
        return row.state if row else ""
    actor = _uploader(row)
    with translation.override(row.language):
        try:
            with begun_definitions(actor=actor, at=at) as own:
                checked = _checked(row, at, own)
                with transaction.atomic():
                    batch = take_over(
                        [(checked, row.file_name, row.file_digest)],
                        actor=actor,
                        at=at,
                        kind=_kind_of(row),
                        reason=row.reason,
                        organisation=row.organisation,
                        counted=row.counter("writing", len(checked.figures)),
                    )[0]
                    row.state = UploadState.DONE
                    row.batch_id = batch.pk if batch.added or batch.revised else None
                    row.save(update_fields=["state", "batch"])
        except InvalidData as error:
            row.refuse(error)
    row.forget_content()
    return row.state


def _uploader(row: FigureFile) -> audit.Actor:
    return audit.Actor(label=row.uploaded_by_label, user=row.uploaded_by)


def _kind_of(row: FigureFile) -> BatchKind:
    """How the figures of a file were submitted: read from a publisher, or uploaded."""
    is_read = PublisherReading.objects.filter(figure_file=row).exists()
    return BatchKind.CONNECTOR if is_read else BatchKind.FILE
