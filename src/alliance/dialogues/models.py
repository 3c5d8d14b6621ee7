"""Votes on statements, and what they were worked out to say.

A statement is a `participation.Contribution`, moderated as every post is; who votes is a
`participation.Participant`.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from alliance.dialogues import enums
from alliance.participation.models import (
    Contribution,
    HourField,
    Participant,
    PeopleFile,
    Process,
)


class Vote(models.Model):
    """What one participant says to one statement; the last word counts."""

    # The constraint below begins with it and serves as its index.
    participant = models.ForeignKey(
        Participant, on_delete=models.CASCADE, related_name="votes", db_index=False
    )
    statement = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="votes")
    value = models.SmallIntegerField(choices=enums.Vote)
    is_important = models.BooleanField(default=False)
    at = HourField()
    # How often it was sent again: tells that a vote is another one, which no time does.
    changes = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["participant", "statement"], name="vote_once"),
            models.CheckConstraint(condition=Q(value__in=[-1, 0, 1]), name="vote_known"),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} on {self.statement_id}: {self.value}"


class OpenFiles(PeopleFile):
    """The open files of a dialogue as they were issued: people are those who voted."""

    process = models.OneToOneField(
        Process, primary_key=True, on_delete=models.CASCADE, related_name="open_files"
    )
    # The rows of the votes, as CSV in gzip.
    votes = models.BinaryField(default=b"")
    # By the key of each statement its author's id, and how many agree and disagree. Its words are
    # read when the file is, for they can be hidden meanwhile.
    statements = models.JSONField(default=dict)

    class Meta:
        ordering = ["process"]

    def __str__(self) -> str:
        return f"{self.process_id} at {self.issued_at}"


class Opinions(models.Model):
    """What the votes of an issue say, which was made at `at`. No person is named in it.

    `result` is that of `alliance.analysis.opinion.report` without the membership of people and with
    the public ids of statements, and in `important` how many said that each is; `priorities` says
    by the key of each statement how often it is shown.
    """

    process = models.OneToOneField(
        Process, primary_key=True, on_delete=models.CASCADE, related_name="opinions"
    )
    at = models.DateTimeField()
    # How long it took.
    seconds = models.FloatField()
    # Which votes were read: a digest of their file.
    votes_digest = models.CharField(max_length=64)
    result = models.JSONField(default=dict)
    priorities = models.JSONField(default=dict)
    # The same weighted to the census, empty where too few said who they are: `traits`, `n`,
    # `effective_n`, `off`, and `statements` with the shares of agree, disagree and pass by id.
    weighted = models.JSONField(default=dict)

    class Meta:
        ordering = ["process"]

    def __str__(self) -> str:
        return f"{self.process_id} at {self.at}"
