"""What moderators are warned of: texts like those that were hidden as spam, learned from decisions.

It is learned anew from what was decided here whenever texts are read, on this server alone. It
warns, and neither hides a text nor holds it back.
"""

from __future__ import annotations

from django.db.models import Q

from alliance.analysis.spam import SpamModel, learn
from alliance.network.enums import AppealResult, ModerationDecision, ModerationRule
from alliance.network.models import ModerationAct

#: Before so many texts of each kind were decided on, nothing is learned.
FEWEST = 10
#: The latest decisions of each kind; language changes.
MOST = 1_000
#: From here on a text is said to resemble spam.
LIKELY = 0.9


def learned() -> SpamModel | None:
    """The model of past decisions on posts that are still there, None of too few. Two queries."""
    acts = ModerationAct.objects.filter(post__isnull=False).order_by("-id")
    spam = acts.filter(decision=ModerationDecision.HIDE, rule=ModerationRule.SPAM)
    # What an objection brought back was no spam.
    spam = spam.exclude(appeal_result=AppealResult.REVERSED)
    accepted = Q(decision__in=[ModerationDecision.RELEASE, ModerationDecision.NO_CHANGE])
    accepted |= Q(decision=ModerationDecision.SHOW)
    ham = acts.filter(accepted, post__hidden_at=None)
    texts = [list(rows.values_list("post__text", flat=True)[:MOST]) for rows in (spam, ham)]
    if min(map(len, texts)) < FEWEST:
        return None
    return learn([*texts[0], *texts[1]], [True] * len(texts[0]) + [False] * len(texts[1]))
