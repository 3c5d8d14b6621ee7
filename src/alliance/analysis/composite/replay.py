"""Computes many draws of an index at once.

Scores are cached by scenario; within a scenario only the weights differ, and applying them is a
matrix product. Only draws with errors of figures have to be scaled individually.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from alliance.analysis.composite import scaling
from alliance.analysis.composite.aggregation import Mean, blocks, climb, outrank_tree
from alliance.analysis.composite.framework import Floats, Ints
from alliance.analysis.composite.index import Composite, treated_values
from alliance.analysis.composite.scenarios import Draws, Plan, Scenario
from alliance.analysis.errors import MethodError

#: Numbers in memory at once, and the maximum in a result.
CHUNK = 2_000_000
MAX_SCORES = 100_000_000
#: Scores of a node computed at once, so that they fit in the processor cache.
BLOCK = 30_000
#: Maximum number of pairwise comparisons for Copeland scores.
MAX_COMPARISONS = 50_000_000_000
#: The scale of the geometric mean if it is not the nominal mean.
POSITIVE_RANGE = (1.0, 100.0)


@dataclass(frozen=True)
class Errors:
    """Standard errors of figures before any treatment, (n, Q), 0 if unknown."""

    absolute: Floats

    @property
    def any(self) -> bool:
        return bool((self.absolute > 0).any())


def errors_of(
    composite: Composite, *, relative: Floats | None = None, absolute: Floats | None = None
) -> Errors:
    """Standard errors of the figures of an index.

    Args:
        relative: (n, Q), as a share of the figure; absolute: (n, Q), in its unit. NaN or 0 if
            unknown. Both may be given, and are added as independent errors.

    A cell imputed from its group has the spread of the group as its error; if only one value of the
    group is known, that of all units.

    Raises:
        MethodError: ``wrong-shape``, ``negative-standard-error``.
    """
    figures, imputed = composite.imputed.values, composite.imputed
    squares = np.zeros(figures.shape)
    for name, standard_errors in (("relative", relative), ("absolute", absolute)):
        if standard_errors is None:
            continue
        if standard_errors.shape != figures.shape:
            raise MethodError("wrong-shape", f"must have the shape {figures.shape}", name)
        if (standard_errors < 0).any() or np.isinf(standard_errors).any():
            raise MethodError("negative-standard-error", "must be 0 or more and finite", name)
        error = np.nan_to_num(standard_errors)
        squares += (error * np.nan_to_num(figures) if name == "relative" else error) ** 2
    if imputed.filled.any():
        known = np.where(imputed.filled, np.nan, figures)
        for place in np.flatnonzero(imputed.filled.any(axis=0)):
            column = known[~np.isnan(known[:, place]), place]
            overall = column.std(ddof=1) if column.size > 1 else 0.0
            spread = np.where(np.isnan(imputed.spread[:, place]), overall, imputed.spread[:, place])
            squares[:, place] += np.where(imputed.filled[:, place], spread, 0.0) ** 2
    return Errors(np.where(np.isnan(figures), 0.0, np.sqrt(squares)))


def check_size(composite: Composite, draws: int) -> None:
    """Raises MethodError for more scores than fit into memory.

    Raises:
        MethodError: ``too-large``.
    """
    n_units = len(composite.table.units)
    if draws * n_units > MAX_SCORES:
        raise MethodError(
            "too-large", f"{draws} draws of {n_units} units are too many to hold", "draws"
        )


def replay(plan: Plan, draws: Draws, errors: Errors, *, seed: int, threads: int = 1) -> Floats:
    """The score of every unit in every draw, shape (D, n), on the scale of the nominal index.

    z-scores are transformed to the nominal scale by a common shift and factor for all indicators,
    so that their mean and spread over the indicators agree; ranks do not change. An indicator that
    a scenario cannot scale keeps its nominal score. The result does not depend on the number of
    threads.

    Raises:
        MethodError: ``too-large``.
    """
    n_draws, n_units = draws.scenario.size, len(plan.composite.table.units)
    check_size(plan.composite, n_draws)
    stage = _Stage(plan, errors)
    noisy = "error" in plan.columns
    cells = n_units * len(plan.composite.framework.leaves) if noisy else n_units
    step = max(1, CHUNK // cells)
    scores = np.empty((n_draws, n_units))
    with ThreadPoolExecutor(max_workers=max(1, threads)) as pool:
        for place, scenario in enumerate(draws.scenarios):
            rows = np.flatnonzero(draws.scenario == place)
            if not rows.size:
                continue
            view = stage.view(scenario)
            parts = [rows[start : start + step] for start in range(0, rows.size, step)]

            def run_part(own: Ints, view: _View = view) -> None:
                keys = draws.keys[own] if noisy else None
                scores[own] = view.scores(
                    draws.leaf_weights[own], draws.node_weights[own], keys, seed
                )

            list(pool.map(run_part, parts))
    # A draw must not give a score to a unit without one by leaving out a missing indicator.
    scores[:, np.isnan(plan.composite.score)] = np.nan
    return scores


class _Stage:
    """State that all scenarios of an index share."""

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
        # A common shift and factor map z-scores to shares.
        base = scaling.clipped(base, "fixed")
        self.shift, self.factor = _centre_and_spread(base)
        self.nominal = self.to_share(scaling.clipped(nominal, method.normalise), method.normalise)
        self.used = self.composite.included & (framework.leaf_weights() > 0)
        self._treated: dict[tuple[int, bytes], tuple[Floats, Floats]] = {}

    def to_share(self, share: Floats, kind: str) -> Floats:
        return self.shift + self.factor * share if kind == "z-score" else share

    def treated(self, kind: str, winmax: int | None) -> tuple[Floats, Floats]:
        """Figures and their errors after the treatment of a scenario."""
        composite, figures = self.composite, self.composite.imputed.values
        framework = composite.framework
        sampled = scaling.by_sample(framework, kind)
        if composite.method.treat == "none" or not sampled.any():
            return figures, self.errors.absolute
        winmax = winmax or composite.method.winmax
        key = (winmax, sampled.tobytes())
        if key not in self._treated:
            figures, reports = treated_values(figures, framework, kind, winmax)
            error = self.errors.absolute.copy()
            for place, code in enumerate(framework.codes):
                if code in reports:
                    error[:, place] *= np.nan_to_num(reports[code].slope)
            self._treated[key] = figures, error
        return self._treated[key]

    def view(self, scenario: Scenario) -> "_View":
        return _View(self, scenario)


class _View:
    """A scenario, prepared for any number of weightings."""

    def __init__(self, stage: _Stage, scenario: Scenario) -> None:
        self.stage, self.kind = stage, scenario.normalisation
        composite = stage.composite
        method = composite.method
        self.mean = Mean(scenario.aggregation, method.power)
        self.range = (0.0, 1.0)
        if scenario.aggregation in ("geometric", "harmonic", "generalised"):
            nominal = scenario.aggregation == method.aggregate
            self.range = method.range if nominal else POSITIVE_RANGE
        self.figures, self.error = stage.treated(self.kind, scenario.winmax)
        self.noisy = np.flatnonzero(self.error)
        self.fixed_scores = self._scaled(self.figures)
        self.fixed_parts = (
            ()
            if self.mean.kind == "copeland"
            else blocks(composite.framework, self.fixed_scores, self.mean)
        )

    def _scaled(self, figures: Floats) -> Floats:
        """Scores (..., n, Q) on the range of this scenario's mean; NaN for unused indicators."""
        stage = self.stage
        turned = scaling.turn(figures, stage.composite.framework)
        share = scaling.shares(turned, stage.bounds, self.kind)
        share = stage.to_share(scaling.clipped(share, self.kind), self.kind)
        gaps = np.isnan(share)
        if gaps.any():
            np.copyto(share, stage.nominal, where=gaps)
        if self.mean.kind not in ("arithmetic", "copeland"):
            np.clip(share, 0.0, 1.0, out=share)
        low, high = self.range
        if (low, high) != (0.0, 1.0):
            share *= high - low
            share += low
        share[..., ~stage.used] = np.nan
        return share

    def scores(
        self, leaf_weights: Floats, node_weights: Floats, keys: np.ndarray | None, seed: int
    ) -> Floats:
        composite = self.stage.composite
        framework, threshold = composite.framework, composite.method.coverage.node
        if self.mean.kind == "copeland":
            return self._outranked(leaf_weights, node_weights, keys, seed)
        parts = self.fixed_parts
        if keys is not None and self.noisy.size:
            parts = blocks(framework, self._scaled(self._disturbed(keys, seed)), self.mean)
        n_draws, n_units = leaf_weights.shape[0], self.figures.shape[0]
        top = np.empty((n_draws, n_units))
        step = max(1, BLOCK // n_draws)
        for start in range(0, n_units, step):
            units = slice(start, start + step)
            top[:, units] = climb(
                framework,
                tuple(block.of(units) for block in parts),
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
        if keys is not None and self.noisy.size:
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
        """Figures (D, n, Q) with random errors; each draw has its own stream."""
        figures = np.empty((keys.size, *self.figures.shape))
        figures[:] = self.figures
        # Selecting cells is faster if there are few of them.
        sparse = self.noisy.size < self.error.size / 2
        sizes = self.error.ravel()[self.noisy] if sparse else self.error
        for figure, key in zip(figures, keys, strict=True):
            noise = np.random.default_rng([seed, int(key)]).standard_normal(sizes.shape)
            noise *= sizes
            if sparse:
                figure.reshape(-1)[self.noisy] += noise
            else:
                figure += noise
        return figures


def _centre_and_spread(share: Floats) -> tuple[float, float]:
    """Mean over the indicators of their means and of their standard deviations."""
    usable = [column[~np.isnan(column)] for column in share.T]
    usable = [column for column in usable if column.size > 1]
    if not usable:
        return 0.5, 1.0
    spread = float(np.mean([column.std(ddof=1) for column in usable]))
    return float(np.mean([column.mean() for column in usable])), spread or 1.0
