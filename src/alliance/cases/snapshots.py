"""The whole public state of a case as plain JSON values, for versions, diffs and downloads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from alliance.cases.case_document import check_shape, plain
from alliance.cases.case_fields import (
    CLASSIFIED,
    OF_COST,
    OF_LISTS,
    OF_PLACE,
    OF_TEXTS,
    QUANTITIES,
    STORED,
    CaseField,
)
from alliance.cases.models import CaseStudy, CaseVersion

#: What a snapshot holds beside the document: who it is and where it stands.
OUTSIDE = frozenset({"id", "status", "licence"})
# What else a document holds: of a case that hides its city, and of the day to look at it again.
DOCUMENT_ONLY = frozenset({"is_masked", "review_by"})


def _part(record: Any, fields: Iterable[CaseField]) -> dict[str, Any]:
    values = {row.name: row.of(record) for row in fields}
    return {
        name: value.isoformat() if isinstance(value, dt.date) else value
        for name, value in values.items()
    }


def snapshot(case: CaseStudy) -> dict[str, Any]:
    """Everything a reader can see of a case. A key with null means "not recorded".

    Grades are left out: they are derived, and a change of a sibling case is no new version.
    """
    codes: dict[str, list[str]] = {row.scheme: [] for row in CLASSIFIED}
    for classification in case.classifications.all():
        codes[classification.scheme].append(classification.code)
    cost = _part(case, OF_COST)
    return {
        "id": case.public_id,
        "status": case.status,
        "licence": case.licence,
        **_part(case, (row for row in STORED if row.name not in DOCUMENT_ONLY)),
        "place": _part(case, OF_PLACE),
        "cost": None if cost["amount"] is None else cost,
        **{quantity.name: quantity.of(case) for quantity in QUANTITIES},
        **{row.name: codes[row.scheme] for row in CLASSIFIED},
        "texts": {
            text.language: {"status": text.status, **_part(text, OF_TEXTS)}
            for text in sorted(case.texts.all(), key=lambda text: text.language)
        },
        **{
            name: [_part(item, fields) for item in getattr(case, name).all()]
            for name, fields in OF_LISTS.items()
        },
    }


def document_of_version(version: CaseVersion) -> dict[str, Any]:
    """A published version as a document, without what only a draft holds."""
    document = {key: value for key, value in version.snapshot.items() if key not in OUTSIDE}
    return plain(check_shape(document))


def document_of(case: CaseStudy) -> dict[str, Any]:
    """A published case as a document, to start a change from."""
    content = {key: value for key, value in snapshot(case).items() if key not in OUTSIDE}
    if case.is_masked and case.masked_city is not None:
        content["place"] = {
            "name": case.masked_city.name,
            "name_fr": case.masked_city.name_fr,
            "name_sv": case.masked_city.name_sv,
            "country": case.masked_city.country,
            "city": case.masked_city.public_id,
        }
    beside = (row for row in STORED if row.name in DOCUMENT_ONLY)
    return plain(check_shape(content | _part(case, beside)))
