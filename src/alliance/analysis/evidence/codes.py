"""All error and warning codes of evidence synthesis.

A code of the specification such as BAD_VARIANCE is written ``bad-variance`` here.
"""

#: Codes of `MethodError`: there is no result.
ERRORS = frozenset(
    {
        "bad-correlation", "bad-count", "bad-draws", "bad-level", "bad-parameter", "bad-previous",
        "bad-scale", "bad-variance", "dependent", "duplicate-case", "duplicate-column",
        "duplicate-solution", "empty-file", "infinite-value", "interval-reversed", "long-row",
        "missing-column", "missing-moderator", "missing-place", "missing-study", "mixed-moderators",
        "no-studies", "not-a-number", "overflow", "separation", "short-row", "sign-mix", "singular",
        "too-few-similar", "unit-mix", "unknown-choice", "unknown-design", "unknown-direction",
        "unknown-grade", "unknown-method", "unknown-order", "unknown-outcome", "unknown-theme",
        "wrong-shape", "zero-variance",
    }
)  # fmt: skip

#: Warnings: there is a result, with this reservation.
WARNINGS = frozenset(
    {
        "aggregation-bias", "asymmetric-interval", "below-possible", "double-zero",
        "exploratory", "failed-draws", "few-studies-for-prediction", "hartung-knapp-truncated",
        "heterogeneity-ignored", "missing-estimate", "missing-moderator", "missing-rows",
        "no-prediction", "no-smallest-useful-effect", "no-spread", "not-assessed", "one-study",
        "out-of-support", "overfit", "positivity", "tau2-interval-empty", "two-studies",
        "unweighted", "zero-cell", "zero-variance",
    }
)  # fmt: skip
