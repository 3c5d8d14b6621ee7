"""Files of figures on their way in: checked, looked at by a person, taken over or forgotten."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from alliance.core.ids import new_public_id
from alliance.indicators.enums import UploadState
from alliance.indicators.models.observations import ObservationBatch
from alliance.network.models import Organisation


class FigureFile(models.Model):
    """An uploaded file. Its content lies under the media folder until it is taken over."""

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    file_name = models.CharField(max_length=200)
    file_digest = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    uploaded_by_label = models.CharField(max_length=80)
    # The team it is uploaded for; empty for the secretariat, which may bring figures of any city.
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=UploadState, default=UploadState.CHECKING)
    # What the uploader said of the file, and what was found in it.
    options = models.JSONField(default=dict, blank=True)
    report = models.JSONField(default=dict, blank=True)
    # Faults as pairs of place and rule, in the language of the uploader.
    faults = models.JSONField(default=list, blank=True)
    language = models.CharField(max_length=2, default="en")
    reason = models.CharField(max_length=400, blank=True, default="")
    batch = models.ForeignKey(
        ObservationBatch, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "at"], name="figure_file_waiting")]

    def __str__(self) -> str:
        return self.file_name
