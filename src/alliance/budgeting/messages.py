"""The sentences of faults in budgets, of a checklist, and of reasons in a count."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

#: What a budget needs before it is declared, by the code of `rules.missing_before_declaring`.
MISSING: Mapping[str, Promise] = {
    "amount": _("how much money there is, and how many points a ballot has where it gives any"),
    "vote-phase": _("a phase in which residents vote, after they have stopped writing"),
    "writing-over": _("the end of the time in which residents write"),
    "moderation": _("a moderator’s word on each proposal that waits"),
    "costs": _("what each proposal costs"),
    "decisions": _("whether each project is eligible"),
    "merging": _("an answer of each author who was asked to merge"),
    "projects": _("at least two eligible projects"),
}

#: What each row of the checklist says.
CHECKLIST: Mapping[str, Promise] = {
    "amount": _("Money and ballot are set"),
    "vote-phase": _("There is a phase for voting, after the one for writing"),
    "writing-over": _("Residents have finished writing"),
    "moderation": _("No proposal waits for a moderator"),
    "costs": _("Each proposal has a cost"),
    "decisions": _("Each project is eligible or not, with a reason"),
    "merging": _("Each author who was asked to merge has answered"),
    "projects": _("There are at least two eligible projects"),
}

#: Why a project was not chosen, by the code of the count.
REASONS: Mapping[str, Promise] = {
    "costs-more-than-all": _("It costs more than the whole budget."),
    "too-few-votes": _("It has fewer votes than a project needs."),
    "cap": _("Projects that exclude it, or that use up its quota, came first."),
    "no-votes": _("Nobody voted for it."),
    "supporters-short": _("Those who voted for it had too little left for what it costs."),
    "no-money-left": _("It costs more than was left when its turn came."),
    "after-stop": _("The count had ended at a project that cost more than was left."),
}

_SECTIONS = _("It needs the sections META, PROJECTS and VOTES, each once, META first.")
_COLUMNS = _(
    "Each section needs its columns once: key and value, project_id and cost, voter_id and vote."
)
_TWICE = _("“%(said)s” stands there twice.")
_POINTS = _("Each project of a vote needs its points, in whole numbers from 0.")
#: What is wrong in a file of an election, by the code of `analysis.budgeting.read`.
IN_FILE: Mapping[str, Promise] = {
    "no-data": _("It is empty."),
    "not-utf-8": _("Save it as UTF-8."),
    "bad-csv": _("A quotation mark is not closed, or something stands behind it."),
    "missing-section": _SECTIONS,
    "duplicate-section": _SECTIONS,
    "missing-column": _COLUMNS,
    "duplicate-column": _COLUMNS,
    "ragged-row": _("The row has more or fewer cells than its section has columns."),
    "missing-key": _("META needs a budget and a vote_type."),
    "duplicate-key": _TWICE,
    "bad-number": _("“%(said)s” is no number above 0."),
    "bad-vote-type": _(
        "“%(said)s” is no kind of vote: write approval, ordinal, cumulative, scoring or choose-1."
    ),
    "missing-value": _("The id is missing."),
    "duplicate-project": _TWICE,
    "no-cost": _("Project “%(said)s” has no cost."),
    "no-projects": _("There is no project."),
    "bad-cap": _("Write it such as “projects 1: 4,7”, with ids of projects."),
    "duplicate-voter": _("“%(said)s” votes in another line, too."),
    "unknown-project": _("There is no project “%(said)s”."),
    "repeated-project": _("Project “%(said)s” stands twice in one vote."),
    "missing-points": _POINTS,
    "points-differ": _POINTS,
    "bad-points": _POINTS,
}

#: What decided between equal projects.
TIES: Mapping[str, Promise] = {
    "votes": _("more votes"),
    "cost": _("the lower cost"),
    "order": _("the order on the ballot"),
}

add_sentences(
    {
        "before-declaring": _("Before you declare it, add: %(what)s."),
        "declared-already": _("This was declared and stays as it is."),
        "ballot-empty": _("Choose at least one project."),
        "ballot-too-long": _("You chose %(n)s projects. Choose at most %(most)s."),
        "ballot-over-budget": _(
            "Together these projects cost %(cost)s, %(over)s more than the budget. Leave at least "
            "one out: %(what)s."
        ),
        "points-over": _("You gave %(n)s points, %(over)s more than the %(most)s you have."),
        "places-wrong": _("Give the places from 1 to %(n)s, each to one project."),
        "value-below-1": _("Give a whole number from 1, or leave the field empty."),
        "project-off-ballot": _("One of these projects is not on the ballot. Open the page again."),
        "ballots-not-now": _("Voting is not open at the moment. See the times on the page."),
        "code-unknown": _("This code is not known. Check each character."),
        "wrong-codes": _("Too many wrong codes came from here. Try again in an hour."),
        "ballot-given": _("A ballot was given with this before, here or on paper. It counts."),
        "confirm-first": _("Confirm your email address first."),
        "single-sign-on-first": _(
            "Sign out, and sign in with single sign-on: that gives a ballot."
        ),
        "no-single-sign-on": _("No single sign-on is set up here. Choose another way."),
        "sign-in-first": _("Sign in first: everybody who signs in has one ballot."),
        "points-on-ticks": _("Ballots with ticks give no points. Choose another value."),
        "quota-of-what": _("Name a category or a part of the city, one of the two."),
        "quota-of-nothing": _("Give a number of projects, an amount, or both."),
        "point-in-part": _("Give both latitude and longitude, or neither."),
        "point-off-earth": _("Latitude is from −90 to 90, longitude from −180 to 180."),
        "merge-is-target": _(
            "Other projects are to become part of this one. Let them stay on their own first."
        ),
        "merge-into-what": _("Choose another project that is not merged itself."),
        "budget-file": _("%(place)s: %(why)s"),
        "count-later": _("Count once the last phase is over. Then ballots on paper are complete."),
        "codes-at-once": _("Make from 1 to %(most)s codes at once."),
    }
)
