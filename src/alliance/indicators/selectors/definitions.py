"""Definitions with every version and its changes."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.indicators.models import DefinitionVersion

#: The fields of a version with their labels, in the order in which changes are listed.
FIELDS: dict[str, Promise] = {
    "text": _("definition"),
    "population": _("population covered"),
    "unit": _("machine-readable unit"),
    "unit_label": _("unit"),
    "direction": _("direction"),
    "scale": _("scale"),
    "counts_trait": _("small totals hidden"),
    "nature": _("type of figures"),
    "is_logarithmic": _("logarithmic scoring"),
    "lower_bound": _("poor end of the scoring scale"),
    "upper_bound": _("good end of the scoring scale"),
    "bounds_basis": _("reason for the two ends of the scoring scale"),
    "valid_min": _("lowest possible value"),
    "valid_max": _("highest possible value"),
    "decimals": _("decimal places"),
    "least_difference": _("smallest difference that counts"),
    "not_ranked_because": _("reason why the figures are not ranked"),
    "treatment": _("treatment of outliers"),
    "least_coverage": _("minimum share of cities with figures"),
    "sdg_targets": _("SDG targets"),
    "publisher": _("publisher"),
    "licence": _("licence"),
    "scope": _("cities covered"),
    "method_class": _("type of source"),
    "grade": _("grade for this type of source"),
    "dataset": _("publisher’s table"),
    "table_id": _("table code"),
    "dataset_url": _("link to the table"),
    "notes": _("caveats"),
}


#: A change of a version: the label of the field, its old and new value.
Change = tuple[Promise, str, str]


@dataclass(frozen=True)
class DefinitionShown:
    """A definition as of a time, with every version and its changes."""

    version: DefinitionVersion
    versions: tuple[tuple[DefinitionVersion, tuple[Change, ...]], ...]

    @property
    def pk(self) -> int:
        return self.version.definition_id

    @property
    def key(self) -> str:
        return self.version.definition.key

    @property
    def comparable_since(self) -> int:
        """The number of the first version whose figures compare with those of the last one."""
        breaks = (
            version.number for version, _changes in self.versions if version.breaks_comparison
        )
        return max(breaks, default=self.versions[0][0].number)


def definitions_of(
    indicators: Iterable[int], moment: dt.datetime | None
) -> dict[int, tuple[DefinitionShown, ...]]:
    """The definitions of indicators by the indicator's primary key, as known at `moment`.

    One query. Definitions without a version at that time are left out.
    """
    rows = DefinitionVersion.objects.filter(definition__indicator__in=list(indicators))
    if moment is not None:
        rows = rows.filter(recorded_at__lte=moment)
    versions: dict[int, list[DefinitionVersion]] = defaultdict(list)
    for row in rows.select_related("definition__recipe").order_by("definition__key", "number"):
        versions[row.definition_id].append(row)
    by_indicator: dict[int, list[DefinitionShown]] = defaultdict(list)
    for several in versions.values():
        history = tuple(
            (version, changes_between(before, version) if before else ())
            for before, version in zip([None, *several[:-1]], several, strict=True)
        )
        indicator = several[-1].definition.indicator_id
        by_indicator[indicator].append(DefinitionShown(several[-1], history))
    return {indicator: tuple(shown) for indicator, shown in by_indicator.items()}


def changes_between(before: DefinitionVersion, after: DefinitionVersion) -> tuple[Change, ...]:
    """The changes from `before` to `after`, field by field."""
    return tuple(
        (word, _as_text(getattr(before, name)), _as_text(getattr(after, name)))
        for name, word in FIELDS.items()
        if getattr(before, name) != getattr(after, name)
    )


def _as_text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
