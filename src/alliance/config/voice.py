"""The voice of the platform: words that no text of the interface may use, in each language.

A refused word is a calque, an ambiguous word, or a second term for a thing that has one already.
There are no exceptions. Patterns that are only often wrong are counted instead, and their number
may only fall.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from alliance.config.translations import LANGUAGES, PACKAGE, read_catalogue, texts

#: (refused pattern, replacement), by language.
_REFUSED: dict[str, tuple[tuple[str, str], ...]] = {
    "en": (
        (r"told", "say, show or list"),
        (r"tell the", "say, show or list"),
        (r"stands? (?:with|here)", "is on this page"),
        (r"speaks? for", "is tied to, or represents"),
        (r"anew", "again"),
        (r"whoever", "the person who"),
        (r"hangs? together", "is linked"),
        (r"nought", "zero"),
        (r"(?:drawn|counted) are", "the chart shows, or counts include"),
        (r"what came of", "results"),
        (r"(?<!capital )(?<!small )(?<!case )(?<!of a )(?<!with a )letters?", "email"),
        (r"hand(?:s|ed)? (?:it )?in", "submit"),
        (r"things? to mend", "error to fix"),
        (r"adopts from", "adapted from"),
        (r"nobody looks after", "there is no administrator"),
        (r"difference in differences", "difference-in-differences"),
        (r"95 % interval", "95 % confidence interval"),
        (r"codebook", "data dictionary"),
        (r"challenges? (?:this|the|a) (?:figure|value|number)", "dispute a figure"),
        (r"e-mails?", "email"),
        (r"(?<!\()inhabitants?", "residents"),
        (r"neighbourhoods?|small areas", "area"),
        (r"(?:evidence grade|grade of evidence|level of evidence)s?", "strength of evidence"),
        (r"interventions?", "action"),
        (r"remarks?", "comment"),
        (r"seats?", "place"),
        (r"(?:desk|dashboard)s?", "overview"),
        (r"(?:take[ns]?|taking|took) over", "import"),
        (
            r"(?:take[ns]?|taking|took|give[ns]?|gave|giving) (?:it )?back",
            "withdraw, cancel or end",
        ),
        (r"mak(?:e|es|ing) a (?:report|release)", "create"),
    ),
    "fr": (
        (r"advenu\w*", "résultat"),
        (r"font ceci", "peuvent effectuer cette action"),
        (r"actes?", "action"),
        (r"courriers?|lettres?", "courriel"),
        (r"pilotes?", "expérimentation"),
        (r"statuts?", "état"),
        (r"(?<!niveau de )preuve\s: \d*", "niveau de preuve : 2 sur 5"),
        (r"\w+·(?:e|es|s)", "une tournure sans point médian"),
        (r"intervalle à 95\s%", "intervalle de confiance à 95 %"),
        (r"dictionnaire des variables", "dictionnaire des données"),
        (r"sites? d’essai", "terrain d’expérimentation"),
        (r"(?<!\()verdicts?", "bilan"),
        (r"(?:degré|force|qualité) (?:de la |des |de )preuves?", "niveau de preuve"),
        (r"interventions?", "action"),
        (r"obsolètes?|périmée?s?", "en retard"),
        (r"sièges?", "place"),
        (r"jours d’agents?", "jours de travail"),
        # The line would break before the punctuation mark.
        (r"\S+ [:;?!»](?!\S)|« \S*", "a no-break space (U+00A0) at the sign"),
    ),
    "sv": (
        (r"arbetslag\w*", "team"),
        (r"ta(?:r|s|git)? efter", "införa"),
        (r"brev\w*", "mejl"),
        (r"sak(?:er)? i vägen", "uppgift som måste rättas"),
        (r"vad det blev av", "resultat av"),
        (r"säkerhet(?:en)?", "tillförlitlighet"),
        (r"intressekonflikt\w*", "jäv"),
        (r"standardfel\w*", "medelfel"),
        (r"skillnad i skillnader", "difference-in-differences"),
        (r"95-procentigt intervall", "95 % konfidensintervall"),
        (r"kodbok\w*", "datakatalog med variabler"),
        (r"(?:utgångsvärde|baslinje)\w*", "utgångsläge"),
        (r"bestrid\w*", "ifrågasätta"),
        (r"evidens(?:grad|nivå|betyg)\w*", "evidensstyrka"),
        (r"intervention\w*", "åtgärd"),
        (r"e-?post\w*", "mejl"),
        (r"personaldag\w*", "arbetsdag"),
        (r"föråldrad\w*", "inaktuell"),
        (r"lämna\w* tillbaka", "lämna återbud"),
    ),
}


def _whole_words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)


REFUSED = {
    language: tuple((_whole_words(pattern), better) for pattern, better in rows)
    for language, rows in _REFUSED.items()
}

#: (discouraged pattern, number of texts that still have it, replacement), by language. A pattern in
#: more texts is refused; in fewer, its number has to be lowered.
COUNTED: dict[str, tuple[tuple[str, int, str], ...]] = {
    "en": (
        (r"\AWhat\b(?![^?]*\?\s*\Z).*", 34, "a noun as label"),
        (r"the \w+ of the \w+", 65, "“City profile”"),
        (r"nobody|nothing|none", 99, "“No … yet”, “anyone”, or the next step"),
        (r"says?|said|saying", 29, "enter, describe, publish; data “shows”"),
        (r"there (?:is|are|was|were)", 52, "a person or a verb first"),
        (r"everybody|somebody", 0, "anyone, someone, you"),
        (r"holds?|stands?|beside|shall|need not", 0, "contains, is valid, is shown, next to"),
        (
            r"(?:take[ns]?|took|taking|gives?|given|gave|giving)(?: \w+)? (?:over|back|up)",
            0,
            "import, withdraw, cancel, submit",
        ),
        (r"\ASuch as|leave (?:it )?empty", 0, "“For example”, “Leave blank”"),
    ),
    "fr": (
        (r"ce qu(?:e|i|’\w+)", 61, "un nom\u00a0: « Objet de l’offre »"),
        (r"celui|celles?|ceux", 58, "répéter le nom"),
        (r"tout le monde|personne n(?:e|’\w+)", 25, "« public », « aucun… »"),
        (r"à côté|figurent?", 21, "affiché avec"),
    ),
    "sv": (
        (r"(?:det|den|de) som", 97, "substantivet"),
        (r"\AVad\b(?![^?]*\?\s*\Z).*", 10, "ett substantiv som etikett"),
        (r"räknas|säger|står|dess", 132, "ingår, visar, finns, eller upprepa substantivet"),
    ),
}

Use = tuple[str, str, str]


def counts(package: Path = PACKAGE) -> Iterator[tuple[str, str, int, int, str]]:
    """(language, pattern, number of texts with it, allowed number, replacement)."""
    words = list(_words(package))
    for language, rows in COUNTED.items():
        for pattern, bound, better in rows:
            whole = _whole_words(pattern)
            having = sum(code == language and bool(whole.search(text)) for code, _, text in words)
            yield language, pattern, having, bound, better


def count_faults(package: Path = PACKAGE) -> list[str]:
    """A sentence for each pattern in more texts, or in fewer, than its number allows."""
    return [
        f"{language}: {having} texts have {pattern!r}, {bound} may; write: {better}"
        if having > bound
        else f"{language}: only {having} texts have {pattern!r}; lower its {bound} in {__name__}"
        for language, pattern, having, bound, better in counts(package)
        if having != bound
    ]


def uses(package: Path = PACKAGE) -> Iterator[tuple[Use, str]]:
    """((language, text in English, refused words), replacement) of every text."""
    for language, english, words in _words(package):
        for pattern, better in REFUSED[language]:
            if match := pattern.search(words):
                yield (language, english, match[0].casefold()), better


def _words(package: Path) -> Iterator[tuple[str, str, str]]:
    wanted = texts(package)
    for text in wanted:
        yield "en", text.singular, f"{text.singular}\n{text.plural or ''}"
    for language in LANGUAGES:
        catalogue = read_catalogue(language, package / "locale")
        for text in wanted:
            message = catalogue.get(text.singular, text.context)
            if message is not None and message.string:
                strings = message.string
                words = strings if isinstance(strings, str) else "\n".join(strings)
                yield language, text.singular, words


def faults(package: Path = PACKAGE) -> list[str]:
    """A sentence for each text with a refused word."""
    return [
        f"{language}: {text!r} says {words!r}; write: {better}"
        for (language, text, words), better in uses(package)
    ]
