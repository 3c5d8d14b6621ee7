"""What a prerequisite is about, by words that may mislead."""

from __future__ import annotations

import pytest

from alliance.testbeds.fit.kinds import Need, need_of, need_of_all


@pytest.mark.parametrize(
    ("words", "need"),
    [
        ("legal right to charge", Need.LAW),
        ("municipal building powers", Need.LAW),
        ("Council leadership and funds", Need.BUDGET),
        ("public or regulated ownership", Need.OWNERSHIP),
        ("Local installers", Need.SKILLS),
        ("Trained staff and volunteers", Need.SKILLS),
        # Words that look like a kind and are none.
        ("power supply and filter service", Need.NOT_SORTED),
        ("room to add capacity", Need.NOT_SORTED),
        ("Outcomes as well as costs", Need.NOT_SORTED),
        ("Fundamental change of habits", Need.NOT_SORTED),
        ("Lawns that are mown", Need.NOT_SORTED),
        ("Training ground", Need.SKILLS),
        ("Train stations nearby", Need.NOT_SORTED),
        ("Permission is granted by nobody", Need.NOT_SORTED),
        ("Real problem owner", Need.NOT_SORTED),
        ("Residents take ownership of the project", Need.NOT_SORTED),
        ("Rules on data and ownership", Need.NOT_SORTED),
        ("A budget for trained staff", Need.NOT_SORTED),
        ("Patience", Need.NOT_SORTED),
        ("", Need.NOT_SORTED),
    ],
)
def test_english(words, need):
    assert need_of(words, "en") == need


@pytest.mark.parametrize(
    ("words", "need"),
    [
        ("Loi nationale", Need.LAW),
        ("Compétences de la commune en matière de construction", Need.LAW),
        ("Compétences pour évaluer les offres", Need.SKILLS),
        ("Agents et bénévoles formés", Need.SKILLS),
        ("Personnel formé", Need.SKILLS),
        ("Protection des données personnelles", Need.NOT_SORTED),
        ("Une équipe prête à commencer", Need.NOT_SORTED),
        ("Prêts bonifiés pour les ménages", Need.BUDGET),
        ("Pilotage par la direction des finances", Need.NOT_SORTED),
        ("Emplois pour les habitants", Need.NOT_SORTED),
        ("Règles sur les données et la propriété", Need.NOT_SORTED),
        ("Propriété publique ou régulée", Need.OWNERSHIP),
        ("Un commanditaire réellement concerné", Need.NOT_SORTED),
        ("Arrêts de bus accessibles", Need.NOT_SORTED),
    ],
)
def test_french(words, need):
    assert need_of(words, "fr") == need


@pytest.mark.parametrize(
    ("words", "need"),
    [
        ("Nationell lagstiftning", Need.LAW),
        ("Laglig rätt att ta betalt", Need.LAW),
        ("Kommunala befogenheter på byggområdet", Need.LAW),
        # "lag" is a team and a layer, too; "lagar" repairs and cooks.
        ("Ett lag av frivilliga", Need.NOT_SORTED),
        ("Verkstad som lagar cyklar", Need.NOT_SORTED),
        ("Träd i gott tillstånd", Need.NOT_SORTED),
        ("Varaktig ersättningsfinansiering", Need.BUDGET),
        ("Data från bidragssystemen", Need.NOT_SORTED),
        ("Lägre medelhastighet", Need.NOT_SORTED),
        ("Kökspersonal som är med på idén", Need.SKILLS),
        ("Personligt besök hemma", Need.NOT_SORTED),
        ("En verklig behovsägare", Need.NOT_SORTED),
        ("Offentligt eller reglerat ägande", Need.OWNERSHIP),
        ("Regler för data och ägande", Need.NOT_SORTED),
    ],
)
def test_swedish(words, need):
    assert need_of(words, "sv") == need


def test_words_are_read_in_their_own_language_alone():
    assert need_of("Lois et budgets", "en") == Need.BUDGET
    assert need_of("budget", "de") == Need.NOT_SORTED


def test_one_language_that_tells_is_enough_and_two_that_differ_are_not_sorted():
    told = {"en": "Extra grants for low incomes", "fr": "Aides pour les faibles revenus"}
    assert need_of_all(told) == Need.BUDGET
    assert need_of_all({"en": "A national law", "sv": "Utbildad personal"}) == Need.NOT_SORTED
    assert need_of_all({}) == Need.NOT_SORTED
