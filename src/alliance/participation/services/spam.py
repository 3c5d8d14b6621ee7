"""Spam warnings for moderators, learned from their decisions.

The model is fitted again to the decisions of this server whenever texts are moderated. It warns,
and neither hides a text nor holds it back.
"""

from __future__ import annotations

from django.db.models import Q

from alliance.analysis.spam import SpamModel, learn
from alliance.network.enums import AppealResult, ModerationDecision, ModerationRule
from alliance.network.models import ModerationAct

#: With fewer decisions of each kind there is no model.
FEWEST = 10
#: How many of the latest decisions of each kind are used, since language changes.
MOST = 1_000
#: From this probability on, a text is said to resemble spam.
LIKELY = 0.9


def learned() -> SpamModel | None:
    """The model of past decisions on existing posts, None if there are too few. Two queries."""
    acts = ModerationAct.objects.filter(post__isnull=False).order_by("-id")
    spam = acts.filter(decision=ModerationDecision.HIDE, rule=ModerationRule.SPAM)
    # What was restored after an objection was no spam.
    spam = spam.exclude(appeal_result=AppealResult.REVERSED)
    accepted = Q(decision__in=[ModerationDecision.RELEASE, ModerationDecision.NO_CHANGE])
    accepted |= Q(decision=ModerationDecision.SHOW)
    ham = acts.filter(accepted, post__hidden_at=None)
    texts = [list(rows.values_list("post__text", flat=True)[:MOST]) for rows in (spam, ham)]
    if min(map(len, texts)) < FEWEST:
        return None
    return learn([*texts[0], *texts[1]], [True] * len(texts[0]) + [False] * len(texts[1]))
