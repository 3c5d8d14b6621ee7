"""Many draws of an index at once.

Scores are cached by scenario; what differs from draw to draw inside a scenario are weights, and
those are a matrix product. Only draws with errors of figures are scaled anew each.
"""

from dataclasses import dataclass

import numpy as np

from alliance.analysis.composite import scaling
from alliance.analysis.composite.aggregation import Mean, blocks, climb, outrank_tree
from alliance.analysis.composite.framework import Floats
from alliance.analysis.composite.index import Composite, treated_values
from alliance.analysis.composite.scenarios import Draws, Plan, Scenario
from alliance.analysis.errors import MethodError

#: Numbers held in memory at once, and at most in a result.
CHUNK = 2_000_000
MAX_SCORES = 100_000_000
#: Comparisons of pairs of units that Copeland scores may take.
MAX_COMPARISONS = 50_000_000_000
#: The scale on which the geometric mean is taken where it is not the nominal one.
POSITIVE_RANGE = (1.0, 100.0)


@dataclass(frozen=True)
class Errors:
    """Standard errors of figures before any treatment, (n, Q), 0 for none known."""

    absolute: Floats

    @property
    def any(self) -> bool:
        return bool((self.absolute > 0).any())


def errors_of(
    composite: Composite, *, relative: Floats | None = None, absolute: Floats | None = None
) -> Errors:
    """Standard errors of the figures of an index.

    Args:
        relative: (n, Q), as a share of the figure; absolute: (n, Q), in its unit. NaN or 0 means
            none known. Both may be given; they add up as independent errors do.

    A cell filled from its group varies by the spread of the group; where the group has one known
    value only, by the spread of all units.

    Raises:
        MethodError: ``wrong-shape``, ``negative-standard-error``.
    """
    figures, imputed = composite.imputed.values, composite.imputed
    squares = np.zeros(figures.shape)
    for name, given in (("relative", relative), ("absolute", absolute)):
        if given is None:
            continue
        if given.shape != figures.shape:
            raise MethodError("wrong-shape", f"must have the shape {figures.shape}", name)
        if (given < 0).any() or np.isinf(given).any():
            raise MethodError("negative-standard-error", "must be 0 or more and finite", name)
        error = np.nan_to_num(given)
        squares += (error * np.nan_to_num(figures) if name == "relative" else error) ** 2
    if imputed.filled.any():
        known = np.where(imputed.filled, np.nan, figures)
        for place in np.flatnonzero(imputed.filled.any(axis=0)):
            column = known[~np.isnan(known[:, place]), place]
            overall = column.std(ddof=1) if column.size > 1 else 0.0
            spread = np.where(
                np.isnan(imputed.spread[:, place]), overall, imputed.spread[:, place]
            )
            squares[:, place] += np.where(imputed.filled[:, place], spread, 0.0) ** 2
    return Errors(np.where(np.isnan(figures), 0.0, np.sqrt(squares)))


def replay(plan: Plan, draws: Draws, errors: Errors, *, seed: int) -> Floats:
    """The score of every unit in every draw, shape (D, n), on the scale of the nominal index.

    z-scores are put on the nominal scale by one shift and one factor for all indicators, so that
    their mean and spread over the indicators agree; ranks are not touched by that. An indicator
    that a scenario cannot scale keeps its nominal score.

    Raises:
        MethodError: ``too-large``.
    """
    n_draws, n_units = draws.scenario.size, len(plan.composite.table.units)
    if n_draws * n_units > MAX_SCORES:
        raise MethodError(
            "too-large", f"{n_draws} draws of {n_units} units are too many to hold", "draws"
        )
    stage = _Stage(plan, errors)
    noisy = "error" in plan.columns
    cells = n_units * len(plan.composite.framework.leaves) if noisy else n_units
    step = max(1, CHUNK // cells)
    scores = np.empty((n_draws, n_units))
    for place, scenario in enumerate(draws.scenarios):
        rows = np.flatnonzero(draws.scenario == place)
        if not rows.size:
            continue
        view = stage.view(scenario)
        for start in range(0, rows.size, step):
            own = rows[start : start + step]
            keys = draws.keys[own] if noisy else None
            scores[own] = view.scores(
                draws.leaf_weights[own], draws.node_weights[own], keys, seed
            )
    scores[:, ~plan.composite.eligible] = np.nan
    return scores


class _Stage:
    """What all scenarios of one index share."""

    def __init__(self, plan: Plan, errors: Errors) -> None:
        self.composite = plan.composite
        self.errors = errors
        framework, method = self.composite.framework, self.composite.method
        self.bounds = scaling.turned_bounds(framework)
        turned = scaling.turn(self.composite.treated, framework)
        nominal = scaling.shares(turned, self.bounds, method.normalise)
        base = nominal
        if method.normalise == "z-score":
            base = scaling.shares(turned, self.bounds, "min-max")
        # One shift and one factor lay z-scores over shares.
        base = scaling.clipped(base, "fixed")
        self.shift, self.factor = _centre_and_spread(base)
        self.nominal = self.to_share(scaling.clipped(nominal, method.normalise), method.normalise)
        self.used = self.composite.kept & (framework.leaf_weights() > 0)

    def to_share(self, share: Floats, kind: str) -> Floats:
        return self.shift + self.factor * share if kind == "z-score" else share

    def view(self, scenario: Scenario) -> "_View":
        return _View(self, scenario)


class _View:
    """One scenario, ready for any number of weightings."""

    def __init__(self, stage: _Stage, scenario: Scenario) -> None:
        self.stage, self.kind = stage, scenario.normalisation
        composite = stage.composite
        method = composite.method
        self.mean = Mean(scenario.aggregation, method.power)
        self.range = (0.0, 1.0)
        if scenario.aggregation in ("geometric", "harmonic", "generalised"):
            nominal = scenario.aggregation == method.aggregate
            self.range = method.range if nominal else POSITIVE_RANGE
        winmax = scenario.winmax or method.winmax
        self.figures, reports = composite.imputed.values, {}
        if method.treat != "none":
            self.figures, reports = treated_values(
                self.figures, composite.framework, self.kind, winmax
            )
        self.error = stage.errors.absolute.copy()
        for place, code in enumerate(composite.framework.codes):
            if code in reports:
                self.error[:, place] *= np.nan_to_num(reports[code].slope)
        self.noisy = np.nonzero(self.error)
        self.fixed_scores = self._scaled(self.figures)
        self.fixed_parts = (
            () if self.mean.kind == "copeland" else blocks(
                composite.framework, self.fixed_scores, self.mean
            )
        )

    def _scaled(self, figures: Floats) -> Floats:
        """Scores (..., n, Q) on the range of this scenario's mean; NaN for unused indicators."""
        stage = self.stage
        turned = scaling.turn(figures, stage.composite.framework)
        share = scaling.shares(turned, stage.bounds, self.kind)
        share = stage.to_share(scaling.clipped(share, self.kind), self.kind)
        share = np.where(np.isnan(share), stage.nominal, share)
        if self.mean.kind not in ("arithmetic", "copeland"):
            share = np.clip(share, 0.0, 1.0)
        low, high = self.range
        scores = share if (low, high) == (0.0, 1.0) else low + (high - low) * share
        return np.where(stage.used, scores, np.nan)

    def scores(
        self, leaf_weights: Floats, node_weights: Floats, keys: np.ndarray | None, seed: int
    ) -> Floats:
        composite = self.stage.composite
        framework, threshold = composite.framework, composite.method.coverage.node
        if self.mean.kind == "copeland":
            return self._outranked(leaf_weights, node_weights, keys, seed)
        parts = self.fixed_parts
        if keys is not None and self.noisy[0].size:
            parts = blocks(framework, self._scaled(self._disturbed(keys, seed)), self.mean)
        top = climb(
            framework,
            parts,
            leaf_weights,
            node_weights,
            self.mean,
            threshold=threshold,
            top_only=True,
        )[framework.top.index]
        low, high = self.range
        share = top if (low, high) == (0.0, 1.0) else (top - low) / (high - low)
        if composite.method.normalise == "z-score":
            share = (share - self.stage.shift) / self.stage.factor
        return scaling.to_range(share, composite.method)

    def _outranked(
        self, leaf_weights: Floats, node_weights: Floats, keys: np.ndarray | None, seed: int
    ) -> Floats:
        composite = self.stage.composite
        framework = composite.framework
        n, q = self.figures.shape
        if n * n * q * leaf_weights.shape[0] > MAX_COMPARISONS:
            raise MethodError(
                "too-large", f"comparing {n} units in pairs this often takes too long", "draws"
            )
        scores = [self.fixed_scores]
        if keys is not None and self.noisy[0].size:
            scores = list(self._scaled(self._disturbed(keys, seed)))
        width = leaf_weights.shape[0] // len(scores)
        return np.vstack(
            [
                outrank_tree(
                    framework,
                    own,
                    leaf_weights[place * width : (place + 1) * width],
                    node_weights[place * width : (place + 1) * width],
                    threshold=composite.method.coverage.node,
                    eligible=composite.eligible,
                    top_only=True,
                )[framework.top.index]
                for place, own in enumerate(scores)
            ]
        )

    def _disturbed(self, keys: np.ndarray, seed: int) -> Floats:
        """Figures (D, n, Q) with random errors; each draw has a stream of its own."""
        figures = np.repeat(self.figures[np.newaxis], keys.size, axis=0)
        sizes = self.error[self.noisy]
        for row, key in enumerate(keys):
            noise = np.random.default_rng([seed, int(key)]).standard_normal(sizes.size)
            figures[row][self.noisy] += sizes * noise
        return figures


def _centre_and_spread(share: Floats) -> tuple[float, float]:
    """Mean over the indicators of their means and of their standard deviations."""
    usable = [column[~np.isnan(column)] for column in share.T]
    usable = [column for column in usable if column.size > 1]
    if not usable:
        return 0.5, 1.0
    spread = float(np.mean([column.std(ddof=1) for column in usable]))
    return float(np.mean([column.mean() for column in usable])), spread or 1.0
