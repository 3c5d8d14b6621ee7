"""Votes on statements, and the results.

A statement is a `participation.Contribution`, moderated as every post is; a voter is a
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
    """A participant's vote on a statement; the last one counts."""

    # The constraint below begins with it and serves as its index.
    participant = models.ForeignKey(
        Participant, on_delete=models.CASCADE, related_name="votes", db_index=False
    )
    statement = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="votes")
    value = models.SmallIntegerField(choices=enums.Vote)
    is_important = models.BooleanField(default=False)
    at = HourField()
    # The number of changes, by which a changed vote is noticed without storing a time.
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
    """The open data files of a dialogue as published: the people are those who voted."""

    process = models.OneToOneField(
        Process, primary_key=True, on_delete=models.CASCADE, related_name="open_files"
    )
    # The rows of the votes, as compressed CSV.
    votes = models.BinaryField(default=b"")
    # By the primary key of each statement its author's id, and the numbers of agree and disagree.
    # Its text is read when the file is, because it can be hidden meanwhile.
    statements = models.JSONField(default=dict)

    class Meta:
        ordering = ["process"]

    def __str__(self) -> str:
        return f"{self.process_id} at {self.issued_at}"


class Opinions(models.Model):
    """The results of an issue, computed at `at`. They name no person.

    `result` is that of `alliance.analysis.opinion.report` without the membership of people and with
    the public ids of statements, and in `important` the number of people to whom each is important;
    `priorities` determines by the key of each statement how often it is shown.
    """

    process = models.OneToOneField(
        Process, primary_key=True, on_delete=models.CASCADE, related_name="opinions"
    )
    at = models.DateTimeField()
    # The duration of the computation.
    seconds = models.FloatField()
    # The digest of the file of votes.
    votes_digest = models.CharField(max_length=64)
    result = models.JSONField(default=dict)
    priorities = models.JSONField(default=dict)
    # The same weighted to the census, empty if too few stated their traits: `traits`, `n`,
    # `effective_n`, `off`, and `statements` with the shares of agree, disagree and pass by id.
    weighted = models.JSONField(default=dict)

    class Meta:
        ordering = ["process"]

    def __str__(self) -> str:
        return f"{self.process_id} at {self.at}"
