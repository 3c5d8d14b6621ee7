"""Evaluation of pilots by the design they were planned with.

Each design has a function that returns an `Evaluation`, which `sentences` puts in words. Arrays are
float64, units by times; NaN is missing. Starts are indexes of times, from 0.
"""

from alliance.analysis.pilots.baseline import (
    Allocation,
    Proposal,
    Spread,
    allocate_randomly,
    propose,
    spread,
)
from alliance.analysis.pilots.before_after import before_after
from alliance.analysis.pilots.cells import numbers
from alliance.analysis.pilots.did import did
from alliance.analysis.pilots.its import its
from alliance.analysis.pilots.panel import Panel, Times, panel_from, per_unit, starts
from alliance.analysis.pilots.plan import Plan, plan, plan_shares
from alliance.analysis.pilots.randomised import randomised
from alliance.analysis.pilots.result import DESIGNS, Evaluation, plain
from alliance.analysis.pilots.staggered import staggered
from alliance.analysis.pilots.synthetic_control import Predictors, synthetic_control
from alliance.analysis.pilots.synthetic_did import synthetic_did
from alliance.analysis.pilots.table import Request, analyse
from alliance.analysis.pilots.verdicts import Sentence, plain_words, sentences

__all__ = [
    "DESIGNS",
    "Allocation",
    "Evaluation",
    "Panel",
    "Plan",
    "Predictors",
    "Proposal",
    "Request",
    "Sentence",
    "Spread",
    "Times",
    "allocate_randomly",
    "analyse",
    "before_after",
    "did",
    "its",
    "numbers",
    "panel_from",
    "per_unit",
    "plain",
    "plain_words",
    "plan",
    "plan_shares",
    "propose",
    "randomised",
    "sentences",
    "spread",
    "staggered",
    "starts",
    "synthetic_control",
    "synthetic_did",
]
