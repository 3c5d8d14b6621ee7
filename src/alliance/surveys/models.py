"""The versions of a survey, responses, and results."""

from __future__ import annotations

import json
from functools import cached_property

import shapely
from django.db import models

from alliance.equity.models import AreaSet
from alliance.participation.models import (
    Contribution,
    HourField,
    Participant,
    PeopleFile,
    Process,
)
from alliance.participation.places import Cell
from alliance.surveys.questions import Question


class Version(models.Model):
    """The questions of a survey. Once the process has opened a version is fixed, and a change is a
    new version."""

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="survey_versions")
    number = models.PositiveSmallIntegerField()
    # In the format of `Question.as_data`.
    questions = models.JSONField(default=list)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["process", "number"]
        constraints = [
            models.UniqueConstraint(fields=["process", "number"], name="survey_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.process_id}: {self.number}"

    @cached_property
    def asked(self) -> list[Question]:
        """The questions as objects."""
        return [Question.from_data(question) for question in self.questions]


class Response(models.Model):
    """A participant's answers to the version with which she started. They count once submitted."""

    participant = models.OneToOneField(
        Participant, primary_key=True, on_delete=models.CASCADE, related_name="survey_response"
    )
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="responses")
    # Submitted answers by the key of the question (`surveys.questions`). Texts are not among them:
    # they are contributions.
    answers = models.JSONField(default=dict)
    # Later answers, by the same keys, including texts; empty after submission.
    draft = models.JSONField(default=dict)
    started_at = HourField()
    changed_at = HourField()
    sent_at = HourField(null=True, blank=True)
    # The number of saves, by which changed answers are noticed without storing a time.
    changes = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["participant"]
        indexes = [models.Index(fields=["version", "sent_at"], name="survey_response_sent")]

    def __str__(self) -> str:
        return f"{self.participant_id}: {self.version_id}"


class OpenAnswer(models.Model):
    """The question that a contribution answers."""

    contribution = models.OneToOneField(
        Contribution, primary_key=True, on_delete=models.CASCADE, related_name="open_answer"
    )
    # Empty once the person has deleted her data and only a discussed text's place is left.
    response = models.ForeignKey(
        Response, null=True, blank=True, on_delete=models.SET_NULL, related_name="open_answers"
    )
    key = models.CharField(max_length=10)
    # The place of a question on a map, from 1; 0 for none.
    place = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["contribution"]
        constraints = [
            models.UniqueConstraint(
                fields=["response", "key", "place"], name="survey_open_answer_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.contribution_id}: {self.key}"


class Ground(models.Model):
    """The area in which places of a survey may lie, in cells by which they are counted."""

    process = models.OneToOneField(
        Process, primary_key=True, on_delete=models.CASCADE, related_name="survey_ground"
    )
    # The origin of the cells, and for squares the radius of the circle.
    area_set = models.ForeignKey(
        AreaSet, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    km = models.PositiveSmallIntegerField(null=True, blank=True)
    # The names of the chosen areas, one per line; empty for all.
    only = models.TextField(blank=True, default="")
    # Each an object of `code`, `name`, `shape` (GeoJSON) and `outline` (path in the drawing).
    cells = models.JSONField(default=list)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["process"]

    def __str__(self) -> str:
        return f"{self.process_id}: {len(self.cells)}"

    @cached_property
    def parts(self) -> list[Cell]:
        """The cells with their shapes."""
        shapes = shapely.from_geojson([json.dumps(cell["shape"]) for cell in self.cells])
        return [
            Cell(cell["code"], cell["name"], shape, cell["outline"])
            for cell, shape in zip(self.cells, shapes, strict=True)
        ]

    @property
    def is_named(self) -> bool:
        """Whether the cells have names that people know."""
        return self.km is None


class Findings(models.Model):
    """The results of a survey, computed at `at`. They name no person; small counts are suppressed
    on reading (`selectors`)."""

    process = models.OneToOneField(
        Process, primary_key=True, on_delete=models.CASCADE, related_name="findings"
    )
    at = models.DateTimeField()
    # The duration of the computation; the next one waits in proportion.
    seconds = models.FloatField()
    # The digest of the answers that were read.
    digest = models.CharField(max_length=64)
    # In the format of `services.counting.count`.
    result = models.JSONField(default=dict)

    class Meta:
        ordering = ["process"]

    def __str__(self) -> str:
        return f"{self.process_id} at {self.at}"


class TeamFile(PeopleFile):
    """Each person's answers in an issue, for the city's team: the people who submitted theirs."""

    process = models.OneToOneField(
        Process, primary_key=True, on_delete=models.CASCADE, related_name="survey_team_file"
    )
    # By the order of the ids: id, channel, primary key of the version, answers as in `Response`.
    # Compressed JSON.
    rows = models.BinaryField(default=b"")

    class Meta:
        ordering = ["process"]

    def __str__(self) -> str:
        return f"{self.process_id} at {self.issued_at}"
