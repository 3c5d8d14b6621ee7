"""Which text a reader gets, and what is said about it."""

from __future__ import annotations

import pytest

from alliance.cases.models import CaseStudy, CaseText, Measure, Unit
from alliance.cases.selectors.localise import (
    chosen_text,
    country_name,
    local_name,
    local_place,
    local_symbol,
)
from alliance.core.text import first_sentence


def _text(language: str, status: str = "original", revision: int = 1, source: int | None = None):
    return CaseText(language=language, status=status, revision=revision, source_revision=source)


def test_the_page_language_comes_first():
    found = chosen_text([_text("en"), _text("sv", "reviewed", source=1)], "sv")
    assert found.language == "sv"
    assert found.is_translation
    assert found.is_reviewed
    assert not found.is_fallback
    assert found.lang_attr == ""
    assert found.original_language == "en"


def test_without_it_the_original_is_shown_and_named():
    found = chosen_text([_text("fr"), _text("en", "translated", source=1)], "sv")
    assert found.language == "fr"
    assert found.is_fallback
    assert found.lang_attr == "fr"
    assert not found.is_translation


@pytest.mark.parametrize(("source", "behind"), [(3, 0), (2, 1), (1, 2), (None, None)])
def test_a_translation_says_how_far_it_is_behind(source: int | None, behind: int | None):
    found = chosen_text([_text("en", revision=3), _text("sv", "translated", source=source)], "sv")
    assert found.edits_behind == behind
    assert found.stale == bool(behind)


def test_a_record_without_text_is_an_error():
    with pytest.raises(LookupError):
        chosen_text([], "en")


def test_names_fall_back_to_the_recorded_one():
    measure = Measure(name="traffic volume", name_sv="trafikvolym")
    assert local_name(measure, "sv") == "trafikvolym"
    assert local_name(measure, "fr") == "traffic volume"
    assert local_symbol(Unit(name="homes", name_fr="logements"), "fr") == "logements"
    assert local_symbol(Unit(name="percent change", symbol="%"), "fr") == "%"
    assert local_place(CaseStudy(place_name="Milan", place_name_sv="Milano"), "sv") == "Milano"
    assert local_place(CaseStudy(place_name="Milan"), "sv") == "Milan"


@pytest.mark.parametrize(
    ("code", "language", "name"),
    [
        ("SE", "en", "Sweden"),
        ("SE", "fr", "Suède"),
        ("KR", "sv", "Sydkorea"),
        ("GB", "sv", "Storbritannien"),
        ("EU", "en", "several European countries"),
        ("ZZ", "en", "country not known"),
        ("QQ", "en", "QQ"),
    ],
)
def test_countries_have_names(code: str, language: str, name: str):
    assert country_name(code, language) == name


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("One thing. Another thing.", "One thing."),
        ("Only one", "Only one"),
        ("It fell by 1.2 °C. Later more.", "It fell by 1.2 °C."),
        ("St. Albans paid e.g. Barclays. Then it stopped.", "St. Albans paid e.g. Barclays."),
        ("Was it worth it? 12 towns say so.", "Was it worth it?"),
        ("The plan of J. Smith failed. It did.", "The plan of J. Smith failed."),
        ("", ""),
    ],
)
def test_the_first_sentence_ends_where_a_sentence_ends(text: str, first: str):
    assert first_sentence(text) == first
