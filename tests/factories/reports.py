"""Reports that were not built from records: for pages, rights and what waits."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from alliance.core.files import write_whole
from alliance.network.enums import OrganisationKind
from alliance.network.models import City, Organisation
from alliance.reports.models import Report, ReportEdition
from alliance.reports.services.reports import folder
from tests.factories.people import NOW

FILES = ("report-en.pdf", "report-fr.pdf", "report-sv.pdf", "annex.zip")


def content(language: str) -> dict[str, Any]:
    """What a report says that has one chapter with one line."""
    line = {
        "text": {"value": "Traffic fell.", "lang": ""},
        "label": {"value": "", "lang": ""},
        "url": "",
        "note": "",
        "code": "",
        "at": "p1",
        "cites": [{"n": 1, "label": "1", "url": "https://example.org/1"}],
    }
    return {
        "language": language,
        "title": "Lund",
        "lead": "What it tried.",
        "kicker": "Report",
        "network": "Network",
        "address": "https://example.org/report",
        "stand": "Records of today",
        "version": "Edition 1",
        "figures": [{"label": "Cases", "value": "1"}],
        "summary": [line],
        "opening": [],
        "credits": [],
        "about": ["Made for a test."],
        "chapters": [
            {"code": "actions", "title": "Tried", "blocks": [{"type": "items", "lines": [line]}]}
        ],
        "records": [
            {
                "n": 1,
                "code": "case",
                "id": "lund",
                "kind": "case",
                "title": {"value": "Pricing", "lang": ""},
                "url": "https://example.org/1",
                "said": "version 1",
            }
        ],
        "words": {
            name: name
            for name in (
                "summary", "contents", "about", "credits", "records", "records_note", "colon",
            )
        },
    }  # fmt: skip


def make_example_report() -> None:
    """The report of a city, for the description of the API."""
    team = Organisation.objects.filter(kind=OrganisationKind.MUNICIPALITY).order_by("public_id")[0]
    assert team.city is not None
    made = make_report(team.city.public_id, team, NOW)
    Report.objects.filter(pk=made.pk).update(public_id="example-report")


def make_report(city: str, team: Organisation, at: dt.datetime) -> Report:
    """The report of a city with an edition that is published, and one that is built."""
    report = Report.objects.create(
        kind="city",
        city=City.objects.get(public_id=city),
        organisation=team,
        language="en",
        made_at=at,
    )
    for number, state in ((1, "published"), (2, "built")):
        edition = ReportEdition(
            report=report,
            number=number,
            as_of=at.date(),
            state=state,
            progress=100,
            content={language: content(language) for language in ("en", "fr", "sv")},
            files={name: hashlib.sha256(name.encode()).hexdigest() for name in FILES},
            asked_at=at,
            built_at=at,
            published_at=at if state == "published" else None,
        )
        edition.save()
        for name in FILES:
            write_whole(folder(edition) / edition.files[name], name.encode())
    return report
