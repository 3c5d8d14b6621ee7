"""The fault messages of budgets, a checklist, and reasons in a count."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

#: What a budget needs before it is declared, by the code of `rules.missing_before_declaring`.
MISSING: Mapping[str, Promise] = {
    "amount": _("the budget, and the number of points per ballot if you use points"),
    "vote-phase": _("a voting phase after the proposal phase"),
    "writing-over": _("the end of the proposal phase"),
    "moderation": _("a moderator’s decision on each proposal that is waiting"),
    "costs": _("the cost of each proposal"),
    "decisions": _("a decision on whether each project is eligible"),
    "merging": _("an answer from each author who was asked to merge"),
    "projects": _("at least two eligible projects"),
}

#: The rows of the checklist.
CHECKLIST: Mapping[str, Promise] = {
    "amount": _("Budget and ballot are set"),
    "vote-phase": _("Voting phase after the proposal phase"),
    "writing-over": _("The proposal phase is over"),
    "moderation": _("No proposals are waiting for a moderator"),
    "costs": _("Every proposal has a cost"),
    "decisions": _("Every project has been assessed, with a reason"),
    "merging": _("All authors who were asked to merge have answered"),
    "projects": _("At least two projects are eligible"),
}

#: Why a project was not chosen, by the code of the count.
REASONS: Mapping[str, Promise] = {
    "costs-more-than-all": _("It costs more than the whole budget."),
    "too-few-votes": _("It received fewer votes than required."),
    "cap": _("Projects that exclude it or use up its quota were chosen first."),
    "no-votes": _("No one voted for it."),
    "supporters-short": _("Its voters did not have enough money left to pay for it."),
    "no-money-left": _("It cost more than the money left when its turn came."),
    "after-stop": _("The count had stopped at a project that cost more than what was left."),
}

_SECTIONS = _("The sections META, PROJECTS and VOTES must each appear once, with META first.")
_COLUMNS = _(
    "Each section must have its columns once: key and value, project_id and cost, "
    "voter_id and vote."
)
_TWICE = _("“%(said)s” appears twice.")
_POINTS = _("Each project in a vote needs its points, in whole numbers from 0.")
#: What is wrong in the file of an election, by the code of `analysis.budgeting.read`.
IN_FILE: Mapping[str, Promise] = {
    "no-data": _("It is empty."),
    "not-utf-8": _("Save it as UTF-8."),
    "bad-csv": _("A quotation mark is not closed, or is followed by other text."),
    "missing-section": _SECTIONS,
    "duplicate-section": _SECTIONS,
    "missing-column": _COLUMNS,
    "duplicate-column": _COLUMNS,
    "ragged-row": _("The number of cells in the row does not match the columns of its section."),
    "missing-key": _("META must contain budget and vote_type."),
    "duplicate-key": _TWICE,
    "bad-number": _("“%(said)s” is not a number above 0."),
    "bad-vote-type": _(
        "“%(said)s” is not a type of vote. Use approval, ordinal, cumulative, scoring or choose-1."
    ),
    "missing-value": _("The ID is missing."),
    "duplicate-project": _TWICE,
    "no-cost": _("Project “%(said)s” has no cost."),
    "no-projects": _("The file contains no projects."),
    "bad-cap": _("Use the format “projects 1: 4,7”, with project IDs."),
    "duplicate-voter": _("“%(said)s” also votes on another line."),
    "unknown-project": _("Project “%(said)s” does not exist."),
    "repeated-project": _("Project “%(said)s” appears twice in the same vote."),
    "missing-points": _POINTS,
    "points-differ": _POINTS,
    "bad-points": _POINTS,
}

#: How ties were broken.
TIES: Mapping[str, Promise] = {
    "votes": _("more votes"),
    "cost": _("the lower cost"),
    "order": _("the order on the ballot"),
}

add_sentences(
    {
        "before-declaring": _("Before you publish the rules, add: %(what)s."),
        "declared-already": _("These rules have been published and can no longer be changed."),
        "ballot-empty": _("Choose at least one project."),
        "ballot-too-long": _("You chose %(n)s projects. Choose at most %(most)s."),
        "ballot-over-budget": _(
            "Together, these projects cost %(cost)s, which is %(over)s more than the "
            "budget. Remove at least one: %(what)s."
        ),
        "points-over": _("You gave %(n)s points, %(over)s more than the %(most)s you have."),
        "places-wrong": _("Rank the projects from 1 to %(n)s, using each number once."),
        "value-below-1": _("Enter a whole number from 1, or leave the field blank."),
        "project-off-ballot": _("One of these projects is not on the ballot. Open the page again."),
        "ballots-not-now": _("Voting is not open right now. See the dates on the page."),
        "code-unknown": _("We do not recognise this code. Check every character."),
        "wrong-codes": _(
            "Too many wrong codes were entered from your network. Try again in an hour."
        ),
        "ballot-given": _(
            "A ballot has already been cast with this code, address or "
            "account, here or on paper. It counts."
        ),
        "confirm-first": _("Confirm your email address first."),
        "single-sign-on-first": _("Sign out, then sign in with single sign-on to get a ballot."),
        "no-single-sign-on": _("Single sign-on is not set up here. Choose another option."),
        "sign-in-first": _("Sign in first. Each person who signs in has one ballot."),
        "points-on-ticks": _("Ballots with ticks have no points. Choose another value."),
        "quota-of-what": _("Enter either a category or a part of the city."),
        "quota-of-nothing": _("Enter a number of projects, an amount, or both."),
        "point-in-part": _("Enter both latitude and longitude, or neither."),
        "point-off-earth": _(
            "Enter a latitude between −90 and 90 and a longitude between −180 and 180."
        ),
        "merge-is-target": _(
            "Other projects are to be merged into this one. Undo those mergers first."
        ),
        "merge-into-what": _("Choose another project that is not being merged itself."),
        "budget-file": _("%(place)s: %(why)s"),
        "count-later": _("Count the votes after the last phase, when all paper ballots are in."),
        "codes-at-once": _("Create between 1 and %(most)s codes at a time."),
    }
)
