"""Evidence synthesis: from the effects of single studies to what to expect in one more place.

`pool` weights effects by their precision, `pool_unweighted` is for effects without standard errors
and `synthesise` takes the one that the data allow. `meta_regression` asks whether the effect
depends on the place, `predict` answers for one. Effects from printed figures stand in
`effect_sizes`, doubts about unpublished studies in `bias`, how sure all of it is in `certainty`,
likeness of places in `context`, trials carried over to other people in `transport`.

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
