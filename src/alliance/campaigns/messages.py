"""The sentences of faults in campaigns, and what is said of the doubts of a result."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.errors import add_sentences

add_sentences(
    {
        "in-both-groups": _(
            "“%(value)s” is in row %(row)s too, with another group. It can be in one group alone."
        ),
        "needs-before": _(
            "Without lots, the table needs a column “before”: what was measured before the start."
        ),
        "many-groups": _("The result is split by at most %(most)s columns."),
        "no-group": _(
            "“%(column)s” has more than %(most)s groups. Leave the column out, or put groups "
            "together."
        ),
        "two-a-side": _("Two units or more are needed on each side. There are %(n)s in all."),
        "due-before-end": _("Choose a day after the last day of the campaign."),
        "measure-first": _("First say when the campaign runs."),
        "no-list": _("Before it opens, add the list of households or areas."),
        "no-outcome": _("Send what was measured first."),
        "fewer-figures": _(
            "This table has fewer figures than the one before it, by %(n)s. The result stays as it "
            "was. Send the whole table, or tick here and send this one again."
        ),
        "no-pledge": _("There is no pledge of yours here."),
    }
)

#: What each screen is called.
SCREENS: Mapping[str, Promise] = {
    "describe": pgettext_lazy("screen of a campaign", "What people do"),
    "measure": pgettext_lazy("screen of a campaign", "What you measure"),
    "units": pgettext_lazy("screen of a campaign", "Who gets it"),
}

#: Doubts, by the code of a warning.
DOUBTS: Mapping[str, Promise] = {
    "split-not-as-drawn": _(
        "So uneven a split does not come from the lots: figures are missing, or others got the "
        "campaign. Do not trust the result."
    ),
    "differential-attrition": _(
        "Figures are missing more often in one group than in the other, which can bend the result."
    ),
    "before-missing": _("What was measured before is not known of all; it is left out."),
    "few-clusters-on-a-side": _("A group has fewer than five areas: the interval is unsure."),
    "unbalanced": _("Units without both figures are left out."),
    "zero-variance": _("All figures are equal; no interval can be given."),
    "one-cluster": _("With one area in a group, nobody can say how sure the result is."),
}

#: Why there is no result, by the code of a fault.
NO_RESULT: Mapping[str, Promise] = {
    "few-people": _("So few households have figures that a result would tell about single ones."),
}
NO_RESULT_ELSE = _("There are too few figures in one of the groups.")
