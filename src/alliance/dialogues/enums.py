"""The closed vocabulary of votes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy


class Vote(models.IntegerChoices):
    """A vote on a statement; the numbers are those of open data files."""

    AGREE = 1, pgettext_lazy("vote", "agree")
    DISAGREE = -1, pgettext_lazy("vote", "disagree")
    PASS = 0, pgettext_lazy("vote", "pass")
