"""What the text of a record carries in each language it exists in."""

from __future__ import annotations

from django.db import models

from alliance.cases.enums import Language, TextStatus


class LocalText(models.Model):
    """One language of a record's text. `source_revision` is the revision it was translated from."""

    language = models.CharField(max_length=2, choices=Language)
    status = models.CharField(max_length=12, choices=TextStatus, default=TextStatus.ORIGINAL)
    revision = models.PositiveIntegerField(default=1)
    source_revision = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        abstract = True


class Classification(models.Model):
    """One code of one list that a record carries, such as theme `mobility` or SDG target `11.2`."""

    scheme = models.CharField(max_length=8)
    code = models.CharField(max_length=40)

    class Meta:
        abstract = True
