"""A case as schema.org has it: only what is recorded, and nothing that ends its script element."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json

from alliance.cases.citations import CitedCase, json_for_script, structured_data

CITED = CitedCase(
    public_id="lund-pricing",
    title="Pricing the roads of Lund",
    abstract="Drivers pay.\nTraffic fell.",
    language="en",
    publisher="Alliance for Urban Sustainability",
    url="https://example.org/en/cases/lund-pricing/",
    version="3",
    at=dt.date(2026, 11, 24),
    first_published=dt.date(2025, 2, 1),
    digest="0123456789abcdef" * 4,
    licence="CC-BY-4.0",
    place="Lund",
    country="SE",
    latitude=55.7,
    longitude=13.2,
    start_year=2019,
    end_year=None,
    keywords=("Mobility",),
    sources=(("Report", "https://example.org/report"),),
)


def test_structured_data_says_only_what_is_recorded():
    data = structured_data(CITED)
    assert data["@type"] == "Report"
    assert data["version"] == "3"
    assert data["temporalCoverage"] == "2019/.."
    assert data["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert data["spatialCoverage"]["address"]["addressCountry"] == "SE"
    nowhere = dataclasses.replace(
        CITED, country="ZZ", latitude=None, longitude=None, start_year=None, keywords=()
    )
    bare = structured_data(nowhere)
    assert "geo" not in bare["spatialCoverage"]
    assert "address" not in bare["spatialCoverage"]
    assert "temporalCoverage" not in bare
    assert "keywords" not in bare


def test_no_text_can_end_the_script_element():
    title = "</script><script>alert(1)</script> & <!-- \u2028"
    text = json_for_script(structured_data(dataclasses.replace(CITED, title=title)))
    assert "<" not in text
    assert ">" not in text
    assert "&" not in text
    assert json.loads(text)["name"] == title
