"""The prediction for one place from its facts, or the reason why there is none."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from alliance.analysis.errors import MethodError
from alliance.analysis.evidence.checks import as_vector
from alliance.analysis.evidence.linear import Floats
from alliance.analysis.evidence.regression import (
    STUDIES_PER_MODERATOR,
    MetaRegression,
    Prediction,
    meta_regression,
    predict,
)


@dataclass(frozen=True)
class Fact:
    """A fact of places, in one column or, for categories, in several.

    ``studies`` is (k, columns), ``place`` (columns,); NaN if unknown.
    """

    name: str
    studies: Floats
    place: Floats


@dataclass(frozen=True)
class LocalPrediction:
    """A prediction by the ``used`` facts, or the reason in ``why_not``, a code.

    ``no-standard-errors`` (``n`` of ``of`` studies have one), ``too-few-studies`` (``n`` where
    ``of`` are needed for one fact), ``facts-unknown`` (no fact is known of the place and of all
    studies and differs between them), ``singular``; empty where there is a prediction.
    """

    prediction: Prediction | None
    used: tuple[str, ...] = ()
    why_not: str = ""
    n: int | None = None
    of: int | None = None
    model: MetaRegression | None = None


def grouped(name: str, studies: Sequence[str | None], place: str | None) -> Fact:
    """A categorical fact: an indicator column for each category but the most common one.

    A category of the place that no study has counts as unknown, because it cannot be estimated.
    """
    known = [study for study in studies if study is not None]
    if place not in known:
        place = None
    kinds = sorted(set(known), key=lambda group: (-known.count(group), group))[1:]

    def coded(group: str | None) -> list[float]:
        return [math.nan if group is None else float(group == kind) for kind in kinds]

    rows = np.array([coded(study) for study in studies], dtype=float).reshape(
        len(studies), len(kinds)
    )
    return Fact(name, rows, np.array(coded(place), dtype=float))


def measured(name: str, studies: Sequence[float | None], place: float | None) -> Fact:
    """A numeric fact, in one column."""
    rows = np.array([math.nan if study is None else study for study in studies], dtype=float)
    return Fact(name, rows[:, None], np.array([math.nan if place is None else place]))


def predict_locally(
    estimates: ArrayLike,
    variances: ArrayLike,
    facts: Sequence[Fact],
    *,
    per_moderator: int = STUDIES_PER_MODERATOR,
) -> LocalPrediction:
    """Meta-regression on as many facts as the number of studies allows, and its prediction for the
    place.

    Facts are used in the given order, which must be fixed in advance and not chosen by fit. A fact
    is left out if it is unknown for the place or a study, is constant, or needs more columns than
    ``per_moderator`` studies each allow. Nothing is computed unless every study has a standard
    error.

    Args:
        estimates, variances: shape (k,); NaN is an unknown variance.
        facts: each with k rows.

    Raises:
        MethodError: as `meta_regression`, except ``singular``, which is a reason.
    """
    y = as_vector(estimates, "estimates")
    v = as_vector(variances, "variances", len(y))
    k = len(y)
    known = int((~np.isnan(v)).sum())
    if known < k:
        return LocalPrediction(None, why_not="no-standard-errors", n=known, of=k)
    if k < per_moderator:
        return LocalPrediction(None, why_not="too-few-studies", n=k, of=per_moderator)
    chosen: list[Fact] = []
    room = k // per_moderator
    for fact in facts:
        width = fact.studies.shape[1]
        if 0 < width <= room and _usable(fact):
            chosen.append(fact)
            room -= width
    if not chosen:
        return LocalPrediction(None, why_not="facts-unknown")
    columns = np.hstack([fact.studies for fact in chosen])
    names = [
        fact.name if fact.studies.shape[1] == 1 else f"{fact.name}:{column}"
        for fact in chosen
        for column in range(fact.studies.shape[1])
    ]
    try:
        model = meta_regression(y, v, columns, names)
    except MethodError as error:
        if error.code != "singular":
            raise
        return LocalPrediction(None, why_not="singular")
    prediction = predict(model, np.concatenate([fact.place for fact in chosen]))
    return LocalPrediction(prediction, tuple(fact.name for fact in chosen), model=model)


def _usable(fact: Fact) -> bool:
    if np.isnan(fact.place).any() or np.isnan(fact.studies).any():
        return False
    return bool((np.ptp(fact.studies, axis=0) > 0).all())
