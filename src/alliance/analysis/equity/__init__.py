"""Equity: who bears a burden, who gains and who pays, with statistical disclosure control.

Means of areas and gaps between groups are in `exposure`, measures of inequality in `inequality`,
percentiles in `percentiles`, thresholds with unknown answers in `burdens`, heat in `heat`, the
effects of an action in `impact`; all counts of people pass `suppression` before they are shown.

Arrays are float64, areas by groups; NaN is missing and never 0. Weights are numbers of people.
"""

from alliance.analysis.equity.burdens import (
    Burden,
    Category,
    Flagged,
    Threshold,
    flag_burdens,
    rules_from,
)
from alliance.analysis.equity.exposure import (
    Exposures,
    GroupExposure,
    group_exposure,
    ratio_of_sums,
    weighted_mean,
)
from alliance.analysis.equity.heat import HeatVulnerability, heat_vulnerability
from alliance.analysis.equity.impact import (
    GroupImpact,
    Impact,
    benefit_concentration,
    distributional_impact,
    income_quintiles,
)
from alliance.analysis.equity.inequality import (
    atkinson,
    combine_ede,
    concentration,
    gini,
    kakwani,
    kolm_pollak,
    kolm_pollak_groups,
    pooled_kappa,
)
from alliance.analysis.equity.percentiles import (
    DemographicIndex,
    JusticeIndex,
    Percentiles,
    demographic_index,
    justice_index,
    percentiles,
    table_percentiles,
)
from alliance.analysis.equity.ranking import Ranking, rank_areas
from alliance.analysis.equity.suppression import Suppressed, suppress, with_totals
from alliance.analysis.equity.values import Measure

__all__ = [
    "Burden",
    "Category",
    "DemographicIndex",
    "Exposures",
    "Flagged",
    "GroupExposure",
    "GroupImpact",
    "HeatVulnerability",
    "Impact",
    "JusticeIndex",
    "Measure",
    "Percentiles",
    "Ranking",
    "Suppressed",
    "Threshold",
    "atkinson",
    "benefit_concentration",
    "combine_ede",
    "concentration",
    "demographic_index",
    "distributional_impact",
    "flag_burdens",
    "gini",
    "group_exposure",
    "heat_vulnerability",
    "income_quintiles",
    "justice_index",
    "kakwani",
    "kolm_pollak",
    "kolm_pollak_groups",
    "percentiles",
    "pooled_kappa",
    "rank_areas",
    "ratio_of_sums",
    "rules_from",
    "suppress",
    "table_percentiles",
    "weighted_mean",
    "with_totals",
]
