"""The four criteria of a review in words: what each asks, and what each score from 0 to 3 means.

The criteria are those by which URBACT reviews good practices. A score says how well a record
tells, never how well the measure worked: a failure that is told well can score 3 on each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.knowledge.enums import ReviewCriterion


@dataclass(frozen=True)
class CriterionText:
    """A criterion: what it asks, and the meaning of the scores 0, 1, 2 and 3 in this order."""

    question: Promise
    scores: tuple[Promise, Promise, Promise, Promise]


CRITERIA: Mapping[str, CriterionText] = {
    ReviewCriterion.RELEVANCE: CriterionText(
        _("Does it speak to a need that other cities have?"),
        (
            _("No need of other cities can be seen."),
            _("A need is named, but it is particular to this place."),
            _("Several cities share the need, and can recognise it from the description."),
            _("Many cities share the need, and the case says why it is urgent and for whom."),
        ),
    ),
    ReviewCriterion.PARTICIPATION: CriterionText(
        _("Were those concerned part of it?"),
        (
            _("Nobody concerned was asked, or the case says nothing about it."),
            _("People were informed, or asked once."),
            _("Those concerned took part, and the case says who was reached and who was not."),
            _(
                "Those concerned shared in decisions, seldom-heard groups too, and the case "
                "says what that changed."
            ),
        ),
    ),
    ReviewCriterion.EVIDENCE: CriterionText(
        _("Is what the case says about results supported?"),
        (
            _("Results are claimed without a source."),
            _("Results rest on the team's own account."),
            _("Results are measured, with source, period and how they were found."),
            _(
                "Results are measured against a comparison or by others than the team, and the "
                "case says how certain they are."
            ),
        ),
    ),
    ReviewCriterion.TRANSFERABILITY: CriterionText(
        _("Can another city judge whether it would work at home?"),
        (
            _("It is not clear what was done."),
            _("The case says what was done, but not what it depended on."),
            _("Costs, time, staff and conditions are given as far as known; gaps are named."),
            _("It also says what another city would have to change, or another city has done it."),
        ),
    ),
}
