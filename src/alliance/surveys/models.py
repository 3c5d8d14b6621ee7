"""The versions of a survey, what somebody answered, and what the answers say."""

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
    """The questions of a survey. From the opening of the process on a version stays as it is, and
    a change is another version."""

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="survey_versions")
    number = models.PositiveSmallIntegerField()
    # As `Question.as_data` gives them.
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
        """Its questions."""
        return [Question.from_data(question) for question in self.questions]


class Response(models.Model):
    """What one participant answers, to the version with which she began. It counts once sent."""

    participant = models.OneToOneField(
        Participant, primary_key=True, on_delete=models.CASCADE, related_name="survey_response"
    )
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="responses")
    # Answers by the key of the question (`surveys.questions`), as they were sent. Texts are not
    # among them: they are contributions.
    answers = models.JSONField(default=dict)
    # What was answered since, by the same keys, with texts; empty once it is sent.
    draft = models.JSONField(default=dict)
    started_at = HourField()
    changed_at = HourField()
    sent_at = HourField(null=True, blank=True)
    # How often it was saved: tells that answers are others, which no time does.
    changes = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["participant"]
        indexes = [models.Index(fields=["version", "sent_at"], name="survey_response_sent")]

    def __str__(self) -> str:
        return f"{self.participant_id}: {self.version_id}"


class OpenAnswer(models.Model):
    """Which question a contribution answers."""

    contribution = models.OneToOneField(
        Contribution, primary_key=True, on_delete=models.CASCADE, related_name="open_answer"
    )
    # Empty once the person has deleted her data and only the place of a discussed text is left.
    response = models.ForeignKey(
        Response, null=True, blank=True, on_delete=models.SET_NULL, related_name="open_answers"
    )
    key = models.CharField(max_length=10)
    # Of which place of a question on a map, from 1; 0 for none.
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
    """The part of the world in which places of a survey lie, in cells by which they are counted."""

    process = models.OneToOneField(
        Process, primary_key=True, on_delete=models.CASCADE, related_name="survey_ground"
    )
    # Where the cells come from, and how large the circle is where they are squares.
    area_set = models.ForeignKey(
        AreaSet, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    km = models.PositiveSmallIntegerField(null=True, blank=True)
    # The names of those that were chosen, one a line; empty for all.
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
        """Whether people know the names of its cells."""
        return self.km is None


class Findings(models.Model):
    """What the answers to a survey say, as a worker found at `at`. No person is named in it; what
    is too small to be shown is hidden when it is read (`selectors`)."""

    process = models.OneToOneField(
        Process, primary_key=True, on_delete=models.CASCADE, related_name="findings"
    )
    at = models.DateTimeField()
    # How long it took; the next time waits in proportion.
    seconds = models.FloatField()
    # Which answers were read.
    digest = models.CharField(max_length=64)
    # As `services.counting.count` gives it.
    result = models.JSONField(default=dict)

    class Meta:
        ordering = ["process"]

    def __str__(self) -> str:
        return f"{self.process_id} at {self.at}"


class TeamFile(PeopleFile):
    """Each person's answers as they were issued, for the team of the city: people are those who
    sent theirs."""

    process = models.OneToOneField(
        Process, primary_key=True, on_delete=models.CASCADE, related_name="survey_team_file"
    )
    # By the order of the ids: id, channel, key of the version, answers as `Response` keeps them.
    # JSON in gzip.
    rows = models.BinaryField(default=b"")

    class Meta:
        ordering = ["process"]

    def __str__(self) -> str:
        return f"{self.process_id} at {self.issued_at}"
