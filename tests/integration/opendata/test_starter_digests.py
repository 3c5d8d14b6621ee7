"""What the starter's cases say, wherever they are told whole, as digests of all of it.

They change with the words of the starter or of the pages, or with a field of a case, and with
nothing else.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import astuple

import pytest
from django.utils import translation

from alliance.cases.codebook import columns_of
from alliance.cases.completeness import completeness
from alliance.cases.exports import rows_of
from alliance.cases.models import CaseStudy
from alliance.cases.selectors.open_data import with_all_parts
from alliance.cases.selectors.snapshot_fields import fields_of
from alliance.cases.selectors.snapshot_names import names_for
from alliance.cases.snapshots import document_of, snapshot
from alliance.core.text import digest, jsonable
from alliance.knowledge.api.build import case_detail
from alliance.opendata.about import about
from alliance.opendata.text import csv_chunks, json_chunks

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 24)
#: The first digits of SHA-256; of a table that of its CSV and that of the rows of its JSON,
#: whatever the order of keys.
KNOWN = {
    "versions": "82267ccb3e026719",
    "documents": "fdeea9b8449f1fe0",
    "completeness": "7ac14c21c0380c23",
    "fields en": "00c1255da0351ceb",
    "fields sv": "cff2ac7d38d15786",
    "api": "a14bde3d31225004",
    "cases": ("b4556517cc1dcd40", "964870ce995280aa"),
    "effects": ("9eee6f39178803b4", "1562b500cce4f701"),
    "sources": ("c0ee911df66e9489", "07dfc0e042382b47"),
    "codebook": ("ce087a908673d0eb", "7ee30bebb2755f45"),
}
TABLES = ("cases", "effects", "sources")
# Set by the clock of the database, or worked out by the rule of evidence.
DERIVED = {
    "updated_at", "evidence", "evidence_points", "evidence_lines_met", "evidence_lines_unknown",
    "evidence_rule_version",
}  # fmt: skip


def _told(value: object) -> str:
    return digest(jsonable(value))[:16]


def _table(name: str) -> tuple[str, str]:
    columns = [column for column in columns_of(name) if column.name not in DERIVED]
    rows = [
        {key: value for key, value in row.items() if key not in DERIVED}
        for row in rows_of(name, DAY, nested=True)
        if name != "codebook" or row["table"] in TABLES
    ]
    as_json = json.loads(b"".join(json_chunks(about(name, "en"), name, columns, rows)))
    as_csv = b"".join(csv_chunks(columns, rows))
    return hashlib.sha256(as_csv).hexdigest()[:16], _told(as_json["rows"])


def test_what_is_told_of_the_starters_cases_is_what_it_was(starter: None) -> None:
    cases = list(with_all_parts(CaseStudy.objects.order_by("public_id")))
    states = [snapshot(case) for case in cases]
    documents = [document_of(case) for case in cases]
    found: dict[str, object] = {
        "versions": _told(states),
        "documents": _told(documents),
        "completeness": _told([astuple(completeness(one, "en")) for one in documents]),
    }
    for language in ("en", "sv"):
        with translation.override(language):
            names = names_for(states, language)
            found[f"fields {language}"] = _told(
                [[astuple(field) for field in fields_of(one, language, names)] for one in states]
            )
    details = [case_detail(case, "en") for case in cases]
    for one in details:
        one["current_version"] = one["current_version"].digest
    found["api"] = _told([{k: v for k, v in one.items() if k not in DERIVED} for one in details])
    for name in (*TABLES, "codebook"):
        found[name] = _table(name)
    assert found == KNOWN
