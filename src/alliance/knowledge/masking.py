"""Cities that are hidden from readers: what would name them in a text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pycountry
from django.db.models import QuerySet

from alliance.core.errors import Fault
from alliance.core.text import fold
from alliance.knowledge.case_document import (
    EFFECT_WORDS,
    NULL_WORDS,
    TEXT_FIELDS,
    CaseDocument,
    Place,
)
from alliance.knowledge.effects import UNDISCLOSED
from alliance.knowledge.enums import SUCCESSES, TextStatus
from alliance.knowledge.models import CaseStudy
from alliance.network.models import City

# What readers see of a masked place; a country would give it away in a small network.
MASKED_PLACE = Place(
    name="City not disclosed",
    name_fr="Ville non divulguée",
    name_sv="Ej namngiven stad",
    country="ZZ",
)


#: People of cities, and short forms, whose words do not begin as the city does; folded.
_ALSO_CALLED = {
    "aix en provence": ("aixois",),
    "angouleme": ("angoumois",),
    "besancon": ("bisontin",),
    "beziers": ("biterrois",),
    "bordeaux": ("bordelais",),
    "bourges": ("berruyer",),
    "goteborg": ("gbg", "gothenburg"),
    "helsingborg": ("hbg",),
    "jonkoping": ("jkpg",),
    "la rochelle": ("rochelais",),
    "le havre": ("havrais",),
    "le mans": ("manceau", "mancelle"),
    "linkoping": ("lkpg",),
    "metz": ("messin",),
    "norrkoping": ("nkpg", "nrkpg"),
    "poitiers": ("pictavien",),
    "reims": ("remois",),
    "saint denis": ("dionysien",),
    "saint etienne": ("stephanois",),
    "saint malo": ("malouin",),
    "stockholm": ("sthlm", "holmia"),
    "tours": ("tourangeau", "tourangelle"),
    "umea": ("bjorkarnas stad", "umensar"),
}
#: Short forms of counties, by their code.
_SHORT_COUNTIES = {"SE-O": "VGR"}
#: What names of people end in, after the name of their city without its last letters.
_PEOPLE = r"(?:ais|ois|ain|ien|een|in|it|are|er|bo)(?:e|es|s|ne|nes|n|na|r|rna)?"
#: Swedish counties by the first two digits of a municipality's code, as ISO 3166-2 has them.
_COUNTIES = {
    "01": "AB", "03": "C", "04": "D", "05": "E", "06": "F", "07": "G", "08": "H",
    "09": "I", "10": "K", "12": "M", "13": "N", "14": "O", "17": "S", "18": "T",
    "19": "U", "20": "W", "21": "X", "22": "Y", "23": "Z", "24": "AC", "25": "BD",
}  # fmt: skip
#: Departments that are common words, too; and what is one without its capital.
_COMMON = frozenset({"Manche", "Somme", "Landes", "Vienne", "Nord", "Loire"})
_COMMON_SMALL = "La Réunion"
_SHORTEST_DISTRICT = 4
_MARKS = re.compile(r"[\s\-\u2010-\u2015’'´`._·]+")
_SPELT = re.compile(r"\b(?:\w ){2,}\w\b")
_SAINT = re.compile(r"\b(S|s)t(e?)\b")
_SAINT_IN_CAPITALS = re.compile(r"\bST(E?)\b")
#: A word that is parted, as at the end of a line.
_PARTED = re.compile(r"(?<=\w)[-\u2010-\u2015]\s*(?=\w)")
#: Letters of other scripts that look like Latin ones.
_ALIKE = str.maketrans(
    "аеорсухіјвгкмнптѕԁАВЕКМНОРСТХαορνηικτυΑΒΕΗΙΚΜΝΟΡΤΧ",
    "aeopcyxijbrkmhntsdABEKMHOPCTXaopvniktuABEHIKMNOPTX",
)
#: From so many letters on a word with one slip is taken for a name.
_SHORTEST_SLIP = 6
#: Doubled or missing twins are a slip in shorter names, too.
_SHORTEST_DOUBLED = 4
#: Words and other places that are one slip away from the name of a city; folded.
_NO_SLIPS = frozenset(
    {
        "anger", "anvers", "bourgs", "castes", "chartes", "lidkoping", "nantie", "nantis",
        "poiriers", "rene", "renes", "rentes", "rochette", "valencia", "vanne", "vienna",
    }
)  # fmt: skip
_DOUBLED = re.compile(r"(.)\1")
_WORD = re.compile(r"[^\W\d_]+")
#: What stands before the code of a municipality, of a county or department, and of a letter box.
_CODED = r"(?:kod|koden|code|nummer|numero|number|nr|no|n°)? ?[.:]? ?"
_BEFORE_CITY = rf"\b(?:kommun|kommunkod|insee|cog|code|commune|municipality) ?{_CODED}"
_BEFORE_COUNTY = {
    "SE": rf"\b(?:lan|lanskod|county) {_CODED}",
    "FR": rf"\b(?:dans le |(?:departement|dept?|dpt)s?[.]? (?:du )?{_CODED})",
}
_BEFORE_POST = r"\b(?:(?i:code postal|postal code|cp) ?[.:]? ?|F )"
#: A number with one of these behind it counts something.
_COUNTS = r"\b(?! ?(?:%|[€$\d]|kr\b|pour\b|pro|per|[,.]\d|e\b|eme\b))"
#: How letters are written where a keyboard lacks them.
_WRITTEN_OUT = str.maketrans({"å": "aa", "ä": "ae", "ö": "oe", "ü": "ue"})


@dataclass(frozen=True)
class Hidden:
    """What may not stand in a text: `names` that begin a word, folded and in small letters,
    `places` around or inside of the city, which begin a word with their capital or in capitals,
    those of them that tell `in_any_case`, and the official code of the city by its `country`."""

    names: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    country: str = ""
    code: str = ""
    in_any_case: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.names or self.places)


def names_of(city: City | None, *other_names: str) -> frozenset[str]:
    """The names a city goes by, with those that a record tells it by."""
    own = (city.name, city.name_fr, city.name_sv, *city.aliases) if city is not None else ()
    return frozenset({*own, *other_names} - {""})


def hidden_of(city: City | None, *other_names: str) -> Hidden:
    """What tells of a city: its names and those of its people, its county, districts and codes."""
    names = names_of(city, *other_names)
    county = _county(city) if city is not None else set()
    around = {*county, *city.districts} if city is not None else set()
    places = {
        place
        for place in around - _COMMON
        if len(place) >= _SHORTEST_DISTRICT or place in _SHORT_COUNTIES.values()
    }
    if city is None or city.country not in _BEFORE_COUNTY:
        return Hidden(names, frozenset(places))
    # Counties of one word are words of other meanings, too: “cher”, “creuse”.
    long = {name for name in county if " " in _plain(name) and name != _COMMON_SMALL}
    code = city.admin_code.strip()
    return Hidden(names, frozenset(places), city.country, code, frozenset(long))


def _part(country: str, code: str) -> str:
    """The county or department in the code of a municipality, as ISO 3166-2 has it; or nothing."""
    if country == "SE":
        return _COUNTIES.get(code[:2], "")
    return code[: 3 if code.startswith("97") else 2] if country == "FR" else ""


def _county(city: City) -> set[str]:
    """The county or department of a city by its code, as it is written in texts."""
    part = _part(city.country, city.admin_code.strip())
    subdivision = pycountry.subdivisions.get(code=f"{city.country}-{part}")
    if subdivision is None:
        return set()
    name = str(subdivision.name).partition(" [")[0]
    if city.country == "SE":
        name = name.removesuffix(" län").removesuffix("s")
    return {name, _SHORT_COUNTIES.get(subdivision.code, name)}


def _plain(text: str) -> str:
    """A text as it is compared: letters of one kind, without accents, marks and hidden signs."""
    text = unicodedata.normalize("NFKC", text).translate(_ALIKE)
    text = "".join(char for char in text if unicodedata.category(char) != "Cf")
    text = _MARKS.sub(" ", fold(text))
    text = _SPELT.sub(_joined, text)
    return _SAINT_IN_CAPITALS.sub(r"SAINT\1", _SAINT.sub(r"\1aint\2", text))


def _joined(spelt: re.Match[str]) -> str:
    """Letters that stand one by one as a word; the first two may be words such as “i” and “à”."""
    word = spelt[0].replace(" ", "")
    return " ".join(word[start:] for start in range(3))


def named_in(text: str, hidden: Hidden) -> tuple[str, ...]:
    """What of `hidden` stands in `text`, whatever its accents, case and signs in between."""
    plain = _plain(text)
    low = f"{plain} {_plain(_PARTED.sub('', text))}".lower()
    words = _WORD.findall(plain)
    names = [
        name
        for name in sorted(hidden.names)
        if any(
            _tells(low, plain_name) or _misspells(words, plain_name)
            for plain_name in (
                _plain(spelling).lower().strip()
                for spelling in {name, name.lower().translate(_WRITTEN_OUT)}
            )
        )
    ]
    names += [
        place
        for place in sorted(hidden.places)
        if re.search(_telling(_plain(place).strip()), plain)
        or (place in hidden.in_any_case and re.search(rf"\b{_plain(place).lower()}s?\b", low))
    ]
    if hidden.code:
        names += _codes_in(plain, hidden.country, hidden.code)
    return tuple(names)


def _telling(place: str) -> str:
    """The pattern of a folded place, each of its words as it is or in capitals."""
    words = (rf"(?:{re.escape(word)}|{re.escape(word.upper())})" for word in place.split())
    return rf"\b{' '.join(words)}"


def _misspells(words: list[str], name: str) -> bool:
    """Whether folded words, one after the other and with a capital, are a name with one slip."""
    own = name.split()
    for start, first in enumerate(words):
        window = words[start : start + len(own)]
        if first[0].lower() != name[0] or len(window) < len(own):
            continue
        wrong = [pair for pair in zip(window, own, strict=True) if pair[0].lower() != pair[1]]
        if len(wrong) == 1 and wrong[0][0][0].isupper():
            (word, right), genitive = wrong[0], wrong[0][0].removesuffix("s")
            if _is_slip(word.lower(), right) or _is_slip(genitive.lower(), right):
                return True
    return False


def _is_slip(word: str, name: str) -> bool:
    """Whether a word is a name with a letter wrong, missing, too many or at the wrong place."""
    if word in _NO_SLIPS or len(name) < _SHORTEST_DOUBLED:
        return False
    once, right = _DOUBLED.sub(r"\1", word), _DOUBLED.sub(r"\1", name)
    if once == right:
        return True
    if len(right) < _SHORTEST_SLIP or once[:1] != right[:1]:
        return False
    short, long = sorted((once, right), key=len)
    pairs = enumerate(zip(short, long, strict=False))
    at = next((place for place, (pair, other) in pairs if pair != other), len(short))
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    swapped = short[at : at + 2][::-1] + short[at + 2 :]
    return short[at + 1 :] == long[at + 1 :] or swapped == long[at:]


def _codes_in(text: str, country: str, code: str) -> list[str]:
    """The codes of a municipality, its county or department and its post that a folded text tells.

    Numbers count only behind a word for what they are: most are figures.
    """
    part = _part(country, code)
    number = code[:2] if country == "SE" else part
    ways = [
        (code, rf"(?i:{_BEFORE_CITY}){code}{_COUNTS}"),
        (number, rf"(?i:{_BEFORE_COUNTY[country]}){number}{_COUNTS}"),
        (f"{country}-{part}", rf"\b{country} {part}\b"),
    ]
    if country == "SE":
        ways.append((f"{part}-län", rf"\b{part} ?(?:lan|LAN)\b"))
    else:
        ways.append((number, rf"{_BEFORE_POST}{number[:2]}\d{{3}}\b"))
    return [label for label, way in ways if re.search(way, text)] if part else []


def _tells(text: str, name: str) -> bool:
    """Whether a folded text holds a name, its people, or a short form of it."""
    beginnings = [
        re.escape(variant).replace(r"\ ", " ?") for variant in (name, *_ALSO_CALLED.get(name, ()))
    ]
    stem = re.sub("(?:es|e|s|x|a|o)$", "", name)
    if len(stem) >= 3:
        beginnings.append(rf"{re.escape(stem)}{_PEOPLE}\b")
    return re.search(rf"\b(?:stor)?(?:{'|'.join(beginnings)})", text) is not None


def hidden_by_case(case: CaseStudy) -> Hidden:
    """What nothing published about this case may tell; nothing where it hides no city."""
    return hidden_of(case.masked_city) if case.is_masked else Hidden()


def shown_faults(case: CaseStudy) -> list[Fault]:
    """The fault of hiding the city of a case that was published with it: its versions are kept."""
    if not case.versions.exclude(snapshot__place__country=UNDISCLOSED).exists():
        return []
    return [Fault("case.is_masked", "shown-before")]


def hidden_city_faults(
    where: str, text: str, hidden: Hidden, *, is_known: bool = True
) -> list[Fault]:
    """The fault of a text that names a hidden city.

    What it names is told only to those who know the city (`is_known`): from others, who guess, it
    would be an answer.
    """
    names = named_in(text, hidden)
    if not names:
        return []
    if not is_known:
        return [Fault(where, "names-hidden-city")]
    return [Fault(where, "names-city", {"city": names[0]})]


#: Countries whose members write in a language; English tells nothing.
WRITE_IN = {"sv": ("SE", "FI"), "fr": ("FR", "BE", "CH", "LU", "MC")}
#: Members that must share what readers see of a case that hides its city.
FEWEST_ALIKE = 3


def members_writing(language: str) -> QuerySet[City]:
    """The members that a case in this language may come from."""
    members = City.objects.filter(is_member=True)
    return members.filter(country__in=WRITE_IN[language]) if language in WRITE_IN else members


def masking_faults(
    document: CaseDocument, city: City | None, beside: Mapping[str, str] | None = None
) -> Iterator[Fault]:
    """What gives away the place of a case that is to be hidden.

    `beside`: further texts that are published with the case, by what they are called.
    """
    if document.outcome in SUCCESSES:
        yield Fault("case.is_masked", "masks-success")
    if city is None:
        yield Fault("case.place.city", "masked-without-city")
        return
    hidden = hidden_of(city, document.place.name)
    for where, passage in (*_public_texts(document), *(beside or {}).items()):
        for name in named_in(passage, hidden):
            yield Fault(where, "names-city", {"city": name})
    for language, text in document.written_texts.items():
        is_own = text.status == TextStatus.ORIGINAL and language in WRITE_IN
        # Without a member that writes in it, the network tells nothing of who did.
        if is_own and 0 < members_writing(language).count() < FEWEST_ALIKE:
            yield Fault("case.is_masked", "masked-language", {"least": FEWEST_ALIKE})
    if document.adapted_from:
        # The chain of adaptations would lead to it.
        yield Fault("case.adapted_from", "masked-adaptation")


def _public_texts(document: CaseDocument) -> Iterator[tuple[str, str]]:
    """Every text of a case that readers see, with what it is called."""
    for language, text in document.written_texts.items():
        for field in TEXT_FIELDS:
            yield f"case.texts.{language}.{field}", getattr(text, field)
    yield "case.adaptation_changes", document.adaptation_changes
    for position, effect in enumerate(document.effects):
        for name in (*EFFECT_WORDS, "study", "sample"):
            yield f"case.effects[{position}].{name}", getattr(effect, name)
    for position, null in enumerate(document.nulls):
        for name in (*NULL_WORDS, "qualifier"):
            yield f"case.nulls[{position}].{name}", getattr(null, name)
