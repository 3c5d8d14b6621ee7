"""The sentences of faults in topic groups and minutes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    missing={
        "minutes-empty": _(
            "Write what was said, or add a decision, an action item or a lesson below."
        ),
        "nobody-named": _("Choose who does this: a person, or a team."),
        "no-name": _("Choose a topic, or give the group a name."),
        "text-what-changed": _("Say what is new in this version."),
        "address-or-file": _("Enter an address, or choose a file."),
        "no-call": _("Name the call for proposals."),
    },
    wrong={
        "owner-left": _("This person has left. Choose somebody else."),
        "meeting-to-come": _("This day is still to come. Write the minutes after the meeting."),
        "due-before-meeting": _("Choose a day after the meeting."),
        "due-far-off": _("Choose a day within five years."),
        "delivered-to-come": _("This day is still to come. Leave it empty until it is delivered."),
        "topic-has-group": _("This topic has a group already. Open that one instead."),
        "text-newer": _("Somebody wrote version %(n)s meanwhile. Read it, then write yours again."),
        "text-original-first": _("Write it in the language of the deliverable first."),
        "no-lead": _("A group needs at least one lead."),
        "address-and-file": _("Enter an address or choose a file, not both."),
        "document-there": _("The group has this document already."),
        "only-for-funding": _("Only proposals for funding have a call and a decision on it."),
        "done-already": _("It is done already."),
    },
)
