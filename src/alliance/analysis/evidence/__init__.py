"""Evidence synthesis: from the effects of single studies to the effect expected in a new place.

`pool` weights effects by their precision, `pool_unweighted` is for effects without standard errors
and `synthesise` chooses by the data. `meta_regression` models how the effect depends on the place,
`predict` applies the model to one. `effect_sizes` derives effects from published figures, `bias`
tests for unpublished studies, `certainty` grades the body of evidence, `context` measures the
similarity of places, and `transport` generalises trials to other people.

Effects are float64 arrays of shape (k,); NaN is missing and never 0.
"""

from alliance.analysis.evidence.heterogeneity import METHODS, Heterogeneity
from alliance.analysis.evidence.pooling import (
    INTERVALS,
    PREDICTION_BASES,
    Interval,
    Pooled,
    pool,
)
from alliance.analysis.evidence.regression import (
    Coefficient,
    MetaRegression,
    Prediction,
    meta_regression,
    predict,
)
from alliance.analysis.evidence.table import Studies, parse_studies
from alliance.analysis.evidence.unweighted import pool_unweighted, synthesise

__all__ = [
    "INTERVALS",
    "METHODS",
    "PREDICTION_BASES",
    "Coefficient",
    "Heterogeneity",
    "Interval",
    "MetaRegression",
    "Pooled",
    "Prediction",
    "Studies",
    "meta_regression",
    "parse_studies",
    "pool",
    "pool_unweighted",
    "predict",
    "synthesise",
]
