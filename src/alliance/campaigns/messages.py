"""The fault messages of campaigns, and texts about doubts in a result."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.errors import add_sentences

add_sentences(
    {
        "in-both-groups": _(
            "“%(value)s” is also in row %(row)s, with another group. Keep it in one group only."
        ),
        "needs-before": _(
            "If you do not draw lots, add a column “before” with the values measured "
            "before the start."
        ),
        "many-groups": _("The result can be split by %(most)s columns at most. Remove a column."),
        "no-group": _(
            "“%(column)s” has more than %(most)s groups. Remove the column or merge groups."
        ),
        "two-a-side": _("Each side needs at least two units. Your table has %(n)s in all."),
        "due-before-end": _("Choose a date after the last day of the campaign."),
        "measure-first": _("Enter the dates of the campaign first."),
        "no-list": _("Add the list of households or areas before you open the campaign."),
        "no-outcome": _("Send the measured values first."),
        "fewer-figures": _(
            "This table has %(n)s fewer values than the last one, so the result has not "
            "changed. Send the whole table, or tick the box and send this one again."
        ),
        "no-pledge": _("You have not made a pledge here."),
    }
)

#: The title of each screen.
SCREENS: Mapping[str, Promise] = {
    "describe": pgettext_lazy("screen of a campaign", "The action"),
    "measure": pgettext_lazy("screen of a campaign", "Measurement"),
    "units": pgettext_lazy("screen of a campaign", "Who gets the campaign"),
}

#: Reasons to doubt a result, by the code of a warning.
DOUBTS: Mapping[str, Promise] = {
    "split-not-as-drawn": _(
        "Such an uneven split cannot come from the draw. Values are missing, or others "
        "got the campaign. Do not trust this result."
    ),
    "differential-attrition": _(
        "More values are missing in one group than in the other, which can bias the result."
    ),
    "before-missing": _(
        "Some values from before the campaign are missing, so none of them are used."
    ),
    "few-clusters-on-a-side": _("A group has fewer than five areas, so the interval is uncertain."),
    "unbalanced": _("Units that lack one of the two values are not included."),
    "zero-variance": _("All values are the same, so we cannot calculate an interval."),
    "one-cluster": _("With only one area in a group, we cannot say how certain the result is."),
}

#: Why there is no result, by the code of a fault.
NO_RESULT: Mapping[str, Promise] = {
    "few-people": _(
        "Too few households have values to show a result without revealing individual households."
    ),
}
NO_RESULT_ELSE = _("One of the groups has too few values.")
