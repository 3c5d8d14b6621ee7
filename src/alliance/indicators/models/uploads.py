"""Files of figures before import: checked, reviewed by a person, then imported or deleted."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models

from alliance.core.files.uploads import UploadedFile
from alliance.core.ids import new_public_id
from alliance.indicators.enums import ReadingState
from alliance.indicators.models.catalogue import Definition
from alliance.indicators.models.observations import ObservationBatch
from alliance.network.models import Organisation


class FigureFile(UploadedFile):
    """An uploaded file of figures."""

    FOLDER = "figures"
    LASTS = dt.timedelta(hours=24)

    # The team it is uploaded for; empty for the secretariat, which may submit figures of any city.
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    # The uploader's options.
    options = models.JSONField(default=dict, blank=True)
    reason = models.CharField(max_length=400, blank=True, default="")
    batch = models.ForeignKey(
        ObservationBatch, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta(UploadedFile.Meta):
        indexes = [models.Index(fields=["state", "at"], name="figure_file_waiting")]


#: The publisher of a recipe that no connector can follow.
BY_HAND = "by-hand"


class Recipe(models.Model):
    """The source of a definition's figures, so that they can be read automatically.

    Values are read for `query` (a `connectors.Query` without cities and years), divided by those
    for the filters in `per` if any, and multiplied by `factor`. A recipe that no connector can
    follow is in words, for a person who opens the table that the definition names: the `codes` to
    look for, their `unit`, and in `mapping` how to use them.
    """

    definition = models.OneToOneField(Definition, on_delete=models.CASCADE, related_name="recipe")
    publisher = models.CharField(max_length=20)
    query = models.JSONField(default=dict)
    per = models.JSONField(default=dict, blank=True)
    factor = models.FloatField(default=1.0)
    # Ids of cities by the publisher's code of a region that they share.
    cities = models.JSONField(default=dict, blank=True)
    # Options of the response, as `importing.Options`.
    options = models.JSONField(default=dict, blank=True)
    codes = models.CharField(max_length=300, blank=True, default="")
    unit = models.CharField(max_length=80, blank=True, default="")
    mapping = models.TextField(blank=True, default="")
    mapping_fr = models.TextField(blank=True, default="")
    mapping_sv = models.TextField(blank=True, default="")
    # Whether these codes were verified in the publisher's files; else they are general knowledge.
    is_seen = models.BooleanField(default=False)

    class Meta:
        ordering = ["definition_id"]

    def __str__(self) -> str:
        return f"{self.definition_id} {self.publisher}"

    @property
    def is_by_hand(self) -> bool:
        """Whether it is read by a person, not by the worker."""
        return self.publisher == BY_HAND


class PublisherReading(models.Model):
    """A query to a publisher with its progress, and the file of its response."""

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    publisher = models.CharField(max_length=20)
    # Set if the worker asked automatically.
    recipe = models.ForeignKey(
        Recipe, null=True, blank=True, on_delete=models.SET_NULL, related_name="readings"
    )
    # The query and the options of its response, as `connectors.Query` and `importing.Options`.
    query = models.JSONField(default=dict)
    options = models.JSONField(default=dict, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_by_label = models.CharField(max_length=80)
    at = models.DateTimeField()
    language = models.CharField(max_length=2, default="en")
    state = models.CharField(max_length=10, choices=ReadingState, default=ReadingState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    # The last step or the reason for failing, in the language of the person who asked.
    told = models.CharField(max_length=500, blank=True, default="")
    figure_file = models.ForeignKey(
        FigureFile, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.publisher} {self.state}"
