"""Definitions as pages tell them, with every version and what each changed."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.indicators.models import DefinitionVersion
from alliance.network.localise import Localised, localised_field

#: The fields of a version, each with its word, in the order in which a change is told.
FIELDS: dict[str, Promise] = {
    "text": _("what is counted"),
    "unit": _("unit for machines"),
    "unit_label": _("unit"),
    "direction": _("direction"),
    "scale": _("scale"),
    "nature": _("kind of figures"),
    "is_logarithmic": _("scored by logarithm"),
    "lower_bound": _("poor end of the scale of scores"),
    "upper_bound": _("good end of the scale of scores"),
    "bounds_basis": _("why these ends"),
    "target": _("target"),
    "target_year": _("year of the target"),
    "target_basis": _("why this target"),
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
    "notes": _("doubts"),
}


@dataclass(frozen=True)
class Change:
    """One field that a version says otherwise than the one before."""

    field: Promise
    before: str
    after: str


@dataclass(frozen=True)
class VersionShown:
    """A version with what it changed; `changes` is empty for the first."""

    number: int
    recorded_at: dt.datetime
    reason: str
    breaks_comparison: bool
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class DefinitionShown:
    """A definition as it stands at a moment, in the reader's language where that is recorded."""

    pk: int
    key: str
    version: DefinitionVersion
    text: Localised
    unit: Localised
    bounds_basis: Localised
    target_basis: Localised
    notes: Localised
    not_ranked_because: Localised
    versions: tuple[VersionShown, ...]

    @property
    def comparable_since(self) -> int:
        """The first version whose figures compare with those of the one that holds."""
        return max((one.number for one in self.versions if one.breaks_comparison), default=1)


def definitions_of(
    indicators: Iterable[int], language: str, moment: dt.datetime | None
) -> dict[int, tuple[DefinitionShown, ...]]:
    """The definitions of indicators by the indicator's primary key, as known at `moment`.

    One query. A definition that had no version yet is left out.
    """
    rows = DefinitionVersion.objects.filter(definition__indicator__in=list(indicators))
    if moment is not None:
        rows = rows.filter(recorded_at__lte=moment)
    versions: dict[int, list[DefinitionVersion]] = defaultdict(list)
    for row in rows.select_related("definition").order_by("definition__key", "number"):
        versions[row.definition_id].append(row)
    found: dict[int, list[DefinitionShown]] = defaultdict(list)
    for several in versions.values():
        definition = several[-1].definition
        found[definition.indicator_id].append(_shown(several, language))
    return {indicator: tuple(shown) for indicator, shown in found.items()}


def _shown(versions: list[DefinitionVersion], language: str) -> DefinitionShown:
    latest = versions[-1]
    return DefinitionShown(
        pk=latest.definition_id,
        key=latest.definition.key,
        version=latest,
        text=localised_field(latest, "text", language),
        unit=localised_field(latest, "unit_label", language),
        bounds_basis=localised_field(latest, "bounds_basis", language),
        target_basis=localised_field(latest, "target_basis", language),
        notes=localised_field(latest, "notes", language),
        not_ranked_because=localised_field(latest, "not_ranked_because", language),
        versions=tuple(
            VersionShown(
                number=one.number,
                recorded_at=one.recorded_at,
                reason=one.reason,
                breaks_comparison=one.breaks_comparison,
                changes=changes_between(before, one) if before else (),
            )
            for before, one in zip([None, *versions[:-1]], versions, strict=True)
        ),
    )


def changes_between(before: DefinitionVersion, after: DefinitionVersion) -> tuple[Change, ...]:
    """What `after` says otherwise than `before`, field by field."""
    return tuple(
        Change(word, _as_text(getattr(before, name)), _as_text(getattr(after, name)))
        for name, word in FIELDS.items()
        if getattr(before, name) != getattr(after, name)
    )


def _as_text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
