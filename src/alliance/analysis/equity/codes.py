"""All codes of errors and warnings of measures of equity.

A code of the specification such as NO_POPULATION is written ``no-population``.
"""

#: Codes of `MethodError`: there is no result.
ERRORS = frozenset(
    {
        "all-suppressed", "bad-count", "bad-parameter", "bad-ratio", "bad-rule", "bad-weight",
        "infinite-value", "missing-column", "mixed-kappa", "mixed-signs", "need-kappa",
        "negative-values", "no-population", "not-a-number", "out-of-bounds", "too-few-units",
        "too-much-missing", "units-mismatch", "unknown-choice", "unknown-group", "wrong-direction",
        "wrong-shape", "zero-mean", "zero-variance",
    }
)  # fmt: skip

#: Warnings about a result. Their subject follows a colon.
WARNINGS = frozenset(
    {
        "below-table", "coverage", "differencing", "few-components", "few-units", "mixed-signs",
        "no-rank-variation", "ratio-undefined", "zero-value", "zero-variance",
    }
)  # fmt: skip
