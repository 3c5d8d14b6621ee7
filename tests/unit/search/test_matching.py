"""Which documents a query finds, and in which order."""

from __future__ import annotations

import datetime as dt
from functools import cache

import pytest

from alliance.search.expansion import language_of
from alliance.search.index import Index
from alliance.search.matching import MAX_LENGTH, parse
from alliance.search.tokens import words
from tests.factories.search import TODAY, document, found, ids, index_of, search

PATHS_FR = document("paths", "Pistes cyclables continues", language="fr")
HOMES_SV = document("homes", "Renovering av lägenheter i flerbostadshus", language="sv")
NET_SV = document("net", "Ett sammanhängande cykelvägnät", language="sv")
CHARGE = document(
    "charge",
    "A charge on cars",
    summary="Drivers pay to enter the inner city.",
    names={"en": ("Congestion charging", "Gothenburg"), "sv": ("Trängselskatt", "Göteborg")},
)
BUS = document("bus", "Free buses in a small town", summary="Fares were dropped in 2012.")


@cache
def usual() -> Index:
    return index_of(PATHS_FR, HOMES_SV, NET_SV, CHARGE, BUS)


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [
        ("cykelvägar", "sv", "paths"),
        ("cykel väg", "sv", "paths"),
        ("cycle path", "en", "paths"),
        ("pistes cyclables", "fr", "net"),
        ("lägenhetsrenovering", "sv", "homes"),
        ("flerbostadshusrenovering", "sv", "homes"),
        ("rénovation d'appartements", "fr", "homes"),
        ("goteborg", "en", "charge"),
        ("Göteborg", "fr", "charge"),
        ("péage urbain", "fr", "charge"),
        ("trangselskatt", "sv", "charge"),
    ],
)
def test_texts_are_found_across_languages_and_spellings(
    text: str, language: str, wanted: str
) -> None:
    assert wanted in search(usual(), text, language)


def test_words_pasted_from_another_language_are_understood() -> None:
    assert set(search(usual(), "cycle path", "sv")[:2]) == set(
        search(usual(), "cykelväg", "sv")[:2]
    )
    assert "bus" in search(usual(), "free buses", "fr")


def test_a_slip_is_mended_only_where_nothing_has_the_word() -> None:
    mended = found(usual(), "congetsion")
    assert ids(usual(), mended) == ["charge"]
    assert mended.expansion.corrections == [("congetsion", "congestion")]
    assert found(usual(), "bus").expansion.corrections == []
    # Four letters are too few to guess.
    assert found(usual(), "tovn").expansion.unmatched == ["tovn"]


def test_a_place_without_a_record_is_not_another_place() -> None:
    index = index_of(
        document("city", "Bologna", kind="city", names={"fr": ("Bologne",)}),
        document("speed", "30 km/h in Bologna", names={"en": ("Bologna",), "fr": ("Bologne",)}),
    )
    for typed, language in (("Cologne", "en"), ("Cologne", "fr"), ("Pologne", "fr")):
        result = found(index, typed, language)
        assert ids(index, result) == []
        assert result.expansion.corrections == []
        assert result.expansion.unmatched == [typed.lower()]
    mended = found(index, "Bolgna", "en")
    assert sorted(ids(index, mended)) == ["city", "speed"]
    assert mended.expansion.corrections == [("bolgna", "bologna")]


def test_words_that_go_with_any_subject_need_not_be_found() -> None:
    index = index_of(
        document("subject", "Household waste", summary="What is thrown away at home."),
        document("both", "Waste of households", summary="How to reduce it."),
        document("word", "A way to reduce, reduce and reduce", summary="Reduction of all."),
    )
    result = found(index, "reduce household waste")
    assert ids(index, result) == ["both", "subject"]
    assert result.full.sum() == 2
    # In another language, and where there is nothing else to go by.
    assert ids(index, found(index, "réduire les déchets ménagers", "fr"))[0] == "both"
    assert ids(index, found(index, "minska", "sv")) == ["word", "both"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("stop solo commuting", "en"),
        ("sluta ensamåka till jobbet", "sv"),
        ("arrêter l'autosolisme", "fr"),
    ],
)
def test_who_wants_the_end_of_something_seeks_nothing_that_was_stopped(
    text: str, language: str
) -> None:
    index = index_of(
        document("alone", "Nudges for people who drive alone to work"),
        document("bikes", "Shared bicycles, stopped", summary="Sold to commuters, then stopped."),
    )
    match = found(index, text, language)
    assert ids(index, match)[0] == "alone"
    assert "stopped-withdrawn" not in match.expansion.concepts


def test_the_words_of_a_phrase_are_found_in_other_languages_too() -> None:
    index = index_of(
        document("tax", "A tax on waste"),
        document("sort", "Waste sorting"),
        *(document(f"other-{number}", "A park") for number in range(5)),
    )
    result = found(index, "tri des déchets", "fr")
    assert ids(index, result) == ["sort", "tax"]
    assert result.full.sum() == 1


def test_a_kind_of_what_is_sought_stands_above_what_shares_a_word() -> None:
    index = index_of(
        document("blocks", "Renovation of apartment blocks"),
        document("homes", "Renovation of homes"),
        document("tyres", "Tyres on roads"),
        document("bins", "Bins for apartment blocks"),
    )
    result = found(index, "renovering flerbostadshus", "sv")
    assert ids(index, result)[:2] == ["blocks", "homes"]
    # A home need not be in such a block: the record has not all the words.
    assert [bool(result.full[row]) for row in range(index.size)].count(True) == 1


def test_what_is_sought_is_found_by_its_kinds_alone() -> None:
    index = index_of(document("tram", "A tram line"), document("bins", "Bins"))
    assert search(index, "transports en commun", "fr") == ["tram"]


def test_a_word_nobody_has_is_named_and_left_out() -> None:
    result = found(usual(), "free zyxwvut buses")
    assert result.expansion.unmatched == ["zyxwvut"]
    assert ids(usual(), result)[0] == "bus"
    assert search(usual(), "zyxwvut") == []


def test_records_that_have_all_terms_come_first() -> None:
    index = index_of(
        *(document(f"other-{number}", "A park") for number in range(20)),
        document("tolls", "Tolls tolls tolls tolls", summary="Tolls and tolls."),
        document("both", "A plan", summary="What came of tolls on the old harbour bridge."),
    )
    assert search(index, "tolls harbour") == ["both", "tolls"]


def test_the_title_counts_more_than_the_body() -> None:
    index = index_of(
        document("body", "A plan", summary="Something", body="It speaks of a ferry."),
        document("title", "A ferry", summary="Something", body="It speaks of a plan."),
    )
    assert search(index, "ferry") == ["title", "body"]


def test_a_solution_the_query_names_stands_above_its_cases() -> None:
    names = {"en": ("Superblocks",), "sv": ("Superkvarter",)}
    index = index_of(
        document("a-case", "Superblocks in Barcelona", names=names),
        document("z-solution", "Superblocks", kind="solution", names=names),
    )
    assert search(index, "superblocks")[0] == "z-solution"
    assert search(index, "superkvarter", "sv")[0] == "z-solution"


def test_a_case_is_found_by_what_its_solution_says() -> None:
    index = index_of(
        document("case", "Lund", facets={"solution": ("pricing",)}),
        document("pricing", "Pricing", kind="solution", summary="Drivers pay at a cordon."),
    )
    assert search(index, "cordon") == ["pricing", "case"]


def test_a_record_past_its_review_sinks() -> None:
    past, coming = TODAY - dt.timedelta(days=1), TODAY + dt.timedelta(days=1)
    index = index_of(
        document("a-stale", "Tram line", review_by=past),
        document("b-fresh", "Tram line", review_by=coming),
    )
    assert search(index, "tram") == ["b-fresh", "a-stale"]


def test_equal_records_stand_by_kind_and_id() -> None:
    index = index_of(document("b", "Tram"), document("a", "Tram"), document("c", "Tram"))
    assert search(index, "tram") == ["a", "b", "c"]


def test_phrases_are_exact_sequences_and_minus_excludes() -> None:
    index = index_of(
        document("phrase", "Public transport for free"),
        document("words", "Transport of goods, public and free"),
    )
    assert search(index, '"public transport"') == ["phrase"]
    assert search(index, "« public transport »") == ["phrase"]
    assert search(index, "transport -goods") == ["phrase"]
    assert search(index, 'transport -"public transport"') == ["words"]
    assert sorted(search(index, "-goods")) == ["phrase"]


def test_a_record_may_be_failed_at_in_words_its_text_lacks() -> None:
    index = index_of(
        document("failed", "Tram", facets={"outcome": ("did-not-work",), "reason": ("stopped",)}),
        document("worked", "Tram", facets={"outcome": ("worked",)}),
    )
    assert search(index, "tram misslyckades", "sv")[0] == "failed"
    assert search(index, "échec", "fr") == ["failed"]
    assert search(index, "abandoned") == ["failed"]


@pytest.mark.parametrize("text", ["", "   ", "🚲🚲", "AND OR -", '"" - ""', "\x00", "((*))", "—"])
def test_nothing_to_search_for_finds_everything(text: str) -> None:
    assert parse(text).is_empty
    assert len(search(usual(), text)) == usual().n


def test_a_long_text_is_cut_at_a_word() -> None:
    parsed = parse("cykelväg " * 1_200)
    assert parsed.was_cut
    assert set(parsed.words) == {"cykelväg"}
    assert len(parsed.words) <= MAX_LENGTH / len("cykelväg ") + 1
    assert parse("x" * 10_000).was_cut
    assert not parse("x" * MAX_LENGTH).was_cut


def test_an_empty_index_answers() -> None:
    empty = index_of()
    assert search(empty, "tram") == []
    assert search(empty, "") == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("how do we get people in our towns to take the bus", "en"),
        ("comment faire pour que les gens prennent vraiment le bus", "fr"),
        ("hur får vi folk i staden att verkligen ta bussen", "sv"),
        # In three languages at once, and in another than the reader's.
        ("how do we hur får vi folk comment faire bussen", "fr"),
        ("hur får vi folk i staden att verkligen ta bussen", "en"),
    ],
)
def test_a_spoken_sentence_is_a_search_for_its_subject(text: str, language: str) -> None:
    index = index_of(
        document("bus", "Bus lines"),
        document("talk", "People in towns really get things done", summary="We take our place."),
        document("folk", "Folk i staden", language="sv", summary="Verkligen."),
        document("gens", "Les gens vraiment", language="fr", summary="Prendre la place."),
    )
    result = found(index, text, language)
    assert ids(index, result) == ["bus"]
    assert result.expansion.unmatched == []


def test_words_of_talk_are_words_where_there_is_no_sentence() -> None:
    index = index_of(document("towns", "Cycling towns"), document("other", "Cycling"))
    assert search(index, "cycling towns")[0] == "towns"
    assert search(index, "towns") == ["towns"]
    assert len(search(index, "which towns are for cycling")) == 2


def test_a_rare_word_is_enough_where_nothing_else_is_found() -> None:
    index = index_of(
        document("ferry", "A harbour", body="Once it names a ferry."),
        *(document(f"{word}-{n}", word) for word in ("tram", "park", "roof") for n in range(3)),
        document("else", "Solar heat for deep renovation of schools"),
    )
    text = "ferry solar heat deep renovation schools"
    assert "else" in search(index, text)
    assert search(index, f"{text} -else -solar") == ["ferry"]


def test_nothing_has_all_where_a_word_is_in_no_record() -> None:
    result = found(usual(), "free zyxwvut buses")
    assert ids(usual(), result)[0] == "bus"
    assert result.full.any()
    assert not result.whole.any()
    assert found(usual(), "free buses").whole.any()
    # So it is with a phrase; the words of it still find what is near.
    phrase = found(usual(), '"buses of a town" free')
    assert ids(usual(), phrase)[0] == "bus"
    assert phrase.expansion.unmatched == ["buses of a town"]


def test_a_district_is_said_to_be_in_its_city() -> None:
    city = document(
        "goteborg", "Göteborg", kind="city", language="sv", body="Angered, Hammarkullen, Le Prado"
    )
    index = index_of(city, CHARGE)
    rows = found(index, "stadsdelen Angered", "sv").expansion.districts
    assert [(word, [index.identity(row) for row in cities]) for word, cities in rows] == [
        ("angered", [("city", "goteborg")])
    ]
    assert found(index, "Göteborg", "sv").expansion.districts == []
    # A small word of another language is no district.
    assert found(index, "bilar dans le centre", "sv").expansion.districts == []


def test_what_nobody_told_of_is_named_beside_what_it_is_a_kind_of() -> None:
    waste = document("waste", "Less household waste")
    expansion = found(index_of(waste, BUS), "matsvinnet", "sv").expansion
    assert expansion.unmatched == ["matsvinnet"]
    assert ids(index_of(waste, BUS), found(index_of(waste, BUS), "matsvinnet", "sv")) == ["waste"]


def test_a_word_that_only_carries_a_question_is_never_missed() -> None:
    assert found(usual(), "funkar gratis bussar", "sv").expansion.unmatched == []


def test_in_french_what_is_asked_of_a_thing_is_no_subject() -> None:
    walk = document("walk", "Marche à pied", language="fr")
    index = index_of(walk, BUS)
    asked = found(index, "est-ce que le bus gratuit marche", "fr")
    assert ids(index, asked) == ["bus"]
    assert "walk" in ids(index, found(index, "la marche en ville", "fr"))


def test_a_verb_is_found_with_its_particle_further_on() -> None:
    index = index_of(document("net", "Uppföljning av mål", language="sv"), BUS)
    asked = found(index, "hur följer andra städer upp om det blir bättre", "sv")
    assert ids(index, asked) == ["net"]
    assert not found(index, "hur följer alla andra stora städer upp", "sv").expansion.concepts


def test_a_word_among_small_ones_is_sought_as_their_phrase() -> None:
    index = index_of(
        document("kit", "A welcome kit for new residents, with a ticket for the bus"),
        document("depot", "The bus depot was moved"),
    )
    text = "what do we send to people who have just moved here so that they take the bus"
    assert search(index, text, "en")[0] == "kit"
    assert search(index, "moved", "en") == ["depot"]


def test_what_lies_near_in_all_words_is_found_where_little_else_is() -> None:
    slow = document("slow", "Trafiksäkerhet", language="sv")
    school = document("school", "Vandrande skolbuss", language="sv")
    others = (document(f"o{n}", f"Record {n}") for n in range(9))
    index = index_of(slow, school, BUS, *others)
    assert set(search(index, "skolvägen säkrare", "sv")) == {"school", "slow"}


def test_a_question_with_a_foreign_name_in_it_stays_in_the_language_of_its_words() -> None:
    assert language_of(words("funkar car sharing i Sverige"), "sv") == "sv"
    assert language_of(words("does car sharing work in Sweden"), "sv") == "en"
