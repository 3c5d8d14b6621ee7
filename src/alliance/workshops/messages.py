"""Messages for faults in workshops, and the titles of their pages."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.errors import add_sentences

add_sentences(
    {
        "missing-hour": _(
            "%(time)s does not exist on %(day)s: the clocks go forward that night. Choose a time "
            "an hour later."
        ),
        "not-a-zone": _("Choose a time zone from the list."),
        "end-before-start": _("Enter an end later than the start."),
        "not-a-day-of-it": _("Choose one of the days of the workshop: %(first)s to %(last)s."),
        "room-taken": _(
            "“%(title)s” is in “%(room)s” at the same time (%(times)s). Change one of them."
        ),
        "speaker-taken": _(
            "%(speaker)s speaks in “%(title)s” at the same time (%(times)s). Change one of them."
        ),
        "many-days": _("A workshop can last at most %(most)s days. Choose an earlier last day."),
        "sign-up-after-end": _("Choose a day no later than the last day of the workshop."),
        "place-or-link": _("Enter a place, a link for people who take part online, or both."),
        "sessions-outside": _(
            "“%(title)s” is on %(day)s. Move it in the programme before you change the days."
        ),
        "options-needed": _("Write at least two answers, one per line."),
        "sign-up-closed": _("Sign-up is closed."),
        "room-full": _("The room is full. You keep your place online."),
        "no-remote": _("You cannot take part in this workshop online."),
        "fewer-than-in": _("%(n)s people already have a place. Enter at least %(n)s."),
        "minutes-of-nobody": _(
            "Choose the workshop’s topic group under “What, where and when”, so that "
            "someone can follow up."
        ),
        "too-few-to-seat": _("At least two people must have a place in the room."),
        "workshop-to-come": _("You can give your feedback once the workshop has begun."),
        "not-for-us": _("This code is not from us. Look for the name in the list instead."),
        "door-code-empty": _(
            "Enter the participant’s code, or look for the name in the list below."
        ),
        "door-code-unknown": _(
            "No participant in this workshop has this code. Look for the name in the list."
        ),
        "no-place": _("%(name)s has no place: %(state)s."),
        "came-already": _(
            "This code has already been used: %(name)s checked in on %(day)s at %(time)s."
        ),
    }
)

#: The title of each page.
SCREENS: Mapping[str, Promise] = {
    "facts": pgettext_lazy("screen of a workshop", "What, where and when"),
    "programme": pgettext_lazy("screen of a workshop", "Programme"),
    "questions": pgettext_lazy("screen of a workshop", "Questions at sign-up"),
    "words": pgettext_lazy("screen of a workshop", "Translations"),
}
