"""What cities need, offer, adopt and review together, on one page."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from alliance.adoption.selectors.adoptions import adoption_list
from alliance.cases.selectors.access import visible_cases
from alliance.core.audit import Actor
from alliance.groups.rules import may_start
from alliance.groups.selectors.groups import group_lines
from alliance.network.enums import HelpAnswer
from alliance.network.models import City, NeedHelp
from alliance.network.selectors.needs_offers import BoardFilter, filtered_offers, need_board
from alliance.network.selectors.peer_reviews import review_list
from alliance.research.enums import QuestionState
from alliance.research.models import ResearchQuestion
from alliance.testbeds.selectors.challenges import OPEN, wanted_challenges
from alliance.testbeds.selectors.challenges import Wanted as WantedChallenges
from alliance.workshops.selectors import list_page as workshop_list

#: So many of each are named; the list has all.
SHOWN = 3


def together_page(actor: Actor, *, language: str, at: dt.datetime) -> dict[str, Any]:
    """The first of each list with its count. At most 15 queries for a visitor."""
    today = at.date()
    board = need_board(actor, BoardFilter(), number=1, language=language)
    needs = list(board["page"].object_list[:SHOWN])
    helped = NeedHelp.objects.filter(need__in=needs, answer=HelpAnswer.CAN)
    answers = Counter(helped.values_list("need", flat=True))
    for need in needs:
        need.n_answers = answers[need.pk]
    offers = list(filtered_offers(BoardFilter(), at))
    adoptions = adoption_list(actor, city="", number=1, today=today)["page"]
    reviews = review_list(actor, city="", number=1, language=language, today=today)["page"]
    groups = list(group_lines())
    workshops = workshop_list(actor, at=at)
    upcoming = list(workshops["upcoming"])
    is_empty = not (needs or offers or adoptions.paginator.count or reviews.paginator.count)
    return {
        "teams": board["teams"],
        "needs": needs,
        "n_needs": board["page"].paginator.count,
        "offers": offers[:SHOWN],
        "n_offers": len(offers),
        "adoptions": adoptions.object_list[:SHOWN],
        "n_adoptions": adoptions.paginator.count,
        "reviews": list(reviews.object_list[:SHOWN]),
        "n_reviews": reviews.paginator.count,
        "groups": groups,
        "may_start_group": may_start(actor),
        "workshops": upcoming,
        "has_past": bool(workshops["past"]),
        "may_announce": workshops["may_announce"],
        "n_questions": ResearchQuestion.objects.filter(state=QuestionState.OPEN).count(),
        "n_challenges": wanted_challenges(WantedChallenges(shown=OPEN), today).count(),
        "is_empty": is_empty,
        "n_cases": visible_cases(None).count() if is_empty else 0,
        "n_members": City.objects.filter(is_member=True).count() if is_empty else 0,
        "today": today,
    }
