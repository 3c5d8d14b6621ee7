"""Tables of cases on their way in."""

from __future__ import annotations

import datetime as dt

from django.db import models

from alliance.core.files.uploads import UploadedFile
from alliance.network.models import Organisation


class CaseFile(UploadedFile):
    """An uploaded table of cases. Its report says what becomes of each row, and of all of them."""

    FOLDER = "imports"
    LASTS = dt.timedelta(hours=6)

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")

    class Meta(UploadedFile.Meta):
        indexes = [models.Index(fields=["state", "at"], name="case_file_waiting")]
