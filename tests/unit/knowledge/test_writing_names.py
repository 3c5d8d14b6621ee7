"""A name in any of the three languages leads to one record, or the page asks which."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from alliance.writing.selectors.drafts_names import Name, NameList

UNITS = NameList(
    "sv",
    (
        Name("percent change", {"en": "percent change", "sv": "procentuell förändring"}, ("%",)),
        Name("percent of trips", {"en": "percent of trips", "sv": "procent av resorna"}, ("%",)),
        Name("trips", {"en": "trips", "sv": "resor", "fr": "trajets"}),
        Name("rides", {"en": "rides", "sv": "resor", "fr": "courses"}),
        Name("people", {"en": "people", "sv": "", "fr": "personnes"}),
    ),
)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", ""),
        ("procentuell förändring", "percent change"),
        ("Procentuell  forandring", "percent change"),
        ("percent change", "percent change"),
        ("trajets", "trips"),
        ("resor (rides)", "rides"),
        ("people", "people"),
    ],
)
def test_a_name_is_found_in_any_language_without_case_and_accents(text, key):
    assert UNITS.find(text) == key


def test_two_of_one_name_are_told_apart_by_the_english_one():
    assert UNITS.label("trips") == "resor (trips)"
    assert UNITS.label("people") == "people"
    assert UNITS.label("gone") == "gone"


@pytest.mark.parametrize(
    ("text", "start", "names"),
    [
        ("%", "“%” matches more than one entry", ("procentuell förändring", "procent av resorna")),
        ("resor", "“resor” matches more than one entry", ("resor (trips)", "resor (rides)")),
        ("procent resorna", "“procent resorna” is not in the list", ("procent av resorna",)),
    ],
)
def test_what_fits_several_or_none_lists_the_candidates(text, start, names):
    with translation.override("en"), pytest.raises(ValidationError) as caught:
        UNITS.find(text)
    assert caught.value.message.startswith(start)
    for name in names:
        assert name in caught.value.message


def test_what_is_like_nothing_is_said_to_be_in_no_list():
    with translation.override("en"), pytest.raises(ValidationError) as caught:
        UNITS.find("furlongs")
    assert caught.value.message == "“furlongs” is not in the list."


def test_a_new_word_stays_as_it_was_written_and_one_that_fits_several_is_asked_about():
    assert UNITS.find_or_new("  furlongs  a day ") == "furlongs a day"
    assert UNITS.find_or_new("trajets") == "trips"
    assert UNITS.find_or_new("") == ""
    with pytest.raises(ValidationError):
        UNITS.find_or_new("%")


def test_every_label_names_its_own_record():
    for key, label in UNITS.labels.items():
        assert UNITS.find(label) == key
