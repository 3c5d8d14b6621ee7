"""Taking Swedish compounds apart: "lägenhetsrenovering" is "lägenhet" and "renovering"."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from alliance.search.glossary import glossary
from alliance.search.tokens import stem_token

MIN_WORD = 6
MIN_PART = 3

# Words that many compounds of the field are made of and that are no terms by themselves.
_PARTS = """
affär aktie allmän analys andel anläggning ansvar arbete arbets avfall avgift avtal bad barn
befolkning behov beredskap betong bidrag bil bild biltrafik blad boende bolag bostad bro buller
buss butik by bygg byggnad byggnads byrå båt cirkel cykel dag data del deltagande djur drift dörr
ekonomi effekt el elev elektricitet energi enkät fart fasad fastighet flerbostadshus flygplats
flytt fond forskning fordon fotgängare framtid fri fritid frukt fråga fukt fönster förbud förening
företag förlust förnyelse förskola försök gaturum gata golv gran grannskap gruppen grupp grön
gräns gård gågata hall hamn handel handling havs hem hjälp hus hyra hyres hushåll hållbarhet hälsa
höghus höjning idrott industri information innerstad insats invest invånare isolering kampanj
karta klimat klubb kollektivtrafik kommun kontroll kontor kostnad kraft krav kultur kund kurs kust
kvalitet kvarter kyla källa kök kör körfält laddning land ledning led linje ljus lag lokal lopp
luft lån läge lägenhet läkare lärare marknad mark mat material medborgare medel metod miljö miljon
minskning mål människa mät mätning möte nivå norm nät nätverk odling område ordning organisation
pant panel park parkering pass peng pengar person plan planering plast plats politik pris problem
process produktion program projekt prov prövning påse rabatt regel regler region regn renovering
resa reserv resurs risk ruta rum råd rådgivning rätt samhälle samråd sanering sats service
skatt skog skol skola skydd skyfall skuld sjukdom sjö slam social sol sopor stad stads
statistik station stopp strategi stråk ström studie ström styrning störning stöd svar system sälj
säkerhet tak tal tariff taxa teknik telefon temperatur tid timme tjänst tomt torg trafik transport
trappa träd träff trängsel tull tunnel turist tåg upphandling uppföljning uppgift uppvärmning
utbildning utsläpp utveckling vagn val vatten vecka verk verksamhet verkstad vind vinter vit
vård väder väg vägg vägtrafik värde värme växt yta zon åtgärd åker återbruk återvinning ägare äldre
ärende översvämning övergång
"""


@lru_cache(maxsize=1)
def _parts() -> frozenset[str]:
    return frozenset(stem_token(word, "sv") for word in _PARTS.split())


def _is_part(token: str) -> bool:
    return token in glossary().single_words["sv"] or token in _parts()


def _bases(left: str) -> Iterator[str]:
    """What the first part of a compound may be by itself: "lägenhets" -> "lägenhet"."""
    yield left
    if left.endswith("s"):
        yield left[:-1]
    elif left.endswith(("u", "o")):
        # gatu- from gata, kyrko- from kyrka
        yield left[:-1] + "a"
    else:
        # skol- from skola, medborgar- from medborgare
        yield left + "a"
        yield left + "e"


def split(word: str, known: Callable[[str], bool] = _is_part) -> tuple[str, ...]:
    """The parts of a compound as stem tokens, or () where it does not fall apart into known ones.

    word: bare, lower case. known: whether a stem token is a word by itself; by default the words
    of the glossary and the list above, so that a document is taken apart in the same way whatever
    else lies in the index. Of several ways the one with the longest parts is taken.
    """
    if len(word) < MIN_WORD or not word.isalpha():
        return ()
    best: tuple[int, int, tuple[str, ...]] | None = None
    for at in range(MIN_PART, len(word) - MIN_PART + 1):
        left = _known_base(word[:at], known)
        if left is None:
            continue
        right, rest = word[at:], stem_token(word[at:], "sv")
        tail: tuple[str, ...] = (rest,) if known(rest) else split(right, known)
        if not tail:
            continue
        parts = (left, *tail)
        # Long parts are rarely there by chance: their squares tell a good cut from a lucky one.
        weight = sum((len(part) - 3) ** 2 for part in parts)
        if best is None or (weight, at) > best[:2]:
            best = (weight, at, parts)
    return best[2] if best else ()


def _known_base(left: str, known: Callable[[str], bool]) -> str | None:
    for base in _bases(left):
        if len(base) >= MIN_PART:
            token = stem_token(base, "sv")
            if known(token):
                return token
    return None


@lru_cache(maxsize=100_000)
def split_by_glossary(word: str) -> tuple[str, ...]:
    """`split` with the fixed word list, remembered."""
    return split(word)
