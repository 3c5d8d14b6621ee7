"""Texts of faults in briefs and reports."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    {
        "longer-than-a-page": _("This does not fit on one page, even in its shortest form."),
        "report-needs-topic": _("Choose a topic for the report."),
        "report-needs-city": _("Choose a city for the report."),
        "report-needs-year": _("Enter a year between %(first)s and %(last)s."),
        "report-nothing-approved": _(
            "No content had been approved by that date. Choose %(day)s or a later date."
        ),
        "report-nothing-yet": _(
            "No cases have been approved in this network yet, so there is nothing to report."
        ),
        "report-before-its-year": _("Choose a date in %(year)s or later."),
        "report-unapproved": _(
            "The text in “%(chapter)s” mentions content that was not approved on that "
            "day: %(name)s (%(address)s). Remove it, or choose a later date."
        ),
        "report-not-written": _(
            "The files could not be saved: the server’s disk may be full. Files created "
            "earlier are still available. Ask the site operator to free up space, then "
            "create the report again."
        ),
        "report-text-changed": _(
            "Someone else has edited this chapter since you opened it. Nothing was "
            "overwritten. Open the chapter in another window and copy your text into it."
        ),
        "report-not-built": _("This edition has not been created yet."),
        "report-texts-changed": _(
            "Texts have changed since this edition was created. Create it again before "
            "you publish it."
        ),
    },
)
