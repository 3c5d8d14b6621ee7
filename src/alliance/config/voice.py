"""How the platform speaks: words that no text of the interface may use, in each language.

A refused word is a calque, a word of two meanings, or a second term for a thing that has one
already. There are no exceptions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from alliance.config.translations import LANGUAGES, PACKAGE, read_catalogue, texts

#: (pattern of what is refused, what to write instead), by language.
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
        # The line would break before the sign.
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
    ),
}
REFUSED = {
    language: tuple(
        (re.compile(rf"(?<!\w)(?:{one})(?!\w)", re.IGNORECASE), better) for one, better in rows
    )
    for language, rows in _REFUSED.items()
}

Use = tuple[str, str, str]


def uses(package: Path = PACKAGE) -> Iterator[tuple[Use, str]]:
    """((language, text in English, refused words), what to write instead) of every text."""
    for language, english, words in _words(package):
        for pattern, better in REFUSED[language]:
            if found := pattern.search(words):
                yield (language, english, found[0].casefold()), better


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
