"""What a question wants to know of a solution, told by the words that ask for it.

The words are those of officials in the three languages. A word that belongs to the name of the
solution asks for nothing: "budget" in "participatory budget" is no question about money.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cache

from alliance.search.tokens import bare, fold, words


class Intent(StrEnum):
    """The kinds of questions that are answered above the hits."""

    WORKS = "works"
    AMOUNT = "amount"
    COST = "cost"
    PAYERS = "payers"
    FAILURE = "failure"
    METHOD = "method"
    CHOICE = "choice"
    #: Something that is not answered, such as when it began.
    OTHER = "other"


#: Phrases that ask, in the order in which they decide: "how much does it cost" asks for the cost.
_PHRASES: Mapping[str, Mapping[Intent, str]] = {
    "en": {
        Intent.OTHER: """
            how long|how many cities|how many towns|how many places|when did|when was|since when|
            when is|when are|when will|when does|when do|opening hours|opening times|
            this week|next week|today|tomorrow|is removed|are removed|was removed|is abolished|
            was abolished
        """,
        Intent.PAYERS: """
            who pays|who pay|who paid|who has to pay|who gains|who benefits|who profits|who wins|
            who loses|who is hurt|who is affected|winners|losers|hurt|hurts|penalise|penalises|
            penalised|penalize|burden|unfair|unfairly|fair|hit hardest|worse off|better off|
            paying more|the poor|poor people|poor households|low income households
        """,
        Intent.COST: "cost|costs|costing|price of|expensive|budget|how much money|cheap to",
        Intent.FAILURE: """
            fail|fails|failed|failing|failure|failures|went wrong|go wrong|goes wrong|gone wrong|
            did not work|didn't work|not worked|abandoned|cancelled|canceled|scrapped|flop|
            flopped
        """,
        Intent.AMOUNT: "how much|how many|how big|how large|how far|how strong|size of the effect",
        Intent.CHOICE: """
            what can we do|what could we do|what should we do|what can be done|what to do|
            what helps|what works|which solutions|which solution|which measures|best way|
            best ways|good way|good ways|ways to|options for
        """,
        Intent.METHOD: """
            how do|how does|how to|how is|how are|how can|how did|how should|how would|
            what do we need|what is needed|need before|set up|setting up|introduce|introducing|
            implement|implementing|requirements|prerequisites|step by step|organise|organize
        """,
        Intent.WORKS: """
            affect|affects|effect|effects|effective|evidence|impact|impacts|proven|proof
        """,
    },
    "fr": {
        Intent.OTHER: """
            combien de villes|combien de communes|combien de temps|depuis quand|quand a|quand ont|
            quand est|quand ouvre|quand commence|horaires|à quelle heure|
            aujourd'hui|demain|cette semaine|on supprime|est supprimé|est supprimée|
            sont supprimés|sont supprimées|a été supprimé|a été supprimée
        """,
        Intent.PAYERS: """
            qui paie|qui paye|qui paient|qui a payé|qui finance|qui gagne|qui profite|
            à qui profite|qui perd|qui bénéficie|qui est pénalisé|qui est touché|pénalise|
            pénalisent|pénalisé|pénalisés|pénalisée|défavorise|injuste|injustes|équitable|
            gagnants|perdants|plus pauvres|ménages modestes|ménages pauvres
        """,
        Intent.COST: """
            coûte|coûtent|coût|coûts|coûter|prix|cher|chère|chers|budget|combien d'argent
        """,
        Intent.FAILURE: """
            échec|échecs|échoué|échoue|échouer|pas marché|pas fonctionné|raté|ratés|abandonné|
            abandonnés|abandonnée|abandonnées|abandonner|arrêté|arrêtés|mal tourné
        """,
        Intent.AMOUNT: """
            de combien|combien|quelle baisse|quelle hausse|quelle réduction|quelle ampleur|
            quelle économie|quelles économies|quel gain
        """,
        Intent.CHOICE: """
            que faire|que faut il faire|que peut on faire|que pouvons nous faire|quoi faire|
            quelles solutions|quelle solution|quelles actions|quelles mesures|quels moyens|
            meilleur moyen|meilleurs moyens|meilleure façon|meilleures façons|bon moyen|
            bons moyens
        """,
        Intent.METHOD: """
            comment|mettre en place|mise en place|que faut il|qu'est ce qu'il faut|
            faut il prévoir|organiser|créer|prérequis|étapes|conditions
        """,
        Intent.WORKS: """
            effet|effets|impact|impacts|efficace|efficaces|efficacité|preuve|preuves|prouvé
        """,
    },
    "sv": {
        Intent.OTHER: """
            hur många städer|hur många kommuner|hur lång tid|hur länge|när infördes|när började|
            när är|när öppnar|när kommer|öppettider|vilken tid|
            idag|i dag|i morgon|imorgon|den här veckan|denna vecka|tas bort|togs bort|
            avskaffas|avskaffades|slopas|slopades
        """,
        Intent.PAYERS: """
            vem betalar|vilka betalar|vem får betala|vem tjänar|vilka tjänar|vem vinner|
            vilka vinner|vem förlorar|vilka förlorar|vem drabbas|vilka drabbas|drabbar|drabbas|
            missgynnar|missgynnas|gynnar|gynnas|orättvis|orättvist|rättvis|rättvist|vinnare|
            förlorare|fattiga|låginkomsttagare
        """,
        Intent.COST: """
            kostar|kosta|kostade|kostnad|kostnaden|kostnader|kostnaderna|pris|priset|dyr|dyrt|
            dyra|budget
        """,
        Intent.FAILURE: """
            misslyckas|misslyckades|misslyckats|misslyckade|misslyckad|misslyckat|misslyckande|
            misslyckanden|gick fel|gått fel|gick snett|stoppades|stoppats|lades ner|lagts ner|
            avbröts|fungerade inte|funkade inte|skrotades|fiasko
        """,
        Intent.AMOUNT: "hur mycket|hur många|hur stor|hur stort|hur stora|hur långt",
        Intent.CHOICE: """
            vad kan vi göra|vad kan man göra|vad kan kommunen göra|vad ska vi göra|vad gör man|
            vad göra|vad hjälper|vilka lösningar|vilken lösning|vilka åtgärder|vilken åtgärd|
            bästa sättet|bästa sätten|bra sätt|sätt att
        """,
        Intent.METHOD: """
            hur|vad krävs|vad behövs|vad behöver|införa|inför man|komma igång|komma i gång|starta|
            förutsättningar|förutsättningarna
        """,
        Intent.WORKS: """
            effekt|effekter|effekten|effektivt|effektiv|effektiva|påverkar|påverka|påverkan|
            belägg|bevis
        """,
    },
}


#: Words that ask whether something is so where a question begins with them.
_WHETHER = {
    "en": "are can did do does has have is will would",
    "fr": "est",
    "sv": "blir fungerar funkar ger går har hjälper leder minskar påverkar är ökar",
}
#: The pronoun behind a verb, which asks the same in French: "réduit-elle".
_INVERSIONS = frozenset({"elle", "elles", "il", "ils", "on"})


@cache
def _by_words(language: str) -> dict[Intent, tuple[tuple[str, ...], ...]]:
    return {
        intent: tuple(
            tuple(_plain(words(phrase), language)) for phrase in " ".join(text.split()).split("|")
        )
        for intent, text in _PHRASES[language].items()
    }


def _plain(text_words: Sequence[str | None], language: str) -> Iterator[str]:
    """The words without accents, which many leave out; "" where a phrase ends."""
    for word in text_words:
        yield fold(bare(word, language)) if word else ""


def intent_of(
    text_words: Sequence[str | None], language: str, taken: Collection[int]
) -> tuple[Intent | None, frozenset[int]]:
    """The intent of a question in that language, and the places of all words that ask.

    `taken` are the places of words that ask for nothing. None: no word asks.
    """
    plain = tuple(_plain(text_words, language))
    first: Intent | None = None
    places: set[int] = set()
    for intent, phrases in _by_words(language).items():
        for phrase in phrases:
            for start in range(len(plain) - len(phrase) + 1):
                inside = range(start, start + len(phrase))
                if plain[start : inside.stop] == phrase and not set(taken) & set(inside):
                    first = first or intent
                    places.update(inside)
    return first or (Intent.WORKS if _asks_whether(plain, language) else None), frozenset(places)


def _asks_whether(plain: Sequence[str], language: str) -> bool:
    if plain[:1] and plain[0] in fold(_WHETHER[language]).split():
        return True
    return language == "fr" and not _INVERSIONS.isdisjoint(plain[1:])
