"""Files of figures on their way in: checked, looked at by a person, taken over or forgotten."""

from __future__ import annotations

import datetime as dt

from django.db import models

from alliance.core.files.uploads import UploadedFile
from alliance.indicators.models.observations import ObservationBatch
from alliance.network.models import Organisation


class FigureFile(UploadedFile):
    """An uploaded file of figures."""

    FOLDER = "figures"
    LASTS = dt.timedelta(hours=24)

    # The team it is uploaded for; empty for the secretariat, which may bring figures of any city.
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    # What the uploader said of the file.
    options = models.JSONField(default=dict, blank=True)
    reason = models.CharField(max_length=400, blank=True, default="")
    batch = models.ForeignKey(
        ObservationBatch, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta(UploadedFile.Meta):
        indexes = [models.Index(fields=["state", "at"], name="figure_file_waiting")]
