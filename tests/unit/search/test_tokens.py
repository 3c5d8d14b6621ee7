"""Words, stems and tokens in three languages."""

from __future__ import annotations

import pytest

from alliance.search.tokens import bare, folded_tokens, is_stop_word, stem_token, words


def tokens(text: str, language: str) -> set[str]:
    return {stem_token(bare(word, language), language) for word in words(text) if word}


def test_units_and_numbers_become_one_word_each() -> None:
    assert words("CO₂, NO2 and PM2,5 at 30 km/h or 30km/h; 10,000 cars, 0,5 %") == [
        "co2", None, "no2", "and", "pm2.5", "at", "30", "kmh", "or", "30", "kmh", None, "10000",
        "cars", None, "0.5",
    ]  # fmt: skip


def test_a_phrase_ends_at_punctuation_but_not_at_a_hyphen() -> None:
    assert words("car-free streets (and squares)") == [
        "car",
        "free",
        "streets",
        None,
        "and",
        "squares",
    ]


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "cycling", "cycles"),
        ("en", "randomised", "randomized"),
        ("en", "neighbourhoods", "neighborhood"),
        ("en", "city’s", "city"),
        ("fr", "l'école", "écoles"),
        ("fr", "péages", "péage"),
        ("sv", "cykelvägarna", "cykelväg"),
        ("sv", "skolgator", "skolgata"),
        ("sv", "byggarbetsplatser", "byggarbetsplats"),
        ("sv", "insatser", "insats"),
        ("sv", "billigare", "billig"),
        ("sv", "området", "område"),
        ("sv", "avfallets", "avfall"),
        ("sv", "budgeten", "budget"),
        ("fr", "élèves", "eleve"),
    ],
)
def test_inflections_share_a_token(language: str, one: str, other: str) -> None:
    assert tokens(one, language) == tokens(other, language)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "segregation", "segregated"),
        ("en", "parking", "parks"),
        ("en", "heating", "heat"),
        ("en", "transit", "transition"),
        ("fr", "isolement", "isolation"),
        ("fr", "élève", "élevé"),
        ("fr", "marché", "marche"),
        ("fr", "stationnement", "station"),
        ("fr", "environnement", "environ"),
        ("sv", "billig", "bil"),
        ("sv", "fastighet", "fast"),
        ("sv", "viktig", "vikt"),
        ("sv", "byggarbetare", "byggarbete"),
    ],
)
def test_words_of_other_meaning_share_no_token(language: str, one: str, other: str) -> None:
    assert stem_token(one, language) != stem_token(other, language)


def test_a_word_that_loses_its_accents_does_not_become_another() -> None:
    assert folded_tokens("marché", "fr") == ()
    assert folded_tokens("fermées", "fr") == ()
    # "eleve" is no word: it stands for the pupil.
    assert stem_token("eleve", "fr") == stem_token("élève", "fr")


def test_swedish_keeps_its_letters_apart_but_offers_the_folded_word() -> None:
    assert stem_token("väg", "sv") != stem_token("vag", "sv")
    assert stem_token("vag", "sv") in folded_tokens("väg", "sv")
    assert stem_token("goteborg", "sv") in folded_tokens("göteborg", "sv")


def test_french_without_accents_meets_one_of_the_tokens_with_accents() -> None:
    for word, plain in (("mobilité", "mobilite"), ("élèves", "eleves"), ("gratuité", "gratuite")):
        with_accents = {stem_token(word, "fr"), *folded_tokens(word, "fr")}
        assert stem_token(plain, "fr") in with_accents


def test_a_word_with_a_digit_is_the_same_in_every_language() -> None:
    assert {stem_token("pm10", language) for language in ("en", "fr", "sv")} == {"x:pm10"}


def test_negations_are_no_stop_words() -> None:
    assert not is_stop_word("no", "en")
    assert not is_stop_word("sans", "fr")
    assert not is_stop_word("inte", "sv")
    assert is_stop_word("the", "en")
    assert is_stop_word("och", "sv")


def test_anything_gives_words_or_none() -> None:
    assert words("🚲🚲 -- \"'' \x00 …") == []
    assert words("自転車 道") == ["自転車", "道"]
