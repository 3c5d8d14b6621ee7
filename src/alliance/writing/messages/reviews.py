"""The four criteria of a review in words: what each asks, and what each score from 0 to 3 means.

The criteria are those by which URBACT reviews good practices. A score says how well a record
tells, never how well the measure worked: a failure that is told well can score 3 on each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.cases.enums import ReviewCriterion


@dataclass(frozen=True)
class CriterionText:
    """A criterion: what it asks, and the meaning of the scores 0, 1, 2 and 3 in this order."""

    question: Promise
    scores: tuple[Promise, Promise, Promise, Promise]


CRITERIA: Mapping[str, CriterionText] = {
    ReviewCriterion.RELEVANCE: CriterionText(
        _("Does it meet a need that other cities have?"),
        (
            _("It is unclear whether other cities have this need."),
            _("A need is described, but it is specific to this place."),
            _("Several cities have the need and can recognise it from the description."),
            _("Many cities have the need, and the case explains why it is urgent and for whom."),
        ),
    ),
    ReviewCriterion.PARTICIPATION: CriterionText(
        _("Did the people concerned take part?"),
        (
            _("The people concerned were not consulted, or the case does not mention it."),
            _("People were informed or consulted once."),
            _(
                "The people concerned took part, and the case describes who was reached and "
                "who was not."
            ),
            _(
                "The people concerned, including seldom-heard groups, shared in "
                "decisions, and the case describes what changed as a result."
            ),
        ),
    ),
    ReviewCriterion.EVIDENCE: CriterionText(
        _("Are the results backed by evidence?"),
        (
            _("No source is given for the results."),
            _("The results are based on the team’s own account."),
            _("The results were measured, with source, period and method stated."),
            _(
                "The results were measured against a comparison, or by others than the "
                "team, and their certainty is stated."
            ),
        ),
    ),
    ReviewCriterion.TRANSFERABILITY: CriterionText(
        _("Can another city judge whether it would work there?"),
        (
            _("It is unclear what was done."),
            _("The case describes what was done, but not the conditions it depended on."),
            _(
                "Costs, time, staff and conditions are given as far as known, and gaps are "
                "pointed out."
            ),
            _(
                "The case also explains what another city would need to change, or another "
                "city has already done it."
            ),
        ),
    ),
}
