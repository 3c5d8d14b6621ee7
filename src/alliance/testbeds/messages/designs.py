"""The texts of each design of a pilot, and the initial plan with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.testbeds.enums import MissingRule, PilotDesign, TimeStep


@dataclass(frozen=True)
class DesignText:
    """When to use a design, what it needs, and the texts of its initial plan."""

    about: Promise
    needs: Promise
    estimand: Promise
    assignment_rule: Promise
    #: Used when figures from before exist; `why` is the reason that the team gave.
    proposed_rule: Promise
    primary_model: Promise


DESIGN_TEXTS: Mapping[str, DesignText] = {
    PilotDesign.RANDOMISED: DesignText(
        about=_(
            "A random draw decides which units take part in the pilot. This gives the "
            "most reliable answer."
        ),
        needs=_("A list of units to draw from, and people who accept the draw."),
        estimand=_(
            "Mean difference between the units drawn for the pilot and the others, as "
            "drawn (intention to treat)."
        ),
        assignment_rule=_("Random draw, half in each group, with the seed given here."),
        proposed_rule=_("Random draw by the platform, within blocks, with the seed given here."),
        primary_model=_(
            "Difference in means (Welch). With values from before the start or "
            "covariates: regression with centred covariates interacted with the arm "
            "(Lin), robust errors (HC2). Clusters: cluster means if there are fewer than "
            "40."
        ),
    ),
    PilotDesign.BEFORE_AFTER: DesignText(
        about=_(
            "The same units before and after, without a comparison group. The weakest "
            "design: any other change is attributed to the pilot."
        ),
        needs=_("Each unit is measured before and after."),
        estimand=_("Mean change in the units from before to after the start."),
        assignment_rule=_(
            "All units take part in the pilot. There is no comparison group, because …"
        ),
        proposed_rule=_(
            "All units take part in the pilot at the same time. There is no comparison group."
        ),
        primary_model=_("Paired t-test of the change in each unit."),
    ),
    PilotDesign.DID: DesignText(
        about=_(
            "Units with and without the pilot are followed over the same period. The "
            "effect is the difference between their changes."
        ),
        needs=_(
            "Units without the pilot that would have followed the same trend, and enough "
            "measurements before the start to show it."
        ),
        estimand=_("Mean effect on the units in the pilot after the start."),
        assignment_rule=_("The units in the pilot were chosen by … and not by their results."),
        proposed_rule=_("How the units in the pilot were chosen: %(why)s"),
        primary_model=_(
            "Difference between the changes (2×2), errors by unit or cluster (CR1), wild "
            "bootstrap if fewer than 30; joint test of differences before the start."
        ),
    ),
    PilotDesign.STAGGERED: DesignText(
        about=_(
            "Units start at different times. Those that have not started yet are the "
            "comparison group."
        ),
        needs=_("A schedule of when each unit starts, with units that start late or never."),
        estimand=_("Mean effect over groups and periods with the pilot (Callaway and Sant’Anna)."),
        assignment_rule=_("The order in which units start was decided by …"),
        proposed_rule=_("The order in which units start is decided before the first one starts."),
        primary_model=_(
            "Group-time effects (Callaway and Sant’Anna), simple aggregate, bands from "
            "999 bootstrap draws."
        ),
    ),
    PilotDesign.ITS: DesignText(
        about=_(
            "One long series, interrupted by the start: values after the start are "
            "compared with the earlier trend."
        ),
        needs=_(
            "At least eight evenly spaced points before and after, and preferably a second series."
        ),
        estimand=_("Jump in the outcome measure at the start."),
        assignment_rule=_(
            "The start date was decided in advance, not by how the series developed."
        ),
        proposed_rule=_("The start date was decided in advance, not by how the series developed."),
        primary_model=_(
            "Segmented regression with level and slope, Newey–West errors; quasi-Poisson "
            "for counts."
        ),
    ),
    PilotDesign.SYNTHETIC_CONTROL: DesignText(
        about=_(
            "One place with the pilot, compared with a weighted mix of other places that "
            "followed the same trend before."
        ),
        needs=_(
            "At least five places without the pilot, preferably twenty, and a long "
            "period before the start."
        ),
        estimand=_("Mean difference from the mix after the start."),
        assignment_rule=_("The place was chosen by … and not because its values were extreme."),
        proposed_rule=_("How the place was chosen: %(why)s"),
        primary_model=_(
            "Mix that fits the values before the start, weights from 0 to 1; p from "
            "placebo tests in space."
        ),
    ),
}


def first_plan(design: str, title: str) -> dict[str, Any]:
    """The initial plan of a design, in the active language."""
    text = DESIGN_TEXTS[design]
    return {
        "title": title,
        "design": design,
        "estimand": str(text.estimand),
        "assignment_rule": str(text.assignment_rule),
        "primary_model": str(text.primary_model),
        "missing_rule": MissingRule.COMPLETE.value,
        "time_step": TimeStep.MONTH.value,
    }
