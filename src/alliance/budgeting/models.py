"""A budget, its projects, who may vote, ballots and the count.

A proposal is a `participation.Contribution`, moderated as every post is; a voter is a
`participation.Participant`. Money is in minor units of the budget's currency.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from alliance.budgeting.enums import (
    BallotKind,
    Completion,
    Consent,
    Eligible,
    Rule,
    Side,
    Unaffordable,
    Utility,
    Voters,
)
from alliance.core.ids import new_public_id
from alliance.network.enums import Language
from alliance.participation.enums import Channel
from alliance.participation.models import Contribution, HourField, Participant, Process

#: Currencies of the network's cities.
CURRENCIES = ("SEK", "EUR")


class Budget(models.Model):
    """What a city declares before residents vote. From `declared_at` on it does not change."""

    process = models.OneToOneField(
        Process, primary_key=True, on_delete=models.CASCADE, related_name="budget"
    )
    amount = models.PositiveBigIntegerField(default=0)
    currency = models.CharField(max_length=3, choices=[(code, code) for code in CURRENCIES])
    ballot = models.CharField(max_length=10, choices=BallotKind, default=BallotKind.APPROVAL)
    # How many projects a ballot may name; unlimited if empty.
    most_projects = models.PositiveSmallIntegerField(null=True, blank=True)
    # How many points a ballot can distribute.
    points = models.PositiveSmallIntegerField(null=True, blank=True)
    # Whether the total cost of a ballot's projects must not exceed the budget.
    fits_budget = models.BooleanField(default=False)
    voters = models.CharField(max_length=7, choices=Voters, default=Voters.CODE)
    rule = models.CharField(max_length=12, choices=Rule, default=Rule.EQUAL_SHARES)
    utility = models.CharField(max_length=11, choices=Utility, default=Utility.COST)
    completion = models.CharField(max_length=11, choices=Completion, default=Completion.ADD1U)
    unaffordable = models.CharField(max_length=4, choices=Unaffordable, default=Unaffordable.SKIP)
    min_votes = models.PositiveIntegerField(default=0)
    declared_at = models.DateTimeField(null=True, blank=True)
    # Whether the files of the database may still contain the links between voters and separated
    # ballots.
    has_remains = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["process"]
        constraints = [
            models.CheckConstraint(
                condition=Q(declared_at=None)
                | Q(amount__gt=0) & (~Q(ballot="cumulative") | Q(points__gt=0)),
                name="budget_declared_in_full",
            )
        ]

    def __str__(self) -> str:
        return f"{self.process_id}: {self.amount} {self.currency}"


class Quota(models.Model):
    """A maximum number of projects, or amount of money, for a category or a part of the city."""

    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, related_name="quotas")
    category = models.CharField(max_length=80, blank=True, default="")
    area = models.CharField(max_length=80, blank=True, default="")
    most_projects = models.PositiveSmallIntegerField(null=True, blank=True)
    most_cost = models.PositiveBigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(category="") & ~Q(area="") | ~Q(category="") & Q(area=""))
                & (Q(most_projects__isnull=False) | Q(most_cost__isnull=False)),
                name="quota_says_of_what",
            )
        ]

    def __str__(self) -> str:
        return self.category or self.area


class Project(models.Model):
    """A proposal as on the ballot, in the words of the city, with its cost.

    It remains if the author deletes her proposal.
    """

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, related_name="projects")
    proposal = models.OneToOneField(
        Contribution, null=True, blank=True, on_delete=models.SET_NULL, related_name="project"
    )
    # The number on the ballot, from 1, once it is declared.
    number = models.PositiveSmallIntegerField(null=True, blank=True)
    title = models.CharField(max_length=160)
    text = models.TextField(blank=True, default="")
    language = models.CharField(max_length=2, choices=Language)
    category = models.CharField(max_length=80, blank=True, default="")
    area = models.CharField(max_length=80, blank=True, default="")
    place = models.CharField(max_length=160, blank=True, default="")
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    # Of projects with the same label only one can be built.
    only_one_of = models.CharField(max_length=80, blank=True, default="")
    cost = models.PositiveBigIntegerField()
    cost_basis = models.TextField()
    estimated_at = models.DateTimeField()
    eligible = models.CharField(max_length=3, choices=Eligible, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    # The project into which it is to be merged, with the consent of both authors.
    merge_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="merging"
    )
    consent = models.CharField(max_length=3, choices=Consent, blank=True, default="")
    # How it was given, if a member of the team entered it.
    consent_note = models.CharField(max_length=300, blank=True, default="")
    # The consent of the other project's author.
    other_consent = models.CharField(max_length=3, choices=Consent, blank=True, default="")
    other_note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["number", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["budget", "number"],
                condition=Q(number__isnull=False),
                name="project_number_once",
            ),
            models.CheckConstraint(
                condition=Q(cost__gt=0) & ~Q(cost_basis=""), name="project_cost_with_basis"
            ),
            models.CheckConstraint(
                condition=Q(eligible="") | ~Q(reason=""), name="project_decided_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(number=None) | Q(eligible="yes"), name="project_on_ballot_eligible"
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="project_point_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_merged(self) -> bool:
        """Whether it was merged into another one: both authors have agreed."""
        return self.merge_into_id is not None and not self.awaits

    @property
    def awaits(self) -> list[str]:
        """Whose answer to merging is still missing."""
        if self.merge_into_id is None:
            return []
        consents = {Side.AUTHOR.value: self.consent, Side.OTHER.value: self.other_consent}
        return [side for side, consent in consents.items() if consent != Consent.YES]


class VoterCode(models.Model):
    """A code for one ballot; it is used if a ballot has its digest.

    Separated ballots have no digest: then `is_used` is set.
    """

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="voter_codes")
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    is_used = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["process", "digest"], name="voter_code_once")
        ]

    def __str__(self) -> str:
        return f"{self.process_id} {self.digest[:6]}"


class Ballot(models.Model):
    """A ballot. Until the count it belongs to a participant, and `voter_digest` is that of the
    code, address or account: one ballot for each, whichever way it was cast.

    At the count it is separated (`services.cutting`): another row with another number replaces it,
    which refers to the process and nothing else. `public_id` is its number in the public file.
    """

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    process = models.ForeignKey(
        Process, on_delete=models.CASCADE, related_name="ballots", db_index=False
    )
    participant = models.OneToOneField(
        Participant, null=True, blank=True, on_delete=models.CASCADE, related_name="ballot"
    )
    voter_digest = models.CharField(max_length=64, null=True, blank=True)
    channel = models.CharField(max_length=6, choices=Channel, blank=True, default=Channel.ONLINE)
    at = HourField(null=True, blank=True)

    class Meta:
        ordering = ["public_id"]
        constraints = [
            models.UniqueConstraint(fields=["process", "voter_digest"], name="ballot_once_a_voter"),
            models.CheckConstraint(
                condition=Q(participant=None, voter_digest=None, channel="", at=None)
                | Q(participant__isnull=False, voter_digest__isnull=False, at__isnull=False)
                & ~Q(channel=""),
                name="ballot_whole_or_cut_off",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class Voter(models.Model):
    """A participant whose ballot was separated: it records that she voted, and not how."""

    participant = models.OneToOneField(
        Participant, primary_key=True, on_delete=models.CASCADE, related_name="voter"
    )

    class Meta:
        ordering = ["participant"]

    def __str__(self) -> str:
        return f"{self.participant_id}"


class BallotEntry(models.Model):
    """A project on a ballot: `value` is 1, its points, or its rank from 1."""

    # The constraint below begins with it and serves as its index.
    ballot = models.ForeignKey(
        Ballot, on_delete=models.CASCADE, related_name="entries", db_index=False
    )
    project = models.ForeignKey(Project, on_delete=models.RESTRICT, related_name="entries")
    value = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["ballot", "value", "id"]
        constraints = [
            models.UniqueConstraint(fields=["ballot", "project"], name="ballot_entry_once"),
            models.CheckConstraint(condition=Q(value__gt=0), name="ballot_entry_above_0"),
        ]

    def __str__(self) -> str:
        return f"{self.project_id}: {self.value}"


class Count(models.Model):
    """The count of a vote. `result` is the outcome as in `services.counting`; `file` the public
    file of the vote, empty if there were too few ballots."""

    budget = models.OneToOneField(
        Budget, primary_key=True, on_delete=models.CASCADE, related_name="count"
    )
    at = models.DateTimeField()
    n_ballots = models.PositiveIntegerField()
    result: Any = models.JSONField(default=dict)
    file = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["budget"]

    def __str__(self) -> str:
        return f"{self.budget_id} at {self.at}"
