"""The fault messages of processes, and the texts of the checklist."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.errors import add_sentences

#: What a process needs before it opens, by the code of `rules.missing_before_opening`.
MISSING: Mapping[str, Promise] = {
    "summary": _("an introduction in three sentences"),
    "title": _("the text in brackets in the question"),
    "easy_read": _("the text in brackets in the easy-read version"),
    "background": _("the text in brackets in the background"),
    "decides_what": _("the decision to be made"),
    "decides_who": _("who decides"),
    "decides_by": _("the date of the decision"),
    "answers_by": _("the date by which everyone gets an answer"),
    "not_open": _("what cannot be changed"),
    "phases": _("when residents can take part"),
    "phases-over": _("a closing date in the future"),
    "decides-early": _("a decision date after the last day to take part"),
    "answers-early": _("an answer date after the last day to take part"),
}

#: The rows of the checklist, with the step on which each is filled in.
CHECKLIST: Mapping[str, tuple[Promise, str]] = {
    "summary": (_("Introduction in three sentences"), "ask"),
    "decides_what": (_("Decision to be made"), "promise"),
    "decides_who": (_("Who decides"), "promise"),
    "decides_by": (_("Date of the decision"), "promise"),
    "answers_by": (_("Date by which everyone gets an answer"), "promise"),
    "not_open": (_("What cannot be changed"), "promise"),
    "phases": (_("Background and dates"), "prepare"),
}

#: Warnings for moderators, by the code of `rules.text_warnings`.
WARNINGS: Mapping[str, Promise] = {
    "email": _("contains an email address"),
    "phone": _("contains a phone number"),
    "personal-number": _("contains a personal identity number"),
    "links": _("contains several links"),
    "spam": _("looks like texts that were hidden as advertising or spam"),
}

add_sentences(
    {
        "before-opening": _("Before opening, add: %(what)s."),
        "closes-before-opening": _("Choose a closing time after the opening time."),
        "closes-earlier": _("Residents were promised more time. You can only extend this phase."),
        "runs-too-long": _("Choose a closing time within %(days)s days."),
        "place-unreadable": _(
            "We could not read the location. Mark it again, or describe where it is."
        ),
        "place-long": _("The line or area has too many points. Draw it with fewer."),
        "place-flat": _("A line needs two points and an area three. Add more on the map."),
        "place-crosses": _(
            "The outline of the area crosses itself. Remove the last points, or start again."
        ),
        "place-degrees": _(
            "Enter the latitude first, then the longitude, in decimal degrees, for "
            "example “58.4108, 15.6214”. Or describe where it is."
        ),
        "place-sea": _("This place is in the sea. Mark it on land, or describe where it is."),
        "place-outside": _(
            "This place is outside the area in question. Mark it inside the boundary, or "
            "describe where it is."
        ),
        "day-is-over": _("Choose a date in the future."),
        "no-source": _(
            "Enter a web address that starts with https://, or the address of a "
            "solution’s page on this site."
        ),
        "need-of-another": _("Choose one of your own city’s needs."),
        "gaps": _("Replace the text in brackets: %(what)s."),
        "kind-stays": _("You cannot change the type once the process is open."),
        "takes-nothing-now": _("You cannot take part right now. See the dates on the page."),
        "form-empty": _("The form is still empty. Enter an answer or a text."),
        "left-empty": _("Leave this field blank."),
        "still-open": _("Residents can still take part. Wait until the process has closed."),
        "not-all-answered": _("%(n)s contributions have no answer yet."),
        "census-rows": _("Enter between 1 and %(most)s lines."),
        "census-formula": _(
            "Row %(line)s, cell %(cell)s contains a formula without a saved result. Open "
            "the file and save it again."
        ),
        "census-line": _(
            "Row %(line)s needs three cells: the characteristic, the category and the "
            "number of people."
        ),
        "census-cell": _("Row %(line)s, cell %(cell)s: “%(said)s” is not one of %(known)s."),
        "census-area": _("Row %(line)s, cell 2: the name is too long. Use at most 120 characters."),
        "census-people": _(
            "Row %(line)s, cell %(cell)s: “%(said)s” is not a number of people. Enter a "
            "whole number."
        ),
        "census-twice": _(
            "Row %(line)s counts the same people as row %(first)s. Delete one of them."
        ),
        "census-sums": _(
            "The total by age is %(age)s, but by sex it is %(sex)s. Enter the same people in both."
        ),
        "in-line": _("Line %(line)s: %(what)s"),
        "no-own-measure": _(
            "This method has no outcome measure of its own. Leave this field blank."
        ),
        "same-answers": _("Enter the same answer options before and after: two to ten numbers."),
        "few-answers": _("At least %(least)s people must have answered before and after."),
        "not-ended": _("Choose a date in the past."),
        "reach-line": _(
            "Row %(line)s needs four cells: the characteristic, the category, how many "
            "took part and how many live there."
        ),
        "no-parent": _("Choose a proposal that is visible."),
        "takes-part-already": _(
            "You are already taking part with your account. Contributions sent without an "
            "account are kept separate. Use their receipt code to find them."
        ),
    },
)

STEP_NAMES: Mapping[str, Promise] = {
    "ask": pgettext_lazy("step of a process", "Your question"),
    "promise": pgettext_lazy("step of a process", "Your promises"),
    "prepare": pgettext_lazy("step of a process", "Background and dates"),
}
