"""Words whose Snowball stem is that of a word with another meaning, and the stem they get instead.

"parking" has the stem of "park", "billig" (cheap) that of "bil" (car), "élève" (pupil) that of
"élevé" (high): whoever looks for one would get the other. Each line names a stem and the words
that have it. The list holds words of the field; it need not be complete, for a word that is not in
it has the stem that Snowball gives.

A word typed without its accents has the same stem, except where the letters without accents are
another word: "marché" (market) and "marche" (walking).
"""

from __future__ import annotations

from functools import cache

from alliance.core.text import fold

_LINES = {
    "en": """
        accountability: accountability accountable
        authority: authority authorities
        boarding: boarding boardings
        building: building buildings
        business: business businesses
        competence: competence competences competency competencies
        conversion: conversion conversions
        engineer: engineer engineers engineering engineered
        evening: evening evenings
        experiment: experiment experiments
        heating: heating heatings
        importance: important importantly importance
        informal: informal informally informality
        marketing: marketing
        mobilise: mobilise mobilised mobilises mobilising mobilisation mobilize mobilized mobilizing
            mobilization
        objective: objective objectives
        parking: parking parkings
        segregate: segregate segregated segregates segregating
        several: several
        subsidi: subsidise subsidised subsidises subsidising subsidize subsidized subsidizing
        training: training trainings trained trainer trainers trainee trainees
        transition: transition transitions
        weighting: weighting weightings
    """,
    "fr": """
        abordable: abordable abordables
        attention: attention attentions attentif attentive
        collectif: collectif collectifs collective collectives
        collectivite: collectivité collectivités
        commune: commune communes
        communication: communication communications communiquer
        courant: courant courants
        departement: département départements départemental
        deplace: déplacé déplacée déplacés déplacées
        donnee: donnée données
        duree: durée durées
        eleve: élève élèves
        employeur: employeur employeurs employeuse employeuses
        environnement: environnement environnements
        equipe: équipe équipes
        etudiant: étudiant étudiante étudiants étudiantes
        ferme_clos: fermé fermée fermés fermées
        garant: garant garants
        important: important importante importants importantes
        isolement: isolement isolements
        loyer: loyer loyers
        marche_vente: marché marchés
        mere: mère mères
        petition: pétition pétitions
        pole: pôle pôles
        publication: publication publications
        publicite: publicité publicités publicitaire publicitaires
        repas: repas
        stationnement: stationnement stationnements stationner
        taxi: taxi taxis
        terrasse: terrasse terrasses
        voirie: voirie voiries
    """,
    "sv": """
        arbetare: arbetare arbetaren arbetarna arbetarnas
        billig: billig billiga billigt billigare billigast billigaste
        byggande: byggande byggandet
        byggarbetare: byggarbetare byggarbetaren byggarbetarna
        byggnadsarbetare: byggnadsarbetare byggnadsarbetaren byggnadsarbetarna
        fastighet: fastighet fastigheten fastigheter fastigheterna fastighets fastigheternas
        förare: förare föraren förarna förarnas
        ledig: ledig lediga ledigt
        liten: liten lite
        pappa: pappa pappan pappor papporna
        rättighet: rättighet rättigheten rättigheter rättigheterna
        tidig: tidig tidiga tidigt tidigare tidigast
        verklig: verklig verkliga verkligt verkligen verklighet verkligheten
        viktig: viktig viktiga viktigt viktigare viktigast viktigaste
        vite: vite vitet viten
        värde: värde värdet värden värdena
    """,
}

#: Spellings without accents that are words of their own.
_OTHER_WORDS = {
    "en": frozenset[str](),
    "fr": frozenset(["deplace", "deplaces", "ferme", "fermes", "marche", "marches"]),
    "sv": frozenset[str](),
}


@cache
def _table(language: str) -> dict[str, str]:
    table: dict[str, str] = {}
    stem = ""
    for word in _LINES.get(language, "").split():
        if word.endswith(":"):
            stem = word[:-1]
            continue
        table[word] = stem
        plain = fold(word)
        if plain not in _OTHER_WORDS[language]:
            table[plain] = stem
    return table


def own_stem(word: str, language: str) -> str | None:
    """The stem of a bare word that Snowball would mix up with another; None for all other words."""
    return _table(language).get(word)


def is_other_without_accents(word: str, language: str) -> bool:
    """Whether the bare word, written without accents, is another word."""
    return word in _table(language) and fold(word) not in _table(language)
