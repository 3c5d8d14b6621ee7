"""The index: every step from a table of figures to scores and ranks."""

from dataclasses import dataclass

import numpy as np

from alliance.analysis.composite import scaling
from alliance.analysis.composite.aggregation import (
    Mean,
    blocks,
    check_positive,
    climb,
    outrank_tree,
)
from alliance.analysis.composite.framework import Bools, Floats, Framework
from alliance.analysis.composite.method import NAME, VERSION, Method
from alliance.analysis.composite.ranking import rank
from alliance.analysis.composite.tables import Table
from alliance.analysis.composite.treatment import Treated, treat
from alliance.analysis.composite.values import Imputed, divide, fill_from_group
from alliance.analysis.errors import MethodError

#: An indicator with fewer distinct values says little about the units.
FEW_DISTINCT = 5
DOMINANT_WEIGHT = 0.5


@dataclass(frozen=True)
class Composite:
    """An index of n units over Q indicators in M nodes, with all intermediate results.

    ``observed`` (n, Q): figures after division; ``imputed``: the same with gaps filled, and which;
    ``treated`` (n, Q): after the treatment of outliers, with a report for each treated indicator;
    ``normalised`` (n, Q): scores on the scale of the method; ``unclipped`` (n, Q): the same without
    clipping at fixed bounds (for trends). ``nodes`` (n, M): scores of the aggregates, ``score``
    (n,) that of the top, ``rank`` (n,) its rank, 1 is best. NaN is missing everywhere.

    ``included`` (Q,) marks indicators with enough data, ``eligible`` (n,) units with enough data
    for an index, ``coverage`` (n,) the observed share of their indicators. ``n`` counts units with
    a score, ``n_missing`` those without. Warnings are codes, with the code of the indicator or node
    or the name of the unit after a colon.
    """

    table: Table
    framework: Framework
    method: Method
    observed: Floats
    imputed: Imputed
    treated: Floats
    treatments: dict[str, Treated]
    normalised: Floats
    unclipped: Floats
    nodes: Floats
    score: Floats
    rank: Floats
    included: Bools
    eligible: Bools
    coverage: Floats
    n: int
    n_missing: int
    warnings: tuple[str, ...]
    name: str = NAME
    version: str = VERSION


def wanted_columns(framework: Framework) -> tuple[str, ...]:
    """The columns of data a framework needs: its indicators and their denominators."""
    denominators = [node.denominator for node in framework.leaves if node.denominator]
    return tuple(dict.fromkeys([*framework.codes, *denominators]))


def build(table: Table, framework: Framework, *, method: Method | None = None) -> Composite:
    """Build the index.

    Steps: division by the denominator; coverage of indicators and units, on observed values;
    filling gaps from the group; treatment of outliers where the sample makes the scale;
    normalisation; weighted aggregation bottom up among the present children; ranks.

    Args:
        table: units by columns; it holds a column for each of `wanted_columns`.
        framework: the hierarchy with weights, directions and bounds.
        method: the choices; None for the usual ones.

    Warnings: ``no-data``, ``indicator-dropped``, ``few-distinct-values``, ``unit-coverage``,
    ``pillar-coverage``, ``non-positive-denominator``, ``not-imputed``, ``group-of-one``,
    ``not-treated-fixed-bounds``, ``winsorised``, ``log-transformed``, ``untreated`` (with the
    reason), ``still-skewed``, ``non-positive-under-log``, ``zero-range``, ``single-value``,
    ``beyond-bounds``, ``zero-weights``, ``dominant-weight``, ``one-unit``, ``no-score``.

    Raises:
        MethodError: ``missing-column``, ``no-groups``, ``no-data``, ``missing-target``,
            ``target-not-beyond``, ``bounds-reversed``, ``non-positive-score``.

    Source: OECD and JRC, Handbook on Constructing Composite Indicators (2008).
    """
    method = method or Method()
    warnings: list[str] = []
    observed = _observed(table, framework, warnings)
    included = _included_indicators(observed, framework, method, warnings)
    coverage, eligible = _eligible(table, observed, framework, method, included, warnings)
    imputed = _impute(table, observed, framework, method, warnings)
    treated, treatments = _treat(imputed.values, framework, method, warnings)

    turned = scaling.turn(treated, framework)
    _note_log(treated, framework, warnings)
    scaling.check_bounds(turned, framework, method.normalise)
    share = scaling.shares(turned, scaling.turned_bounds(framework), method.normalise)
    held = scaling.clipped(share, method.normalise)
    _note_scale(turned, share, held, framework, warnings)
    normalised = scaling.to_range(held, method)

    nodes = _aggregate(table, normalised, framework, method, included, eligible, warnings)
    score = np.where(eligible, nodes[:, framework.top.index], np.nan)
    nodes[:, framework.top.index] = score
    n = int(np.count_nonzero(~np.isnan(score)))
    ranks = rank(score) if n > 1 else np.full(score.shape, np.nan)
    if n == 1:
        warnings.append("one-unit")
    if n == 0:
        warnings.append("no-score")
    return Composite(
        table=table,
        framework=framework,
        method=method,
        observed=observed,
        imputed=imputed,
        treated=treated,
        treatments=treatments,
        normalised=normalised,
        unclipped=scaling.to_range(share, method),
        nodes=nodes,
        score=score,
        rank=ranks,
        included=included,
        eligible=eligible,
        coverage=coverage,
        n=n,
        n_missing=score.size - n,
        warnings=tuple(warnings),
    )


def _observed(table: Table, framework: Framework, warnings: list[str]) -> Floats:
    for node in framework.leaves:
        for name, column in ((node.code, "code"), (node.denominator, "denominator")):
            if name and name not in table.columns:
                raise MethodError(
                    "missing-column",
                    f"the data have no column {name!r}",
                    f"{node.row or f'framework {node.code!r}'}, column {column}",
                )
    observed = np.column_stack([table.column(code) for code in framework.codes])
    for place, node in enumerate(framework.leaves):
        if node.denominator:
            denominator = table.column(node.denominator)
            if (denominator <= 0).any():
                warnings.append(f"non-positive-denominator:{node.code}")
            observed[:, place] = divide(observed[:, place], denominator)
    if np.isnan(observed).all():
        raise MethodError("no-data", "no unit has a value for any indicator", "data")
    return observed


def _included_indicators(
    observed: Floats, framework: Framework, method: Method, warnings: list[str]
) -> Bools:
    """Which indicators have enough data to be included."""
    rule = method.coverage
    included = np.ones(len(framework.leaves), dtype=bool)
    for place, code in enumerate(framework.codes):
        known = observed[~np.isnan(observed[:, place]), place]
        if not known.size:
            warnings.append(f"no-data:{code}")
        distinct = np.unique(known).size
        share = known.size / observed.shape[0]
        if share < rule.indicator or distinct < rule.distinct:
            included[place] = False
            warnings.append(f"indicator-dropped:{code}")
        elif known.size >= FEW_DISTINCT > distinct:
            warnings.append(f"few-distinct-values:{code}")
    return included


def _eligible(
    table: Table,
    observed: Floats,
    framework: Framework,
    method: Method,
    included: Bools,
    warnings: list[str],
) -> tuple[Floats, Bools]:
    """The observed share of included indicators of each unit, and whether it is sufficient."""
    rule = method.coverage
    present = ~np.isnan(observed)
    if not included.any():
        return np.zeros(len(table.units)), np.zeros(len(table.units), dtype=bool)
    coverage = present[:, included].mean(axis=1)
    eligible = coverage >= rule.unit
    for row in np.flatnonzero(~eligible):
        warnings.append(f"unit-coverage:{table.units[row]}")
    for pillar, leaves in zip(framework.pillars, framework.pillar_leaves, strict=True):
        own = leaves[included[leaves]]
        if not own.size:
            continue
        thin = present[:, own].mean(axis=1) < rule.pillar
        code = framework.node_codes[pillar]
        for row in np.flatnonzero(thin & eligible):
            warnings.append(f"pillar-coverage:{table.units[row]}/{code}")
        eligible = eligible & ~thin
    return coverage, eligible


def _impute(
    table: Table,
    observed: Floats,
    framework: Framework,
    method: Method,
    warnings: list[str],
) -> Imputed:
    if method.impute == "none":
        nothing = np.zeros(observed.shape, dtype=bool)
        return Imputed(observed, nothing, np.full(observed.shape, np.nan))
    if table.groups is None:
        raise MethodError(
            "no-groups", f"{method.impute} needs a column 'group' in the data", "method.impute"
        )
    for name in dict.fromkeys(table.groups):
        if name and table.groups.count(name) == 1:
            warnings.append(f"group-of-one:{name}")
    imputed = fill_from_group(observed, table.groups, by=method.impute)
    for code, gaps in zip(framework.codes, np.isnan(imputed.values).T, strict=True):
        if gaps.any():
            warnings.append(f"not-imputed:{code}")
    return imputed


def treated_values(
    values: Floats, framework: Framework, kind: str, winmax: int
) -> tuple[Floats, dict[str, Treated]]:
    """Treats the indicators whose scale the sample defines; the others are unchanged."""
    treated = values.copy()
    reports = {}
    for place in np.flatnonzero(scaling.by_sample(framework, kind)):
        report = treat(values[:, place], winmax=winmax)
        treated[:, place] = report.values
        reports[framework.codes[place]] = report
    return treated, reports


def _treat(
    values: Floats, framework: Framework, method: Method, warnings: list[str]
) -> tuple[Floats, dict[str, Treated]]:
    if method.treat == "none":
        return values, {}
    if not scaling.by_sample(framework, method.normalise).all():
        warnings.append("not-treated-fixed-bounds")
    treated, reports = treated_values(values, framework, method.normalise, method.winmax)
    for code, report in reports.items():
        if report.step == "winsorised":
            warnings.append(f"winsorised:{code}")
        if report.step == "log":
            warnings.append(f"log-transformed:{code}")
        if report.note == "still-skewed":
            warnings.append(f"still-skewed:{code}")
        elif report.note:
            warnings.append(f"untreated:{code}/{report.note}")
    return treated, reports


def _note_log(values: Floats, framework: Framework, warnings: list[str]) -> None:
    for place in np.flatnonzero(framework.log_scale):
        if (values[:, place] <= 0).any():
            warnings.append(f"non-positive-under-log:{framework.codes[place]}")


def _note_scale(
    turned: Floats, share: Floats, held: Floats, framework: Framework, warnings: list[str]
) -> None:
    for place, code in enumerate(framework.codes):
        known = ~np.isnan(turned[:, place])
        if known.any() and np.isnan(share[known, place]).all():
            warnings.append(f"{'single-value' if known.sum() == 1 else 'zero-range'}:{code}")
        elif (share[known, place] != held[known, place]).any():
            warnings.append(f"beyond-bounds:{code}")


def _aggregate(
    table: Table,
    normalised: Floats,
    framework: Framework,
    method: Method,
    included: Bools,
    eligible: Bools,
    warnings: list[str],
) -> Floats:
    """Scores of all nodes, shape (n, M)."""
    leaf_weights = np.where(included, framework.leaf_weights(), 0.0)[np.newaxis]
    node_weights = framework.node_weights()[np.newaxis]
    for part in framework.bottom_up:
        weights = np.concatenate([part.leaf_weights, part.node_weights])
        if not weights.sum() > 0:
            warnings.append(f"zero-weights:{part.code}")
        elif weights.size > 1:
            codes = [framework.codes[i] for i in part.leaves]
            codes += [framework.node_codes[i] for i in part.nodes]
            for code, weight in zip(codes, weights, strict=True):
                if weight > DOMINANT_WEIGHT * weights.sum():
                    warnings.append(f"dominant-weight:{code}")
    if method.aggregate == "copeland":
        results = outrank_tree(
            framework,
            normalised,
            leaf_weights,
            node_weights,
            threshold=method.coverage.node,
            eligible=eligible,
        )
    else:
        used = np.where(included & (framework.leaf_weights() > 0), normalised, np.nan)
        if method.needs_positive:
            check_positive(used, table.units, framework.codes, method.aggregate)
        mean = Mean(method.aggregate, method.power)
        parts = blocks(framework, used, mean)
        results = climb(
            framework, parts, leaf_weights, node_weights, mean, threshold=method.coverage.node
        )
    return np.column_stack([results[index][0] for index in range(len(framework.aggregates))])
