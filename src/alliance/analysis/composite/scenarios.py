"""Alternative ways to build the same index: the choices that may vary, and draws of them.

A draw is a row of numbers between 0 and 1, one for each choice, which `draws_from` interprets. So
the same code serves random draws and the designed ones of a sensitivity analysis.
"""

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincinv

from alliance.analysis.composite.framework import Floats, Ints
from alliance.analysis.composite.index import Composite
from alliance.analysis.composite.method import AGGREGATIONS, NORMALISATIONS
from alliance.analysis.errors import MethodError

WEIGHTS = ("none", "uniform", "dirichlet")
#: Relative standard error of a figure by the grade of its quality.
GRADE_ERRORS = {"A": 0.01, "B": 0.05, "C": 0.15}


@dataclass(frozen=True, kw_only=True)
class Factors:
    """The factors that vary. None in a list of alternatives means the defaults.

    ``weights``: ``uniform`` multiplies the weight of each node below the top, and of indicators
    directly below it, by a factor within 1 ± ``weight_range``; ``dirichlet`` draws the weights
    within each node around the given ones; ``none`` keeps them. ``normalisation``: the nominal one,
    min-max, z-score and, if bounds are given, fixed. ``winmax``: 1 to 5 if the method treats
    outliers. ``aggregation``: the nominal one, arithmetic, and geometric on 1..100; only Copeland
    if it is nominal. ``leave_one_out``: each indicator is left out with probability 1 / (Q + 1).
    ``error``: whether figures vary by their standard error, if known.
    """

    weights: str = "uniform"
    weight_range: float = 0.25
    normalisation: tuple[str, ...] | None = None
    winmax: tuple[int, ...] | None = None
    aggregation: tuple[str, ...] | None = None
    leave_one_out: bool = True
    error: bool = True

    def __post_init__(self) -> None:
        if self.weights not in WEIGHTS:
            raise MethodError(
                "unknown-choice", f"{self.weights!r} is none of {', '.join(WEIGHTS)}", "weights"
            )
        if not 0 <= self.weight_range < 1:
            raise MethodError("bad-weight-range", "must lie in 0..1", "weight_range")
        for name, allowed in (("normalisation", NORMALISATIONS), ("aggregation", AGGREGATIONS)):
            for choice in getattr(self, name) or ():
                if choice not in allowed:
                    raise MethodError(
                        "unknown-choice", f"{choice!r} is none of {', '.join(allowed)}", name
                    )
        for winmax in self.winmax or ():
            if winmax < 1:
                raise MethodError("bad-winmax", "must be 1 or more", "winmax")


@dataclass(frozen=True)
class Scenario:
    """A choice of normalisation, treatment and mean. ``winmax`` None: the nominal treatment."""

    normalisation: str
    winmax: int | None
    aggregation: str


@dataclass(frozen=True)
class Plan:
    """The choices of an analysis, and the columns of the draws that determine each.

    ``columns`` maps the name of a factor to its columns, without factors that have a single
    alternative. ``varied_nodes`` and ``varied_leaves`` are the positions whose weights vary, in the
    order of the columns of ``weights``.
    """

    composite: Composite
    factors: Factors
    normalisations: tuple[str, ...]
    winmaxes: tuple[int | None, ...]
    aggregations: tuple[str, ...]
    candidates: Ints
    varied_nodes: Ints
    varied_leaves: Ints
    columns: dict[str, tuple[int, ...]]

    @property
    def n_columns(self) -> int:
        return sum(len(places) for places in self.columns.values())


@dataclass(frozen=True)
class Draws:
    """D draws: the scenario of each, weights (D, Q) and (D, M), and a key for random errors."""

    scenarios: tuple[Scenario, ...]
    scenario: Ints
    leaf_weights: Floats
    node_weights: Floats
    keys: npt.NDArray[np.int64]


def plan_for(composite: Composite, factors: Factors, *, errors: bool) -> Plan:
    """Determines the alternatives, and the columns of each factor with more than one.

    Args:
        errors: whether any figure has a standard error.

    Raises:
        MethodError: ``not-comparable`` if Copeland scores would be mixed with means.
    """
    framework, method = composite.framework, composite.method
    normalisations = factors.normalisation or _usual_normalisations(composite)
    winmaxes: tuple[int | None, ...] = factors.winmax or (1, 2, 3, 4, 5)
    if method.treat == "none":
        winmaxes = (None,)
    aggregations = factors.aggregation or (
        ("copeland",)
        if method.aggregate == "copeland"
        else tuple(dict.fromkeys([method.aggregate, "arithmetic", "geometric"]))
    )
    if "copeland" in aggregations and len(aggregations) > 1:
        raise MethodError(
            "not-comparable", "Copeland scores cannot be mixed with means", "aggregation"
        )
    weighted = composite.included & (framework.leaf_weights() > 0)
    candidates = np.flatnonzero(weighted)
    top = framework.top
    varied_nodes = np.array([part.index for part in framework.bottom_up[:-1]], dtype=np.intp)
    sizes = {
        "weights": varied_nodes.size + top.leaves.size if factors.weights != "none" else 0,
        "normalisation": int(len(normalisations) > 1),
        "treatment": int(len(winmaxes) > 1),
        "aggregation": int(len(aggregations) > 1),
        "left-out": int(factors.leave_one_out and candidates.size > 1),
        "error": int(factors.error and errors),
    }
    columns, start = {}, 0
    for name, size in sizes.items():
        if size:
            columns[name] = tuple(range(start, start + size))
            start += size
    return Plan(
        composite=composite,
        factors=factors,
        normalisations=normalisations,
        winmaxes=winmaxes,
        aggregations=aggregations,
        candidates=candidates,
        varied_nodes=varied_nodes,
        varied_leaves=top.leaves,
        columns=columns,
    )


def draws_from(plan: Plan, uniforms: Floats) -> Draws:
    """Converts numbers in [0, 1), shape (D, columns of the plan), to draws."""
    n = uniforms.shape[0]
    framework = plan.composite.framework

    def choose(name: str, n_choices: int) -> Ints:
        if name not in plan.columns:
            return np.zeros(n, dtype=np.intp)
        return (uniforms[:, plan.columns[name][0]] * n_choices).astype(np.intp)

    scenarios = tuple(
        Scenario(*choices)
        for choices in itertools.product(plan.normalisations, plan.winmaxes, plan.aggregations)
    )
    scenario = choose("normalisation", len(plan.normalisations))
    scenario = scenario * len(plan.winmaxes) + choose("treatment", len(plan.winmaxes))
    scenario = scenario * len(plan.aggregations) + choose("aggregation", len(plan.aggregations))

    base = np.where(plan.composite.included, framework.leaf_weights(), 0.0)
    leaf_weights = np.tile(base, (n, 1))
    node_weights = np.tile(framework.node_weights(), (n, 1))
    if "weights" in plan.columns:
        part = uniforms[:, list(plan.columns["weights"])]
        n_nodes = plan.varied_nodes.size
        _vary(plan, part[:, :n_nodes], node_weights, plan.varied_nodes, leaves=False)
        _vary(plan, part[:, n_nodes:], leaf_weights, plan.varied_leaves, leaves=True)
    if "left-out" in plan.columns:
        left_out = choose("left-out", plan.candidates.size + 1) - 1
        rows = np.flatnonzero(left_out >= 0)
        leaf_weights[rows, plan.candidates[left_out[rows]]] = 0.0
    keys = np.zeros(n, dtype=np.int64)
    if "error" in plan.columns:
        keys = (uniforms[:, plan.columns["error"][0]] * 2**53).astype(np.int64)
    return Draws(scenarios, scenario, leaf_weights, node_weights, keys)


def _usual_normalisations(composite: Composite) -> tuple[str, ...]:
    framework = composite.framework
    bounded = ~(np.isnan(framework.worst) & np.isnan(framework.best))
    usual = [composite.method.normalise]
    if bounded.any():
        usual.append("fixed")
    # Without bounds, fixed means the bounds of the sample.
    if bounded.any() or composite.method.normalise != "fixed":
        usual.append("min-max")
    usual.append("z-score")
    return tuple(dict.fromkeys(usual))


def _vary(plan: Plan, uniforms: Floats, weights: Floats, places: Ints, *, leaves: bool) -> None:
    """Varies columns of weights in place, within each node."""
    if plan.factors.weights == "uniform":
        weights[:, places] *= 1 + plan.factors.weight_range * (2 * uniforms - 1)
        return
    for part in plan.composite.framework.bottom_up:
        own = np.flatnonzero(np.isin(places, part.leaves if leaves else part.nodes))
        base_weights = weights[0, places[own]]
        if not own.size or not base_weights.sum() > 0:
            continue
        # Gamma variates with these shapes, scaled to a fixed sum, are Dirichlet with the given
        # means; with equal weights every weighting is equally likely.
        shapes = base_weights / base_weights.sum() * own.size
        draws = np.where(shapes > 0, gammaincinv(np.maximum(shapes, 1e-300), uniforms[:, own]), 0)
        total = draws.sum(axis=1, keepdims=True)
        weights[:, places[own]] = base_weights.sum() * draws / np.where(total > 0, total, 1.0)
