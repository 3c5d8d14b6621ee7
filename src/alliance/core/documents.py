"""What an app publishes to the search index: one document for each record and language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Document:
    """A record as it is indexed in one language.

    `title`, `summary`, `body` are in `language`. `names` holds names in any language by which the
    record must be found (its solution, its place). `facets` maps a filter key to the codes that
    apply; a missing key means "not known", never "no".
    """

    kind: str
    public_id: str
    language: str
    title: str
    summary: str
    body: str = ""
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    outcome: str | None = None
    evidence: int | None = None
    year: int | None = None
    review_by: dt.date | None = None
    updated_at: dt.datetime | None = None
    latitude: float | None = None
    longitude: float | None = None
    extra: Mapping[str, object] = field(default_factory=dict)
