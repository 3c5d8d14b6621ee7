"""The indicators as datasets of the data catalogue."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Max, Min
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.indicators.exports.dcat import DISTRIBUTIONS, CatalogueEntry, DatasetEntry
from alliance.indicators.models import Indicator, Observation
from alliance.indicators.values import VersionLine, versions_at
from alliance.network.api.common import api_address, names_of, page_address

_LANGUAGES = ("en", "fr", "sv")


def catalogue_entries() -> tuple[CatalogueEntry, list[DatasetEntry]]:
    """The catalogue and its datasets, in three queries."""
    lines: dict[int, list[VersionLine]] = {}
    for line in versions_at(None).values():
        lines.setdefault(line.version.definition.indicator_id, []).append(line)
    spans: dict[int, Any] = {
        row["series__definition__indicator"]: row
        for row in Observation.objects.filter(superseded_at=None)
        .order_by()
        .values("series__definition__indicator")
        .annotate(first=Min("year"), last=Max("year"), newest=Max("recorded_at"))
    }
    datasets = []
    for indicator in Indicator.objects.order_by("code"):
        own, span = lines.get(indicator.pk, []), spans.get(indicator.pk) or {}
        address = page_address("indicators:indicator", "en", indicator.public_id)
        datasets.append(
            DatasetEntry(
                identifier=indicator.public_id,
                page=address,
                data={
                    form: api_address(f"figures.{form}?indicator={indicator.public_id}")
                    for form in DISTRIBUTIONS
                },
                names=names_of(indicator),
                descriptions={language: _described(own, language) for language in _LANGUAGES},
                publishers=tuple(sorted({line.version.publisher for line in own})),
                licences=tuple(sorted({line.version.licence for line in own})),
                modified=span.get("newest"),
                first_year=span.get("first"),
                last_year=span.get("last"),
                sdg_targets=tuple(
                    sorted({code for line in own for code in line.version.sdg_targets})
                ),
            )
        )
    return _catalogue(), datasets


def _described(lines: list[VersionLine], language: str) -> str:
    texts = []
    for line in sorted(lines, key=lambda line: line.version.definition.key):
        version = line.version
        text = {"fr": version.text_fr, "sv": version.text_sv}.get(language) or version.text
        texts.append(f"{version.definition.key}: {text}")
    return "\n".join(texts)


def _catalogue() -> CatalogueEntry:
    names, descriptions = {}, {}
    for language in _LANGUAGES:
        with translation.override(language):
            names[language] = f"{settings.NETWORK_NAME}: {_('indicators of cities')}"
            descriptions[language] = _(
                "The common set of indicators of sustainable urban development, with the source, "
                "status and licence of every figure."
            )
    return CatalogueEntry(
        address=api_address("catalogue.ttl"),
        home=f"{settings.BASE_URL}/",
        network=settings.NETWORK_NAME,
        names=names,
        descriptions=descriptions,
        structure=api_address("figures/structure.xml"),
        schema=api_address("figures/schema.json"),
    )
