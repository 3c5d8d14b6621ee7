"""The paper ballot."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.budgeting import rules, selectors
from alliance.budgeting.enums import BallotKind
from alliance.budgeting.models import Budget
from alliance.participation.models import Process
from alliance.participation.services.papers import is_right_to_left, words_of
from alliance.web import formatting


def how_to(budget: Budget, n_projects: int) -> str:
    """The instructions for the ballot, in one or two sentences, in the active language."""
    most = min(budget.most_projects or n_projects, n_projects)
    if budget.ballot == BallotKind.CUMULATIVE:
        sentence = _("Allocate up to %(points)s points to at most %(most)s projects.") % {
            "points": formatting.number(budget.points or 0),
            "most": formatting.number(most),
        }
    elif budget.ballot == BallotKind.ORDINAL:
        sentence = _("Rank your favourite 1, the next one 2, and so on up to %(most)s.") % {
            "most": formatting.number(most)
        }
    else:
        sentence = ngettext(
            "Choose one of %(all)s projects.", "Choose up to %(most)s of %(all)s projects.", most
        ) % {"most": formatting.number(most), "all": formatting.number(n_projects)}
    amount = {"amount": rules.money(budget.amount, budget.currency)}
    if budget.fits_budget:
        return f"{sentence} " + _("Their total cost must not exceed %(amount)s.") % amount
    return f"{sentence} " + _("Their total cost can exceed %(amount)s.") % amount


def ballot_words(process: Process, budget: Budget) -> dict[str, Any]:
    """The texts of the paper ballot, for `participation.services.papers.typeset`."""
    projects = selectors.on_ballot(budget)
    marks = {
        BallotKind.APPROVAL.value: [_("I choose this project")],
        BallotKind.CUMULATIVE.value: [_("Points: ____")],
        BallotKind.ORDINAL.value: [_("Rank: ____")],
    }
    return words_of(process, is_form=True) | {
        "summary": how_to(budget, len(projects)),
        "facts": [(_("Your voting code"), "____ – ____ – ____")],
        "statements": [
            {
                "number": project.number,
                "text": project.title,
                "is_rtl": is_right_to_left(project.title),
                "author": rules.money(project.cost, budget.currency),
            }
            for project in projects
        ],
        "answers": marks[budget.ballot],
        "own": "",
        "lines": 0,
        "foot": _(
            "Paper ballots count the same as online ones. Each code is valid for one ballot."
        ),
    }
