"""From text to words and stems, in the language of the text.

A text becomes a list of words with `None` where a phrase cannot run on (a full stop, a comma, a
bracket). Words become tokens with a namespace before a colon:

    en:charg   the stem of a word in that language (accents folded, but å ä ö kept in Swedish)
    x:pm10     a word with a digit, the same in every language
    w:charging the word as written, in any language
    n:goteborg the word of a name, accents folded, in any language
"""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import cache, lru_cache
from typing import Any

import snowballstemmer

from alliance.core.text import fold as fold_text

# Words whose Snowball stem is that of a word with another meaning, and the stem they get instead:
# "parking" has the stem of "park", "billig" (cheap) that of "bil" (car), "élève" (pupil) that of
# "élevé" (high): a search for one would give the other. Each line names a stem and the words
# that have it. The list holds words of the field; it need not be complete, for a word that is not
# in it has the stem that Snowball gives. A word typed without its accents has the same stem, except
# where the letters without accents are another word: "marché" (market) and "marche" (walking).
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
        safe: safe safer safest safely
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
        rongeur: rat rats
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
        livsmedelssvinn: livsmedelssvinn livsmedelssvinnet
        matsvinn: matsvinn matsvinnet matsvinnets
        pappa: pappa pappan pappor papporna
        rättighet: rättighet rättigheten rättigheter rättigheterna
        svinn: svinn svinnet svinnets
        säker: säker säkra säkert säkrare säkrast säkraste
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
        plain = fold_text(word)
        if plain not in _OTHER_WORDS[language]:
            table[plain] = stem
    return table


def own_stem(word: str, language: str) -> str | None:
    """The stem of a bare word that Snowball would mix up with another; None for all other words."""
    return _table(language).get(word)


def is_other_without_accents(word: str, language: str) -> bool:
    """Whether the bare word, written without accents, is another word."""
    return word in _table(language) and fold_text(word) not in _table(language)


_ENGLISH = """
a about above after again all also am an and any are as at be because been being between both but
by can could did do does doing during each every few for from further had has have having he
her here hers him his how i if in into is it its itself just me more most my of on once only
or other our ours out own same she should so some such than that the their theirs them then
there these they this those through to too under until upon very was we were what when where
whether which while who whom why will with would you your
"""
_FRENCH = """
à a ai alors après au aujourd aussi autre autres aux avant avec avoir avons ayant c ce ceci
cela celle celles celui ces cet cette ceux chez ci comme comment contre d dans de depuis des deux
dont du elle elles en encore entre est et étaient était étant été être eu eux fait faire faut font
il ils j je l la là le les leur leurs lui m ma mais même mes moi mon n ne nos notre nous on ont ou
où par peu peut plus pour pourquoi pouvoir puis qu quand que quel quelle quelles quels qui s
sa se sera ses si soi son sont sous sur t ta te tes toi ton tous tout toute toutes très tu un une
vers voici voilà vos votre vous y
"""
_SWEDISH = """
alla allt att av bara behöver blev bli blir blivit både de dem den denna deras dess dessa det
detta dig din dina dit ditt du där därför då efter eller en er era ert ett finns fler flera fram
från får för före ha hade han hans har hela hellre henne hennes hon honom hos hur här i ibland
igen in inför inom innan ja jag kan kommer kunde man med mellan men mer mest mig min mina
mitt mot mycket måste ni nu nya när någon något några och också om oss på samma sedan sig sin
sina sitt ska skall skulle som så sådan sådana till under upp ut vad var vara varför varit varje
vars vem vi vid vilka vilken vilket vår våra vårt vårt än är åt över
"""

STOP_WORDS: dict[str, frozenset[str]] = {
    "en": frozenset(_ENGLISH.split()),
    "fr": frozenset(_FRENCH.split()),
    "sv": frozenset(_SWEDISH.split()),
}

# Words that carry a spoken question and say nothing of its subject: "how do we get people to". They
# are left out of a sentence, never of a text, nor of a query that is no sentence ("cycling towns").
_FILLERS = {
    "en": """
        actually afraid against always anybody anyone anything anywhere away better bring cities
        city come comes deal done eat eating else end enough even ever everybody everyone far find
        first gain get gets getting give gives go goes going good got happen happened happens hardly
        has help helped helps here into keep keeps know known lead leads learn less let like likely
        little live lives look made make makes making many maybe might much need needed needs never
        new nobody now often one ones others over people place places please possible prevent
        preventing properly protect protecting put puts really right seen send sends show since so
        somebody someone something somewhere start started still stop stops stuff take takes tell
        thing things think town towns tried try trying turn turned use used useful using usually
        want wants way ways well work worked works worth worthwhile
    """,
    "fr": """
        agir aide aider aimerait aimerions aller amener anything arrive arrivé arrête arrêtent
        arrêter assez autour beaucoup bien bon bonne cas chose choses commune communes connaît
        demande devons dire dit dois doit doivent donne donner débouche débouchent déboucher déjà
        empêche empêcher envoyer essayer essayé exemple faisait fera ferait fonctionne fonctionnent
        fonctionner fonctionné gens habitent habituellement ici jamais laisse laisser manger marche
        marchent marcher marché meilleur mette mettre mieux moyen nouveau nouveaux obtenir passe
        passer peine pense permet prévenir protéger protège personne personnes peur possible
        pourrait pourrions pouvons prendre prennent propre propres quelqu quelqu'un quelque quelques
        quoi réellement réussi réussir réussit sait savoir savons serait sert servir soient sois
        souvent surtout tellement tenter toujours trop trouver truc utile utiles valoir vaut venir
        veulent veut viennent ville villes voir voit voudrais voudrait voudrions voulons vraiment vu
        ça éviter vie vies sauver sauvent
    """,
    "sv": """
        aldrig alldeles alltid andra annan annat anser behöva behövs bor bra brukar bäst bättre
        börja börjat dra eftersom egentligen egna enda fall fast fick flesta folk fort fungera
        fungerar fungerat funka funkar få får fått föreslå först förstå ge ger gett gick gjorde
        gjort gå går gått gör göra hamna hitta hittar hittat hjälp hjälpa hjälper hjälpt hända
        händer håller igång istället iväg knappt komma kommit kommun kommunen kommuner kul kunnat
        känner leda leder lite lyckades lyckas lyckats lär lära lätt låta låter människor märks
        möjligt nog nytta nyttan någon någonsin någonstans ofta ordentligt pengar pengarna personer
        plats prova provat prövat riktigt rädd saker se ser sett skicka skydda skyddar slippa
        slipper undvika undviker förhindra sluta slutat stad staden stoppa städer ställe ställen
        säga säger sätt sätta ta tack tagit tar testa testat tips tro tror tvinga tycker undrar
        vanligt vem verkligen vet veta vi vilja vill väl vända vänt värt åstadkomma äta rädda räddar
        liv
    """,
}
# Words that name what is looked for without saying of what: "failed projects".
_NO_SUBJECT = {
    "en": """
        case cases example examples measure measures pilot project projects scheme schemes solution
        solutions trial trials
    """,
    "fr": """
        action actions cas dispositif dispositifs essai essais exemple exemples mesure mesures
        projet projets retours service services solution solutions
    """,
    "sv": """
        exempel försök insats insatser lösning lösningar projekt projekten satsning satsningar
        åtgärd åtgärder
    """,
}
# Words that begin a query for less of what follows: "stop solo commuting".
_ENDINGS = {
    "en": {"end", "quit", "stop"},
    "fr": {"arrêter", "empêcher", "éviter"},
    "sv": {"slippa", "sluta", "stoppa", "undvika"},
}
_NO_SUBJECT_WORDS = {language: frozenset(text.split()) for language, text in _NO_SUBJECT.items()}
_FILLER_WORDS = {language: frozenset(text.split()) for language, text in _FILLERS.items()}

LANGUAGES = ("en", "fr", "sv")
_STEMMERS = {"en": "english", "fr": "french", "sv": "swedish"}

# A word may hold apostrophes and end in digits (NO2, PM2.5); a number may have separators.
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*(?:\d+(?:[.,]\d+)?[^\W\d_]*)?|\d+(?:[.,]\d+)*")
_BREAK = re.compile(r"[.,;:!?()\[\]{}\n\"«»“”|–—/•]")
_SPEED = re.compile(r"(?<![^\W\d_])km\s?/\s?(?:h|tim(?:me|men)?)\b")
_THOUSANDS = re.compile(r"^\d{1,3}(?:[.,]\d{3})+$")
_ELISION = re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)'(?=.)")
# British spellings to American ones; applied to texts and queries alike, so that either finds both.
_SPELLING = (
    (re.compile(r"(?<=\w{4})is(?=(?:e[drs]?|ing|ations?)$)"), "iz"),
    (re.compile(r"(?<=[a-z]{3})our(?=$|s$|al$|ally$|ed$|ing$|hoods?$)"), "or"),
    (re.compile(r"(?<=[a-z]{3})tre(?=s?$)"), "ter"),
    (re.compile(r"^(program)me(?=s?$)"), r"\1"),
)
# Swedish nouns whose last s Snowball takes for an ending: "plats" would not meet "platser".
_SWEDISH_S = re.compile(r"(?:plats|sats|kurs|balans)$")
# The definite ending of neuter nouns, which Snowball leaves: "området" would not meet "område".
_SWEDISH_NEUTER = re.compile(
    r"(?<=\w{3})(?<!it)(?<!budg)(?<!pak)(?<!plan)(?<!stak)(?<!intern)(?<!bask)(?<!magn)ets?$"
)


def words(text: str) -> list[str | None]:
    """The words of a text, lower case, with None where a phrase ends.

    "CO₂ fell, at 30 km/h" gives ["co2", "fell", None, "at", "30", "kmh"].
    """
    plain = unicodedata.normalize("NFKC", text).replace("’", "'").casefold()
    plain = _SPEED.sub("kmh", plain)
    result: list[str | None] = []
    end = 0
    for match in _TOKEN.finditer(plain):
        if result and _BREAK.search(plain, end, match.start()):
            result.append(None)
        word = match.group()
        if word[0].isdigit():
            word = re.sub(r"[.,]", "", word) if _THOUSANDS.match(word) else word.replace(",", ".")
        elif word[-1].isdigit():
            word = word.replace(",", ".")
        result.append(word)
        end = match.end()
    return result


@lru_cache(maxsize=200_000)
def fold(word: str) -> str:
    """The word without accents: "göteborg" and "goteborg" are one."""
    return fold_text(word)


def _fold_swedish(word: str) -> str:
    """Fold accents but keep å ä ö, which are letters of their own in Swedish."""
    return "".join(char if char in "åäö" else fold(char) for char in word)


class _Stemmers(threading.local):
    """The stemmers of one thread: each holds the word it is at in itself, so that two threads in
    one would raise IndexError, or keep the stem of each other's word in the caches below.
    """

    def __init__(self) -> None:
        self._made: dict[str, Any] = {}

    def stem(self, word: str, language: str) -> str:
        """The stem of a word; the word itself where Snowball does not know the language."""
        if language not in _STEMMERS:
            return word
        if language not in self._made:
            self._made[language] = snowballstemmer.stemmer(_STEMMERS[language])
        return str(self._made[language].stemWord(word))


_stemmers = _Stemmers()


@lru_cache(maxsize=200_000)
def bare(word: str, language: str) -> str:
    """The word without elision or possessive: "l'école" -> "école", "city's" -> "city"."""
    if "'" in word:
        if language == "fr":
            word = _ELISION.sub("", word)
        elif language == "en" and word.endswith("'s"):
            word = word[:-2]
        word = word.replace("'", "")
    return word


@lru_cache(maxsize=400_000)
def stem(word: str, language: str) -> str:
    """The Snowball stem of a bare word; one with a digit, or of three letters, is its own.

    Short words are mostly abbreviations: the French VAE, an electric bicycle, would else have the
    stem of "va". Words that Snowball mixes up have stems of their own (see `stems`).
    """
    own = own_stem(word, language)
    if own is not None:
        return own
    if len(word) <= 3 or any(char.isdigit() for char in word):
        return word
    if language == "en":
        for pattern, replacement in _SPELLING:
            word = pattern.sub(replacement, word)
    if language == "sv" and _SWEDISH_S.search(word):
        return word
    stemmed = _stemmers.stem(word, language)
    if language == "sv" and (neuter := _SWEDISH_NEUTER.sub("", word)) != word:
        # Where Snowball took no longer ending off, such as that of "trygghet".
        return stem(neuter, language) if stemmed == word.removesuffix("s") else stemmed
    return stemmed


@lru_cache(maxsize=400_000)
def stem_token(word: str, language: str) -> str:
    """The main token of a bare word."""
    if any(char.isdigit() for char in word):
        return f"x:{fold(word)}"
    stemmed = stem(word, language)
    return f"{language}:{_fold_swedish(stemmed) if language == 'sv' else fold(stemmed)}"


@lru_cache(maxsize=400_000)
def folded_tokens(word: str, language: str) -> tuple[str, ...]:
    """Further tokens of a bare word for readers who leave accents out; often none.

    The stem of the folded word may differ from the folded stem: "mobilité" has the stem "mobil",
    "mobilite" has "mobilit".
    """
    main = stem_token(word, language)
    plain = fold(word)
    if plain == word or main.startswith("x:") or is_other_without_accents(word, language):
        return ()
    stems = {fold(stem(word, language)), fold(stem(plain, language))}
    tokens = {f"{language}:{root}" for root in stems}
    return tuple(sorted(tokens - {main}))


def is_stop_word(word: str, language: str) -> bool:
    """Whether the bare word carries no meaning of its own in that language."""
    return word in STOP_WORDS.get(language, ())


def names_no_subject(word: str, language: str) -> bool:
    """Whether the bare word stands for records as such in that language."""
    return word in _NO_SUBJECT_WORDS.get(language, ())


def is_ending(word: str, language: str) -> bool:
    """Whether the bare word, where a query begins with it, asks for the end of what follows."""
    return word in _ENDINGS.get(language, ())


def is_filler(word: str, language: str) -> bool:
    """Whether the bare word carries a question in that language but says nothing of its subject."""
    return word in _FILLER_WORDS.get(language, ())
