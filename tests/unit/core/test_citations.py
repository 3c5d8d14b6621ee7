"""Citations: every format holds version, digest and address, whatever characters a title has."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re

import pytest

from alliance.core.citations import Author, Citable, bibtex, csl, plain, ris

CITED = Citable(
    public_id="lund-pricing",
    title="Pricing the roads of Lund",
    abstract="Drivers pay.\nTraffic fell.",
    language="en",
    publisher="Alliance for Urban Sustainability",
    url="https://example.org/en/cases/lund-pricing/",
    version_url="https://example.org/en/cases/lund-pricing/versions/3/",
    version="3",
    at=dt.date(2026, 11, 24),
    digest="0123456789abcdef" * 4,
    licence="CC-BY-4.0",
    keywords=("Mobility",),
)
RUT = Author("Rut Åström", "0000-0002-1825-0097", is_person=True)
ANSWER = dataclasses.replace(
    CITED, authors=(RUT, Author("Umeå University")), version="", version_url="", digest=""
)


def test_plain_citation_names_version_digest_and_address():
    assert plain(CITED) == (
        "Alliance for Urban Sustainability (2026). Pricing the roads of Lund. Version 3 "
        "(SHA-256 0123456789ab…). https://example.org/en/cases/lund-pricing/"
    )


def test_a_title_that_ends_in_a_full_stop_gets_no_second_one():
    assert "Lund. Version" in plain(dataclasses.replace(CITED, title="Lund."))


def test_typographic_spaces_of_french_stay_in_every_format():
    title = "«\u00a0Zone à trafic limité\u00a0»\u202f: et après\u202f?"
    cited = dataclasses.replace(CITED, title=title.replace(" ", " \n"), abstract=title)
    assert f" {title} Version 3 " in plain(cited)
    assert f"\r\nTI  - {title}\r\n" in ris(cited) and f"AB  - {title}\r\n" in ris(cited)
    assert csl(cited)["title"] == csl(cited)["abstract"] == title


def test_bibtex_entry_is_balanced_and_complete():
    text = bibtex(CITED)
    assert text.startswith("@misc{lund-pricing-v3,\n")
    assert text.count("{") == text.count("}")
    assert "  title = {{Pricing the roads of Lund}},\n" in text
    assert "  year = {2026},\n" in text
    assert "SHA-256 0123456789ab" in text
    assert CITED.version_url in text


def test_a_key_has_no_sign_that_programs_stop_at():
    release = dataclasses.replace(CITED, version="2023 (2026-11-28)")
    assert bibtex(release).startswith("@misc{lund-pricing-v2023-2026-11-28,\n")
    assert csl(release)["id"] == "lund-pricing-v2023-2026-11-28"


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("50 % off & more", r"50 \% off \& more"),
        ("{braces} $5 #1 a_b", r"\{braces\} \$5 \#1 a\_b"),
        ("a\\b^c~d", r"a\textbackslash{}b\textasciicircum{}c\textasciitilde{}d"),
        ("two\nlines", "two lines"),
        ("cykelväg à Göteborg", "cykelväg à Göteborg"),
        ("«\u00a0Où\u202f?\u00a0»", r"«~Où\,?~»"),
        ("a } of {", r"a \textbraceright{} of \textbraceleft{}"),
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


def test_authors_are_named_with_their_orcid_and_the_publisher_beside() -> None:
    assert plain(ANSWER) == (
        "Rut Åström; Umeå University (2026). Pricing the roads of Lund. 24 November 2026. "
        "Alliance for Urban Sustainability. https://example.org/en/cases/lund-pricing/"
    )
    assert "  author = {Rut Åström and {Umeå University}},\n" in bibtex(ANSWER)
    assert "ORCID 0000-0002-1825-0097 (Rut Åström)" in bibtex(ANSWER)
    lines = ris(ANSWER, "DATA").split("\r\n")
    assert lines[:3] == ["TY  - DATA", "AU  - Rut Åström", "AU  - Umeå University"]
    assert not any(line.startswith(("ET", "L2")) for line in lines)
    assert csl(ANSWER)["author"] == [{"literal": "Rut Åström"}, {"literal": "Umeå University"}]


@pytest.mark.parametrize("name", ["Åström, Rut", "Rut and Siv", "{Rut}"])
def test_a_name_that_bibtex_would_take_apart_stays_whole(name: str) -> None:
    text = bibtex(dataclasses.replace(CITED, authors=(Author(name, is_person=name == "{Rut}"),)))
    assert text.count("{") == text.count("}")
    assert " and " not in text or "{Rut and Siv}" in text


def test_csl_has_the_parts_of_the_day_and_leaves_out_what_is_not_known() -> None:
    item = csl(CITED, "dataset")
    assert item["issued"] == {"date-parts": [[2026, 11, 24]]}
    assert (item["type"], item["version"]) == ("dataset", "3")
    assert CITED.digest in item["note"]
    assert "version" not in csl(ANSWER) and "abstract" in csl(ANSWER)


def test_a_text_with_line_ends_makes_no_field_of_ris() -> None:
    hostile = dataclasses.replace(CITED, title="A\r\nER  - \r\nTY  - JOUR", keywords=("a\nb",))
    text = ris(hostile)
    assert text.count("\r\nER  - ") == 1 and text.count("TY  - ") == 1
    assert "KW  - a b" in text
