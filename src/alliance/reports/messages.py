"""The sentences of faults in briefs and reports."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    {
        "longer-than-a-page": _("This is longer than a page, even in its shortest form."),
        "report-needs-topic": _("Choose the topic of the report."),
        "report-needs-city": _("Choose the city of the report."),
        "report-needs-year": _("Enter a year from %(first)s to %(last)s."),
        "report-nothing-approved": _(
            "No record had been approved by then. Choose %(day)s or a later day."
        ),
        "report-nothing-yet": _(
            "No case is approved in this network yet, so there is nothing to report."
        ),
        "report-before-its-year": _("Choose a day in %(year)s or later."),
        "report-unapproved": _(
            "The text in “%(chapter)s” names a record that was not approved on that day: %(name)s "
            "(%(address)s). Take it out, or choose a later day."
        ),
        "report-not-written": _(
            "The files could not be written: the disk of the server may be full. What was built "
            "before is still there. Ask the operator to make room, then build the report again."
        ),
        "report-text-changed": _(
            "Somebody else has written in this chapter since you opened it; nothing was "
            "overwritten. Open the chapter in another window and take over what you typed."
        ),
        "report-not-built": _("This edition is not built yet."),
        "report-texts-changed": _(
            "Texts have changed since this edition was built. Build it again before you publish it."
        ),
    },
)
