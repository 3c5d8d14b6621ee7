"""All error and warning codes of evaluating and planning pilots.

A code of the specification such as DUPLICATE_KEY is written ``duplicate-key`` here.
"""

#: Codes of `MethodError`: there is no result.
ERRORS = frozenset(
    {
        "bad-count", "bad-number", "bad-offset", "bad-parameter", "bad-start", "bad-time",
        "bad-treatment", "duplicate-key", "empty-key", "few-units-in-blocks", "infinite-value",
        "irregular-time",
        "missing-column", "missing-covariate", "missing-option", "missing-outcome",
        "missing-predictor", "mixed-cluster", "no-control", "no-data", "no-fit", "no-optimum",
        "no-spread", "no-treated", "one-cluster", "several-units", "singular", "staggered-start",
        "start-conflict", "too-few", "too-few-donors", "too-short", "treat-not-absorbing",
        "unknown-design", "unknown-unit", "unpaired", "varies-in-unit", "wrong-shape",
    }
)  # fmt: skip

#: Warnings: there is a result, with this reservation. Details follow a colon.
WARNINGS = frozenset(
    {
        "always-treated", "approximated-by-did", "autocorrelation", "cannot-reach-level",
        "cells-without-data", "constant-predictor", "differential-attrition", "donors-dropped",
        "few-clusters-not-corrected", "few-clusters-on-a-side", "influential", "no-comparison",
        "no-constant-effect", "no-pretest", "one-cluster", "overdispersed", "perfect-fit",
        "poor-fit", "selected-on-extreme", "short-after", "short-before", "single-unit-group",
        "small-group", "too-few-clusters", "trends-differ-before", "twfe-negative-weights",
        "unbalanced", "unbounded-interval", "unpaired", "zero-variance",
    }
)  # fmt: skip
