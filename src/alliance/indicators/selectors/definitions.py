"""Definitions with every version and what each changed."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.indicators.models import DefinitionVersion

#: The fields of a version, each with its word, in the order in which a change is told.
FIELDS: dict[str, Promise] = {
    "text": _("what is counted"),
    "population": _("of whom or what"),
    "unit": _("unit for machines"),
    "unit_label": _("unit"),
    "direction": _("direction"),
    "scale": _("scale"),
    "counts_trait": _("small totals hidden"),
    "nature": _("kind of figures"),
    "is_logarithmic": _("scored by logarithm"),
    "lower_bound": _("poor end of the scale of scores"),
    "upper_bound": _("good end of the scale of scores"),
    "bounds_basis": _("why these ends"),
    "valid_min": _("least possible value"),
    "valid_max": _("greatest possible value"),
    "decimals": _("decimals"),
    "least_difference": _("least difference that counts"),
    "not_ranked_because": _("why it is not ranked"),
    "treatment": _("treatment of outliers"),
    "least_coverage": _("least share of cities"),
    "sdg_targets": _("SDG targets"),
    "publisher": _("publisher"),
    "licence": _("licence"),
    "scope": _("whose cities"),
    "method_class": _("kind of source"),
    "grade": _("grade of that kind of source"),
    "dataset": _("the publisher's table"),
    "table_id": _("code of the table"),
    "dataset_url": _("address of the table"),
    "notes": _("doubts"),
}


#: What a version says otherwise than the one before: the word of the field, before and after.
Change = tuple[Promise, str, str]


@dataclass(frozen=True)
class DefinitionShown:
    """A definition as it stands at a moment, with every version and what each changed."""

    version: DefinitionVersion
    versions: tuple[tuple[DefinitionVersion, tuple[Change, ...]], ...]

    @property
    def pk(self) -> int:
        return self.version.definition_id

    @property
    def key(self) -> str:
        return self.version.definition.key


def definitions_of(
    indicators: Iterable[int], moment: dt.datetime | None
) -> dict[int, tuple[DefinitionShown, ...]]:
    """The definitions of indicators by the indicator's primary key, as known at `moment`.

    One query. A definition that had no version yet is left out.
    """
    rows = DefinitionVersion.objects.filter(definition__indicator__in=list(indicators))
    if moment is not None:
        rows = rows.filter(recorded_at__lte=moment)
    versions: dict[int, list[DefinitionVersion]] = defaultdict(list)
    for row in rows.select_related("definition__recipe").order_by("definition__key", "number"):
        versions[row.definition_id].append(row)
    found: dict[int, list[DefinitionShown]] = defaultdict(list)
    for several in versions.values():
        told = tuple(
            (one, changes_between(before, one) if before else ())
            for before, one in zip([None, *several[:-1]], several, strict=True)
        )
        indicator = several[-1].definition.indicator_id
        found[indicator].append(DefinitionShown(several[-1], told))
    return {indicator: tuple(shown) for indicator, shown in found.items()}


def changes_between(before: DefinitionVersion, after: DefinitionVersion) -> tuple[Change, ...]:
    """What `after` says otherwise than `before`, field by field."""
    return tuple(
        (word, _as_text(getattr(before, name)), _as_text(getattr(after, name)))
        for name, word in FIELDS.items()
        if getattr(before, name) != getattr(after, name)
    )


def _as_text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
