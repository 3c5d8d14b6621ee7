"""The sentences of faults in processes, and what a checklist says."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.errors import add_sentences

#: What a process needs before it opens, by the code of `rules.missing_before_opening`.
MISSING: Mapping[str, Promise] = {
    "summary": _("what you ask, in three sentences"),
    "title": _("what is in brackets in the question"),
    "easy_read": _("what is in brackets in the easy text"),
    "background": _("what is in brackets in the background"),
    "decides_what": _("what will be decided"),
    "decides_who": _("who decides"),
    "decides_by": _("the day of the decision"),
    "answers_by": _("the day by which everybody gets an answer"),
    "not_open": _("what cannot be changed"),
    "phases": _("when residents can take part"),
    "phases-over": _("a closing time that is still to come"),
    "decides-early": _("a day of decision after the last day to take part"),
    "answers-early": _("a day of answers after the last day to take part"),
}

#: What each row of the checklist asks, with the step on which it is filled in.
CHECKLIST: Mapping[str, tuple[Promise, str]] = {
    "summary": (_("Three sentences say what you ask"), "ask"),
    "decides_what": (_("It says what will be decided"), "promise"),
    "decides_who": (_("It says who decides"), "promise"),
    "decides_by": (_("It says when that is decided"), "promise"),
    "answers_by": (_("It says by when everybody gets an answer"), "promise"),
    "not_open": (_("It says what cannot be changed"), "promise"),
    "phases": (_("Background and times are filled in"), "prepare"),
}

#: What a moderator is warned of, by the code of `rules.text_warnings`.
WARNINGS: Mapping[str, Promise] = {
    "email": _("holds an email address"),
    "phone": _("holds a telephone number"),
    "personal-number": _("holds a personal number"),
    "links": _("holds several links"),
    "spam": _("resembles texts that were hidden as advertising or spam"),
}

add_sentences(
    {
        "before-opening": _("Before it opens, add: %(what)s."),
        "closes-before-opening": _("Choose a closing time after the opening."),
        "closes-earlier": _("Residents were promised more time. A phase can only be extended."),
        "runs-too-long": _("Choose a closing time within %(days)s days."),
        "place-unreadable": _("The place could not be read. Mark it again, or write where it is."),
        "place-long": _("The line or area has too many corners. Draw it with fewer."),
        "place-flat": _("A line needs two corners and an area three. Add some on the map."),
        "place-crosses": _(
            "The outline of the area crosses itself. Take back the last corners, or begin again."
        ),
        "place-degrees": _(
            "Write the latitude first, then the longitude, both in degrees with decimals, such as "
            "“58.4108, 15.6214”. Or write where it is."
        ),
        "place-sea": _("This place lies in the sea. Mark it on land, or write where it is."),
        "place-outside": _(
            "This place lies outside of the area that is asked about. Mark it inside of the "
            "outlines, or write where it is."
        ),
        "day-is-over": _("Choose a day that is still to come."),
        "no-source": _(
            "Give an address that begins with https://, or that of a solution’s page on this site."
        ),
        "need-of-another": _("Choose a need of your own city."),
        "gaps": _("Replace what is in brackets: %(what)s."),
        "kind-stays": _("The kind cannot be changed once the process is open."),
        "takes-nothing-now": _("Nothing is taken at the moment. See the times on the page."),
        "form-empty": _("Nothing is on this form yet: enter an answer or a text."),
        "left-empty": _("Leave this field empty."),
        "still-open": _("Residents can still take part. Say it once the process has closed."),
        "not-all-answered": _("%(n)s contributions have no answer yet."),
        "census-rows": _("Enter at least one line and at most %(most)s."),
        "census-formula": _(
            "Row %(line)s, cell %(cell)s is a formula without a stored result. Open the file and "
            "save it again."
        ),
        "census-line": _(
            "Row %(line)s needs three cells: what is counted, the category and how many people."
        ),
        "census-cell": _("Row %(line)s, cell %(cell)s: “%(said)s” is none of %(known)s."),
        "census-area": _("Row %(line)s, cell 2: the name is too long. Use at most 120 characters."),
        "census-people": _(
            "Row %(line)s, cell %(cell)s: “%(said)s” is no number of people. Enter a whole number."
        ),
        "census-twice": _("Row %(line)s counts the same people as row %(first)s. Delete one."),
        "census-sums": _(
            "People by age add up to %(age)s, people by sex to %(sex)s. Enter the same people."
        ),
        "in-line": _("Line %(line)s: %(what)s"),
        "no-own-measure": _("This method has no measure of its own. Leave it empty."),
        "same-answers": _("Give the same answers before and after: two to ten counts."),
        "few-answers": _("At least %(least)s people must have answered before and after."),
        "not-ended": _("Choose a day that is over."),
        "reach-line": _(
            "Row %(line)s needs four cells: what is counted, the category, how many took part and "
            "how many live there."
        ),
        "no-parent": _("Choose a proposal that is shown."),
        "takes-part-already": _(
            "You already take part here with your account. What was sent without an account stays "
            "apart: you find it by its receipt code."
        ),
    },
)

STEP_NAMES: Mapping[str, Promise] = {
    "ask": pgettext_lazy("step of a process", "What you ask"),
    "promise": pgettext_lazy("step of a process", "What you promise"),
    "prepare": pgettext_lazy("step of a process", "Background and times"),
}
