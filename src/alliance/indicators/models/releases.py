"""Releases: data, definitions, method and seed frozen, with the scores computed from them.

Pages only read these tables; nothing is computed during a request.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from alliance.core.ids import new_public_id
from alliance.indicators.enums import (
    ErrorBasis,
    NodeKind,
    PeerStanding,
    ReleaseState,
    TrendLabel,
)
from alliance.network.models import City


class Release(models.Model):
    """A computation of the common set. Its files are in HOME/releases/<public_id>/."""

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    name = models.CharField(max_length=120)
    # The year of the scores, and the date as of which figures are used.
    year = models.PositiveSmallIntegerField()
    as_of = models.DateTimeField()
    made_at = models.DateTimeField()
    made_by_label = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=ReleaseState, default=ReleaseState.WAITING)
    fault = models.TextField(blank=True, default="")
    published_at = models.DateTimeField(null=True, blank=True)
    seed = models.PositiveBigIntegerField()
    draws = models.PositiveIntegerField(default=1000)
    # Method, framework, definitions and peer groups at that time, with the digests of the files.
    method = models.JSONField(default=dict, blank=True)
    framework = models.JSONField(default=list, blank=True)
    definitions = models.JSONField(default=list, blank=True)
    peers = models.JSONField(default=list, blank=True)
    manifest = models.JSONField(default=dict, blank=True)
    previous = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="followers"
    )

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "published_at"], name="release_published")]

    def __str__(self) -> str:
        return self.name


class Score(models.Model):
    """The score of a city on a node of a release: indicator, group or index.

    `value` is the figure itself with its unit of the definition (indicators only); `score` is on
    0 to 100. Missing stays missing: a city without data has no score and no rank.
    """

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="scores")
    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="scores")
    kind = models.CharField(max_length=10, choices=NodeKind)
    # The code of an indicator or group; "INDEX" for the index.
    node = models.CharField(max_length=40)
    definition_key = models.CharField(max_length=80, blank=True, default="")
    boundary = models.CharField(max_length=24, blank=True, default="")
    value = models.FloatField(null=True, blank=True)
    value_low = models.FloatField(null=True, blank=True)
    value_high = models.FloatField(null=True, blank=True)
    period = models.CharField(max_length=10, blank=True, default="")
    # Years by which the figure is older than the year of the release.
    age = models.PositiveSmallIntegerField(null=True, blank=True)
    status = models.CharField(max_length=1, blank=True, default="")
    # The origin of the error behind all intervals; indicators only.
    error_basis = models.CharField(max_length=10, choices=ErrorBasis, blank=True, default="")
    score = models.FloatField(null=True, blank=True)
    score_low = models.FloatField(null=True, blank=True)
    score_high = models.FloatField(null=True, blank=True)
    rank = models.PositiveIntegerField(null=True, blank=True)
    rank_low = models.PositiveIntegerField(null=True, blank=True)
    rank_high = models.PositiveIntegerField(null=True, blank=True)
    n_ranked = models.PositiveIntegerField(default=0)
    # Scores of a node with the same number were ranked together: by these values (divided by their
    # denominator if there is one) and standard errors, which include the error of carrying forward.
    ranked_set = models.PositiveSmallIntegerField(null=True, blank=True)
    ranked_value = models.FloatField(null=True, blank=True)
    ranked_error = models.FloatField(null=True, blank=True)
    p_top_quarter = models.FloatField(null=True, blank=True)
    # Share of peers that the city is at least as good as, 0 to 1, with the interval.
    percentile = models.FloatField(null=True, blank=True)
    percentile_low = models.FloatField(null=True, blank=True)
    percentile_high = models.FloatField(null=True, blank=True)
    peer_group = models.CharField(max_length=80, blank=True, default="")
    # The number of peers with a score, without the city itself.
    k = models.PositiveIntegerField(default=0)
    standing = models.CharField(max_length=14, choices=PeerStanding, default=PeerStanding.NO_DATA)
    # "place" or "falling": why it must do more; else empty.
    standing_reason = models.CharField(max_length=10, blank=True, default="")
    # Why it has a value but no rank: a clause of the guard.
    not_ranked = models.CharField(max_length=40, blank=True, default="")
    trend = models.CharField(max_length=14, choices=TrendLabel, default=TrendLabel.TOO_FEW_DATA)
    # Score points a year, with the 90 % interval.
    slope = models.FloatField(null=True, blank=True)
    slope_low = models.FloatField(null=True, blank=True)
    slope_high = models.FloatField(null=True, blank=True)
    n_years = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["release_id", "city_id", "node"]
        constraints = [
            models.UniqueConstraint(fields=["release", "city", "node"], name="score_once"),
            models.CheckConstraint(
                condition=Q(rank=None) | Q(score__isnull=False), name="score_rank_needs_score"
            ),
        ]
        indexes = [models.Index(fields=["release", "node", "rank"], name="score_of_node")]

    def __str__(self) -> str:
        return f"{self.city_id} {self.node} {self.score}"


class ScoreChange(models.Model):
    """Why a score differs from the previous release: the three parts add up to `total`.

    All in score points. A part is None if the score is missing in one of the releases.
    """

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="changes")
    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="+")
    node = models.CharField(max_length=40)
    total = models.FloatField(null=True, blank=True)
    data_revision = models.FloatField(null=True, blank=True)
    real_change = models.FloatField(null=True, blank=True)
    method_change = models.FloatField(null=True, blank=True)

    class Meta:
        ordering = ["release_id", "city_id", "node"]
        constraints = [
            models.UniqueConstraint(fields=["release", "city", "node"], name="score_change_once")
        ]

    def __str__(self) -> str:
        return f"{self.city_id} {self.node} {self.total}"
