"""The fault messages of topic groups and minutes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    missing={
        "minutes-empty": _(
            "Write a summary of the meeting, or add a decision, an action item or a lesson below."
        ),
        "nobody-named": _("Choose a person or a team to do this."),
        "no-name": _("Choose a topic or give the group a name."),
        "text-what-changed": _("Describe the changes in this version."),
        "address-or-file": _("Enter a web address or choose a file."),
        "no-call": _("Enter the call for proposals."),
    },
    wrong={
        "owner-left": _("This person has left. Choose someone else."),
        "meeting-to-come": _("This date is in the future. Write the minutes after the meeting."),
        "due-before-meeting": _("Choose a date after the meeting."),
        "due-far-off": _("Choose a date within the next five years."),
        "delivered-to-come": _(
            "This date is in the future. Leave blank until it has been delivered."
        ),
        "topic-has-group": _("This topic already has a group. Use that group instead."),
        "text-newer": _(
            "Someone has saved version %(n)s in the meantime. Read it, then rewrite yours."
        ),
        "text-original-first": _("Write the text in the language of the deliverable first."),
        "no-lead": _("A group needs at least one lead."),
        "address-and-file": _("Enter a web address or choose a file, not both."),
        "document-there": _("The group already has this document."),
        "only-for-funding": _(
            "Fill in the call and the funder’s decision only for joint funding applications."
        ),
        "done-already": _("This is already done."),
    },
)
