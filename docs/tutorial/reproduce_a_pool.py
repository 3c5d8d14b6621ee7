"""Combine the results of a solution from the open data, as the platform does.

    python reproduce_a_pool.py effects.csv

Needs pandas and SciPy.
"""

import sys

import numpy as np
import pandas as pd
from scipy import optimize, stats

GROUP = ["solution", "measure", "unit", "direction"]
Z = 1.96  # by which published 95 % intervals are turned into standard errors


def standard_errors(rows: pd.DataFrame) -> pd.Series:
    """The recorded standard error, else that of a 95 % interval around the value."""
    width = rows["high"] - rows["low"]
    lean = (rows["high"] + rows["low"] - 2 * rows["value"]).abs() / width
    of_interval = (width / (2 * Z)).where((width > 0) & (lean <= 0.05))
    return rows["standard_error"].where(rows["standard_error"] > 0, of_interval)


def unweighted(y: np.ndarray) -> dict[str, float]:
    """The plain mean, where a standard error is missing: every place counts the same."""
    k, spread = len(y), y.std(ddof=1)
    t = stats.t.ppf(0.975, k - 1)
    half, further = t * spread / np.sqrt(k), t * spread * np.sqrt(1 + 1 / k)
    return around(y.mean(), half, further)


def weighted(y: np.ndarray, v: np.ndarray) -> dict[str, float]:
    """The random-effects mean: tau² by REML, interval by Hartung and Knapp."""
    k = len(y)

    def fit(tau2: float) -> tuple[np.ndarray, float]:
        w = 1 / (v + tau2)
        return w, (w * y).sum() / w.sum()

    def score(tau2: float) -> float:
        w, mean = fit(tau2)
        return (w**2 * (y - mean) ** 2).sum() - w.sum() + (w**2).sum() / w.sum()

    # Zero where the places differ no more than chance allows.
    top = 10 * (y.var(ddof=1) + v.max())
    tau2 = optimize.brentq(score, 0, top, xtol=1e-15, rtol=1e-14) if score(0) > 0 else 0.0
    w, mean = fit(tau2)
    factor = max(1, (w * (y - mean) ** 2).sum() / (k - 1))
    se = np.sqrt(factor / w.sum())
    half = stats.t.ppf(0.975, k - 1) * se
    further = stats.t.ppf(0.975, k - 2) * np.sqrt(tau2 + se**2) if k > 2 else np.nan
    return around(mean, half, further)


def around(mean: float, half: float, further: float) -> dict[str, float]:
    """The mean with its interval, and the range to expect in a new place."""
    return {
        "estimate": mean,
        "ci_low": mean - half,
        "ci_high": mean + half,
        "prediction_low": mean - further,
        "prediction_high": mean + further,
    }


def pool(rows: pd.DataFrame) -> pd.Series:
    """One row of results for the effects of a solution in one measure, unit and direction."""
    y, errors = rows["value"].to_numpy(), standard_errors(rows).to_numpy()
    found = unweighted(y) if np.isnan(errors).any() else weighted(y, errors**2)
    return pd.Series({"k": len(y), **found})


def pools(effects: pd.DataFrame, least: int = 3) -> pd.DataFrame:
    """The pool of every group of at least so many places."""
    counted = effects[effects["counts"]]
    large = counted.groupby(GROUP).filter(lambda rows: len(rows) >= least)
    return large.groupby(GROUP)[large.columns.tolist()].apply(pool)


if __name__ == "__main__":
    table = pools(pd.read_csv(sys.argv[1]))
    print(table.sort_values("k", ascending=False).head(3).to_string())
