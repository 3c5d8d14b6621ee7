"""The glossary: finding phrases in text, and the file that ships."""

from __future__ import annotations

import pytest

from alliance.search.glossary import Glossary, Span, glossary
from alliance.search.tokens import bare, is_stop_word, stem_token, words


def concepts(source: Glossary, text: str, language: str) -> list[str]:
    given = [None if word is None else bare(word, language) for word in words(text)]
    spans: list[Span] = source.spans(
        [None if word is None else stem_token(word, language) for word in given],
        [word is not None and is_stop_word(word, language) for word in given],
        language,
    )
    return [concept for span in spans for concept in span.concepts]


SMALL = Glossary(
    [
        {"concept": "path", "en": "cycle path|bike path", "fr": "piste cyclable", "sv": "cykelväg"},
        {"concept": "cycle", "en": "cycle|bike", "fr": "vélo", "sv": "cykel"},
        {"concept": "school-street", "en": "school street", "fr": "rue aux écoles", "sv": ""},
        {"concept": "success", "en": "what works", "fr": "", "sv": "det som fungerar"},
        {"concept": "same", "en": "bike path", "fr": "", "sv": ""},
    ]
)


def test_the_longest_phrase_wins_in_any_inflection() -> None:
    assert concepts(SMALL, "Cycle paths and bikes", "en") == ["path", "cycle"]
    assert concepts(SMALL, "des pistes cyclables", "fr") == ["path"]
    assert concepts(SMALL, "cykelvägarna", "sv") == ["path"]


def test_two_concepts_may_share_a_phrase() -> None:
    assert concepts(SMALL, "bike path", "en") == ["path", "same"]


def test_small_words_inside_do_not_count() -> None:
    assert concepts(SMALL, "la rue des écoles", "fr") == ["school-street"]


def test_a_phrase_that_small_words_would_shrink_is_found_whole_only() -> None:
    assert concepts(SMALL, "what works", "en") == ["success"]
    assert concepts(SMALL, "the works", "en") == []


def test_no_phrase_runs_over_a_full_stop() -> None:
    assert "path" not in concepts(SMALL, "cycle. path", "en")


def test_a_phrase_without_accents_is_found() -> None:
    assert concepts(SMALL, "rue aux ecoles", "fr") == ["school-street"]
    assert concepts(SMALL, "velo", "fr") == ["cycle"]


def test_words_that_go_with_any_subject_are_light() -> None:
    source = Glossary(
        [
            {"concept": "fewer", "en": "fewer", "fr": "", "sv": "", "weight": "0.4"},
            {"concept": "cars", "en": "car", "fr": "", "sv": "", "weight": ""},
            {"concept": "less-traffic", "en": "fewer cars", "fr": "", "sv": ""},
        ]
    )
    assert source.weight(["fewer"]) == 0.4
    assert source.weight(["cars"]) == source.weight(["fewer", "cars"]) == source.weight([]) == 1
    # Within a phrase the word is part of a subject.
    assert concepts(source, "fewer cars", "en") == ["less-traffic"]
    assert set(glossary().light) == {"reduce", "increase", "fewer", "save", "improve", "failure"}
    assert all(0 < weight < 1 for weight in glossary().light.values())


@pytest.mark.parametrize(
    ("concept", "english", "french", "swedish"),
    [
        ("reduce", "reduce", "réduire", "minska"),
        ("fewer", "fewer", "moins", "färre"),
        ("cheap", "cheap", "bon marché", "billig"),
        ("save", "save", "économiser", "spara"),
        ("construction-site", "construction site", "chantier", "byggarbetsplats"),
        ("waste-bin", "dustbin", "poubelle", "soptunna"),
        ("bottle", "bottle", "bouteille", "flaska"),
        ("pay-as-you-throw", "by weight", "au poids", "viktbaserad"),
        ("indicator", "dashboard", "tableau de bord", "instrumentpanel"),
        ("construction", "building works", "travaux", "byggarbeten"),
        ("displacement", "displaced", "déplacé", "trängas undan"),
        ("waste-sorting", "waste segregation", "tri des déchets", "sopsortering"),
        ("segregation", "segregation", "ségrégation", "segregation"),
        ("mortality", "dying", "morts", "döda"),
        ("social-isolation", "lonely", "isolement", "ensamma"),
    ],
)
def test_a_concept_has_its_words_in_three_languages(
    concept: str, english: str, french: str, swedish: str
) -> None:
    for text, language in ((english, "en"), (french, "fr"), (swedish, "sv")):
        assert concept in concepts(glossary(), text, language)


def test_a_segregated_cycle_track_is_not_segregation() -> None:
    assert "segregation" not in concepts(glossary(), "a segregated track for cycles", "en")


def test_the_glossary_that_ships_joins_the_three_languages() -> None:
    for text, language in (("cycle paths", "en"), ("pistes cyclables", "fr"), ("cykelvägar", "sv")):
        assert "cycle-path" in concepts(glossary(), text, language)
    assert all(set(names) == {"en", "fr", "sv"} for names in glossary().preferred.values())


def test_what_a_concept_is_a_kind_of_is_a_concept_and_never_itself() -> None:
    shipped = glossary()
    assert shipped.broader["tram"] == "public-transport"
    assert "tram" in shipped.narrower["public-transport"]
    for concept, wider in shipped.broader.items():
        assert {concept, wider} <= set(shipped.preferred)
        seen = {concept}
        while wider:
            assert wider not in seen, f"{concept} is a kind of itself"
            seen.add(wider)
            wider = shipped.broader.get(wider, "")
