"""The choices that define an index: treatment, scale, mean and coverage rules.

A `Method` is a value: equal methods and equal data give equal results.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from alliance.analysis.errors import MethodError

NAME = "composite"
VERSION = "1"

TREATMENTS = ("none", "winsorise-log")
NORMALISATIONS = ("fixed", "min-max", "z-score", "percentile-rank", "target")
AGGREGATIONS = ("arithmetic", "geometric", "harmonic", "generalised", "copeland")
IMPUTATIONS = ("none", "group-mean", "group-median")

#: Means that are not defined for scores of zero or less.
POSITIVE_ONLY = ("geometric", "harmonic")


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """The required coverage. All are shares in 0..1 except ``distinct``, a count.

    ``unit``: share of the indicators that a unit needs for an index; ``pillar``: the same within
    each pillar (an aggregate below the top that has indicators); ``node``: share of the weight of a
    node that the children present must carry; ``indicator``: share of the units that an indicator
    needs to be included; ``distinct``: number of distinct values that an indicator needs, 0 for no
    such rule. Shares of indicators count only observed values, never imputed ones.
    """

    unit: float = 0.8
    pillar: float = 0.5
    node: float = 0.5
    indicator: float = 0.65
    distinct: int = 0

    def __post_init__(self) -> None:
        for name in ("unit", "pillar", "node", "indicator"):
            share = getattr(self, name)
            if not _is_number(share) or not 0 <= share <= 1:
                raise MethodError(
                    "bad-coverage", f"{share!r} is no share between 0 and 1", f"coverage.{name}"
                )
        if isinstance(self.distinct, bool) or not isinstance(self.distinct, int):
            raise MethodError("bad-coverage", "must be a whole number", "coverage.distinct")
        if self.distinct < 0:
            raise MethodError("bad-coverage", "must be 0 or more", "coverage.distinct")


@dataclass(frozen=True, kw_only=True)
class Method:
    """All choices of an index.

    ``treat``, ``normalise``, ``aggregate`` and ``impute`` are one of the names above. ``winmax`` is
    the maximum number of cells to winsorise in an indicator. ``range`` has the ends of the score
    scale and does not apply to z-scores, whose mean and standard deviation are ``mean_sd``.
    ``power`` is the exponent of the generalised mean.
    """

    treat: str = "none"
    winmax: int = 5
    normalise: str = "fixed"
    range: tuple[float, float] = (0.0, 100.0)
    mean_sd: tuple[float, float] = (0.0, 1.0)
    aggregate: str = "arithmetic"
    power: float = 1.0
    impute: str = "none"
    coverage: Coverage = field(default_factory=Coverage)

    def __post_init__(self) -> None:
        for name, allowed in (
            ("treat", TREATMENTS),
            ("normalise", NORMALISATIONS),
            ("aggregate", AGGREGATIONS),
            ("impute", IMPUTATIONS),
        ):
            if getattr(self, name) not in allowed:
                raise MethodError(
                    "unknown-choice",
                    f"{getattr(self, name)!r} is none of {', '.join(allowed)}",
                    f"method.{name}",
                )
        if isinstance(self.winmax, bool) or not isinstance(self.winmax, int) or self.winmax < 1:
            raise MethodError("bad-winmax", "must be a whole number from 1 on", "method.winmax")
        for name in ("range", "mean_sd"):
            object.__setattr__(self, name, _pair(getattr(self, name), f"method.{name}"))
        if not self.range[0] < self.range[1]:
            raise MethodError("bad-range", "the first end must be the lower one", "method.range")
        if not self.mean_sd[1] > 0:
            raise MethodError(
                "bad-range", "the standard deviation must be above 0", "method.mean_sd"
            )
        if not _is_number(self.power) or self.power == 0:
            raise MethodError(
                "bad-power",
                "must be a number other than 0 (0 is the geometric mean)",
                "method.power",
            )

    @property
    def needs_positive(self) -> bool:
        """Whether the mean is undefined for scores of zero or less."""
        return self.aggregate in POSITIVE_ONLY or (
            self.aggregate == "generalised" and self.power != 1
        )

    def as_dict(self) -> dict[str, Any]:
        """The method as plain values, with its name and version, for files and manifests."""
        choices = asdict(self)
        choices["range"] = list(self.range)
        choices["mean_sd"] = list(self.mean_sd)
        return {"name": NAME, "version": VERSION, **choices}


def method_from(choices: Mapping[str, Any]) -> Method:
    """A method from the keys of a configuration file.

    ``coverage`` may be a table with the names of `Coverage`, or a number: the share of the
    indicators that a unit needs. The other shares then have their defaults, but at most that
    number, so that 0 turns every rule off.

    Raises:
        MethodError: ``unknown-key``, ``unknown-choice``, ``bad-winmax``, ``bad-range``,
            ``bad-power``, ``bad-coverage`` with the key.
    """
    known = set(Method.__dataclass_fields__)
    for key in choices:
        if key not in known:
            raise MethodError(
                "unknown-key", f"{key!r} is none of {', '.join(sorted(known))}", f"method.{key}"
            )
    values = dict(choices)
    if "coverage" in values:
        values["coverage"] = _coverage(values["coverage"])
    return Method(**values)


def _coverage(value: Any) -> Coverage:
    if isinstance(value, Coverage):
        return value
    if isinstance(value, Mapping):
        known = set(Coverage.__dataclass_fields__)
        for key in value:
            if key not in known:
                raise MethodError(
                    "unknown-key",
                    f"{key!r} is none of {', '.join(sorted(known))}",
                    f"coverage.{key}",
                )
        return Coverage(**value)
    if not _is_number(value):
        raise MethodError("bad-coverage", "must be a share or a table", "method.coverage")
    usual = Coverage()
    return Coverage(
        unit=value,
        pillar=min(usual.pillar, value),
        node=min(usual.node, value),
        indicator=min(usual.indicator, value),
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _pair(value: Any, where: str) -> tuple[float, float]:
    if isinstance(value, str) or not hasattr(value, "__len__") or len(value) != 2:
        raise MethodError("bad-range", "must be two numbers", where)
    if not all(_is_number(end) for end in value):
        raise MethodError("bad-range", "must be two numbers", where)
    return float(value[0]), float(value[1])
