"""Uploaded files that are to be imported: checked, shown, then imported or deleted.

Small files are checked and written during the request, larger ones by a worker.
"""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.core.archives import unpacked_size
from alliance.core.errors import Fault, InvalidData
from alliance.core.files import write_whole
from alliance.core.ids import new_public_id

MOST_FAULTS = 500
#: The largest ratio of unpacked to packed size of a small file.
_UNPACKED = 5


def is_small(content: bytes, most: int) -> bool:
    """Whether a file of at most `most` bytes is checked at once. Raises InvalidData if damaged."""
    return len(content) <= most and unpacked_size(content) <= _UNPACKED * most


def content_of(upload: Any, most: int) -> bytes:
    """The bytes of an upload. Raises InvalidData for `file` if it is empty or too large."""
    if upload is None or not upload.size:
        raise InvalidData([Fault("file", "no-file")])
    if upload.size > most:
        raise InvalidData([Fault("file", "large-file", {"n": most // 1_000_000})])
    return bytes(upload.read())


class UploadState(models.TextChoices):
    """The state of an uploaded file."""

    CHECKING = "checking", gettext_lazy("being checked")
    READY = "ready", gettext_lazy("waiting for your approval")
    FAULTY = "faulty", gettext_lazy("contains errors; nothing was saved")
    RECORDING = "recording", gettext_lazy("being imported")
    DONE = "done", pgettext_lazy("file", "imported")


class UploadedFile(models.Model):
    """An uploaded file. Its content is in the media folder until it is imported."""

    #: The folder below the media folder, and how long a file waits there for confirmation.
    FOLDER: ClassVar[str]
    LASTS: ClassVar[dt.timedelta]

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    file_name = models.CharField(max_length=200)
    file_digest = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    uploaded_by_label = models.CharField(max_length=80)
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=UploadState, default=UploadState.CHECKING)
    # What the check reported.
    report = models.JSONField(default=dict, blank=True)
    # Faults: place (in the language of the uploader), code and parameters.
    faults = models.JSONField(default=list, blank=True)
    language = models.CharField(max_length=2, default="en")

    class Meta:
        abstract = True
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_waiting(self) -> bool:
        """Whether a worker is processing it."""
        return self.state in {UploadState.CHECKING, UploadState.RECORDING}

    @property
    def path(self) -> Path:
        """The path of its content."""
        return Path(settings.MEDIA_ROOT) / self.FOLDER / self.public_id

    def content(self) -> bytes:
        """The bytes of the file. Raises InvalidData if it was deleted."""
        try:
            return self.path.read_bytes()
        except FileNotFoundError as error:
            raise InvalidData([Fault("file", "upload-again")]) from error

    @property
    def _progress_path(self) -> Path:
        return self.path.with_name(f"{self.public_id}.progress")

    def save_progress(self, step: str, done: int = 0, of: int = 0) -> None:
        """Store the progress in a file beside it: the database shows nothing before the commit."""
        write_whole(
            self._progress_path, json.dumps({"step": step, "done": done, "of": of}).encode()
        )

    def counter(self, step: str, of: int) -> Callable[[int], None]:
        """A callback that takes a number of finished rows and stores the progress once a second."""
        done, due = 0, 0.0

        def count(rows: int) -> None:
            nonlocal done, due
            done += rows
            if time.monotonic() >= due or done == of:
                self.save_progress(step, done, of)
                due = time.monotonic() + 1

        return count

    @property
    def progress(self) -> dict[str, Any]:
        """The progress of the worker: `step`, and `done` `of` all rows if it counts."""
        with suppress(OSError, ValueError):
            progress: dict[str, Any] = json.loads(self._progress_path.read_text())
            return progress
        return {"step": "waiting", "done": 0, "of": 0}

    @property
    def fault_list(self) -> list[Fault]:
        """The faults of the check."""
        return [Fault.from_json(*fault) for fault in self.faults]

    def make_ready(self, report: dict[str, Any]) -> None:
        """Store the report; the file now waits for confirmation."""
        self.report, self.state = report, UploadState.READY
        self.save(update_fields=["report", "state"])
        self._progress_path.unlink(missing_ok=True)

    def refuse(self, error: InvalidData) -> None:
        """Store the faults, and delete the content."""
        self.faults = [
            [fault.where, fault.code, fault.as_data()["params"]]
            for fault in error.faults[:MOST_FAULTS]
        ]
        self.state = UploadState.FAULTY
        self.save(update_fields=["faults", "state"])
        self.forget_content()

    def forget_content(self) -> None:
        self.path.unlink(missing_ok=True)
        self._progress_path.unlink(missing_ok=True)

    def drop(self) -> None:
        """Delete an unwanted file; what was imported from it stays."""
        self.forget_content()
        self.delete()

    @classmethod
    def drop_old(cls, *, at: dt.datetime) -> int:
        """Delete files that waited too long and reports of imported ones; returns their number."""
        old = list(
            cls._default_manager.filter(at__lt=at - cls.LASTS).exclude(state=UploadState.RECORDING)
        )
        for row in old:
            row.drop()
        return len(old)
