"""What each design of a pilot is for and needs, and what a plan of it begins with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.testbeds.enums import MissingRule, PilotDesign, TimeStep


@dataclass(frozen=True)
class DesignText:
    """A design in words: when to take it, what it needs, and the texts that a plan begins with."""

    about: Promise
    needs: Promise
    estimand: Promise
    assignment_rule: Promise
    #: Where figures of before are there; `why` is what the team said.
    proposed_rule: Promise
    primary_model: Promise


DESIGN_TEXTS: Mapping[str, DesignText] = {
    PilotDesign.RANDOMISED: DesignText(
        about=_("Who gets the pilot is drawn by lot. The surest answer there is."),
        needs=_("A list of units from which to draw, and people who accept the draw."),
        estimand=_(
            "Mean difference between those drawn for the pilot and those not, as drawn (intention "
            "to treat)."
        ),
        assignment_rule=_("Drawn by lot, one half each, with the seed given here."),
        proposed_rule=_("Drawn by lot by the platform, within blocks, with the seed given here."),
        primary_model=_(
            "Difference in means (Welch). With outcomes before the start or covariates: regression "
            "with centred covariates crossed with the arm (Lin), robust errors (HC2). Clusters: "
            "means of clusters where there are fewer than 40."
        ),
    ),
    PilotDesign.BEFORE_AFTER: DesignText(
        about=_(
            "The same units before and after, nobody to compare with. The weakest design: whatever "
            "else changed is counted as the pilot's doing."
        ),
        needs=_("Each unit measured before and after."),
        estimand=_("Mean change of the units from before the start to after."),
        assignment_rule=_("All units get the pilot; there is no comparison, because …"),
        proposed_rule=_("All units get the pilot at once; there is no comparison."),
        primary_model=_("Paired t test of the change of each unit."),
    ),
    PilotDesign.DID: DesignText(
        about=_(
            "Those with the pilot and those without are followed over the same time; the "
            "difference of their changes is the effect."
        ),
        needs=_(
            "Units without the pilot that would have moved alike, and several times before the "
            "start that show it."
        ),
        estimand=_("Mean effect on the units with the pilot, after the start."),
        assignment_rule=_("The units with the pilot were chosen by … and not by their outcome."),
        proposed_rule=_("The units with the pilot were chosen: %(why)s"),
        primary_model=_(
            "Difference of the changes (2×2), errors by unit or cluster (CR1), wild bootstrap "
            "under 30; leads before the start are tested together."
        ),
    ),
    PilotDesign.STAGGERED: DesignText(
        about=_("Units start at different times; those without it so far are the comparison."),
        needs=_("A plan of who starts when, and units that start late or never."),
        estimand=_("Mean effect over groups and times with the pilot (Callaway and Sant’Anna)."),
        assignment_rule=_("The order in which units start was fixed by …"),
        proposed_rule=_("The order in which units start is fixed before the first one starts."),
        primary_model=_(
            "Group-time effects (Callaway and Sant’Anna), simple aggregate, 999 draws of the "
            "bootstrap for the bands."
        ),
    ),
    PilotDesign.ITS: DesignText(
        about=_(
            "One long series, broken by the start: what followed against what the line before "
            "promised."
        ),
        needs=_("At least eight points on each side at even distances; better, a second series."),
        estimand=_("Jump of the outcome at the start."),
        assignment_rule=_("The start was fixed before and not by the course of the series."),
        proposed_rule=_("The start was fixed before and not by the course of the series."),
        primary_model=_(
            "Segmented regression with level and slope, errors after Newey and West; counts by "
            "quasi-Poisson."
        ),
    ),
    PilotDesign.SYNTHETIC_CONTROL: DesignText(
        about=_(
            "One place with the pilot, compared with a mixture of other places that followed it "
            "before."
        ),
        needs=_("At least five places without the pilot, better twenty, and a long time before."),
        estimand=_("Mean gap to the mixture after the start."),
        assignment_rule=_("The place was chosen by … and not because it stood at an extreme."),
        proposed_rule=_("The place was chosen: %(why)s"),
        primary_model=_(
            "Mixture that fits the outcome before the start, weights from 0 to 1; p by placebo in "
            "space."
        ),
    ),
}


def first_plan(design: str, title: str) -> dict[str, Any]:
    """What the plan of a design begins with, in the language that is active."""
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
