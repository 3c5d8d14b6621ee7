"""Search documents of indicators."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.db.models import Prefetch

from alliance.core.documents import Document
from alliance.indicators.models import DefinitionVersion, Indicator

KINDS = ("indicator",)
LANGUAGES = ("en", "fr", "sv")


def _indicator(indicator: Indicator) -> Iterator[Document]:
    """A document for each language, from the latest versions; untranslated texts are in English."""
    latest = [
        versions[-1]
        for definition in indicator.definitions.all()
        if (versions := list(definition.versions.all()))
    ]
    names = {
        language: (_localized_field(indicator, "name", language), indicator.code)
        for language in LANGUAGES
    }
    targets = sorted({target for version in latest for target in version.sdg_targets})
    for language in LANGUAGES:
        if language != "en" and not getattr(indicator, f"name_{language}"):
            continue
        texts = [_localized_field(version, "text", language) for version in latest]
        yield Document(
            kind="indicator",
            public_id=indicator.public_id,
            language=language,
            title=names[language][0],
            summary=texts[0] if texts else "",
            body="\n".join(
                [*texts[1:], *(_localized_field(version, "notes", language) for version in latest)]
            ),
            names=names,
            facets={"topic": ("indicators",)} | ({"sdg": tuple(targets)} if targets else {}),
            updated_at=indicator.updated_at,
        )


def _localized_field(record: Indicator | DefinitionVersion, field: str, language: str) -> str:
    return str(getattr(record, f"{field}_{language}", "") or getattr(record, field))


def documents(kind: str, public_ids: Collection[str] | None = None) -> Iterator[Document]:
    """The documents of all indicators, or of those in `public_ids` that exist."""
    indicators = Indicator.objects.prefetch_related(
        "definitions",
        Prefetch("definitions__versions", queryset=DefinitionVersion.objects.order_by("number")),
    )
    if public_ids is not None:
        indicators = indicators.filter(public_id__in=public_ids)
    for indicator in indicators.iterator(chunk_size=500):
        yield from _indicator(indicator)
