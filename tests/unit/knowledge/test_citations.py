"""Citations: every format holds version, digest and address, whatever characters a title has."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re

import pytest

from alliance.knowledge.citations import (
    Citable,
    bibtex,
    json_for_script,
    plain,
    ris,
    structured_data,
)

CITED = Citable(
    public_id="lund-pricing",
    title="Pricing the roads of Lund",
    abstract="Drivers pay.\nTraffic fell.",
    language="en",
    publisher="Alliance for Urban Sustainability",
    url="https://example.org/en/cases/lund-pricing/",
    version_url="https://example.org/en/cases/lund-pricing/versions/3/",
    version=3,
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


def test_plain_citation_names_version_digest_and_address():
    assert plain(CITED) == (
        "Alliance for Urban Sustainability (2026). Pricing the roads of Lund. Version 3 "
        "(SHA-256 0123456789ab…). https://example.org/en/cases/lund-pricing/"
    )


def test_a_title_that_ends_in_a_full_stop_gets_no_second_one():
    assert "Lund. Version" in plain(dataclasses.replace(CITED, title="Lund."))


def test_bibtex_entry_is_balanced_and_complete():
    text = bibtex(CITED)
    assert text.startswith("@misc{lund-pricing-v3,\n")
    assert text.count("{") == text.count("}")
    assert "  title = {{Pricing the roads of Lund}},\n" in text
    assert "  year = {2026},\n" in text
    assert "SHA-256 0123456789ab" in text
    assert CITED.version_url in text


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("50 % off & more", r"50 \% off \& more"),
        ("{braces} $5 #1 a_b", r"\{braces\} \$5 \#1 a\_b"),
        ("a\\b^c~d", r"a\textbackslash{}b\textasciicircum{}c\textasciitilde{}d"),
        ("two\nlines", "two lines"),
        ("cykelväg à Göteborg", "cykelväg à Göteborg"),
    ],
)
def test_bibtex_escapes_what_tex_would_read(given: str, written: str):
    assert f"title = {{{{{written}}}}}," in bibtex(dataclasses.replace(CITED, title=given))


def test_ris_record_has_one_field_a_line_and_ends():
    lines = ris(CITED).split("\r\n")
    assert lines[0] == "TY  - RPRT"
    assert lines[-2:] == ["ER  - ", ""]
    assert all(re.match(r"^[A-Z][A-Z0-9]  - ", line) for line in lines[:-1])
    assert "AB  - Drivers pay. Traffic fell." in lines
    assert f"N1  - SHA-256 {CITED.digest}; CC-BY-4.0" in lines


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
