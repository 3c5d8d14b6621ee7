"""Words and names that stand for facet codes: in the index, and beside the filters of a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from django.utils import translation
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from alliance.cases.costs import CostBand
from alliance.cases.enums import Affected, Design, Language, Outcome, Reason, Theme, Topic
from alliance.cases.selectors.localise import country_name
from alliance.network.enums import ClimateZone, OrganisationKind, SizeBand
from alliance.search.tokens import LANGUAGES
from alliance.testbeds.enums import PilotStage

UNKNOWN = "unknown"

# What people type who look for records of that outcome, reason, topic or design.
_CODE_WORDS: dict[str, dict[str, dict[str, str]]] = {
    "outcome": {
        "reported": {
            "en": "reported as working not measured",
            "fr": "déclaré efficace non mesuré",
            "sv": "uppges fungera inte mätt",
        },
        "did-not-work": {
            "en": "did not work failure failed unsuccessful",
            "fr": "échec échoué n'a pas fonctionné",
            "sv": "misslyckande misslyckad fungerade inte",
        },
    },
    "reason": {
        "no-effect": {"en": "no effect", "fr": "sans effet", "sv": "utan effekt"},
        "stopped": {
            "en": "stopped abandoned scrapped discontinued",
            "fr": "arrêté abandonné supprimé interrompu",
            "sv": "stoppad avbruten nedlagd avskaffad",
        },
        "harm": {
            "en": "harm negative side effect",
            "fr": "effet négatif effet indésirable",
            "sv": "skada negativ bieffekt",
        },
        "too-costly": {
            "en": "too costly expensive cost overrun",
            "fr": "trop coûteux trop cher",
            "sv": "för dyrt fördyring",
        },
        "not-accepted": {
            "en": "not accepted opposition protest",
            "fr": "non accepté opposition protestation",
            "sv": "ej accepterad motstånd protest",
        },
        "rebound": {"en": "rebound effect", "fr": "effet rebond", "sv": "rekyleffekt"},
        "not-delivered": {
            "en": "not delivered broken promise",
            "fr": "non réalisé promesse non tenue",
            "sv": "ej genomförd brutet löfte",
        },
        "effect-faded": {
            "en": "effect faded temporary effect",
            "fr": "effet éphémère",
            "sv": "avklingande effekt tillfällig effekt",
        },
    },
    "topic": {
        "innovation-gateways": {
            "en": "innovation testbed living lab",
            "fr": "innovation terrain d'essai laboratoire vivant",
            "sv": "innovation testbädd levande labb",
        },
        "equity": {
            "en": "equity fairness social justice",
            "fr": "équité justice sociale",
            "sv": "jämlikhet rättvisa social hållbarhet",
        },
        "indicators": {
            "en": "indicators monitoring",
            "fr": "indicateurs suivi",
            "sv": "indikatorer uppföljning",
        },
        "engaging-citizens": {
            "en": "citizen engagement participation consultation",
            "fr": "participation citoyenne concertation",
            "sv": "medborgardialog medborgardeltagande delaktighet",
        },
    },
    "design": {
        "rct": {
            "en": "randomised controlled trial",
            "fr": "essai randomisé contrôlé",
            "sv": "randomiserad kontrollerad studie",
        },
    },
}
#: Other names and adjectives that countries are searched by, parted by bars.
COUNTRY_WORDS: dict[str, dict[str, str]] = {
    "CZ": {"en": "Czech Republic", "fr": "République tchèque", "sv": "Tjeckiska republiken"},
    "DE": {"en": "German", "fr": "allemand|allemande", "sv": "tysk|tyska"},
    "DK": {"en": "Danish", "fr": "danois|danoise", "sv": "dansk|danska"},
    "ES": {"en": "Spanish", "fr": "espagnol|espagnole", "sv": "spansk|spanska"},
    "FI": {"en": "Finnish", "fr": "finlandais|finlandaise", "sv": "finsk|finska"},
    "FR": {"en": "French", "fr": "français|française", "sv": "fransk|franska"},
    "GB": {"en": "Great Britain|UK", "fr": "Grande-Bretagne", "sv": "Förenade kungariket"},
    "IT": {"en": "Italian", "fr": "italien|italienne", "sv": "italiensk|italienska"},
    "NL": {"en": "Holland", "fr": "Hollande", "sv": "Holland"},
    "NO": {"en": "Norwegian", "fr": "norvégien|norvégienne", "sv": "norsk|norska"},
    "SE": {"en": "Swedish", "fr": "suédois|suédoise", "sv": "svensk|svenska"},
    "US": {"en": "USA|America", "fr": "USA|Amérique", "sv": "Förenta staterna|USA|Amerika"},
}
#: Several countries, and a country that is not disclosed.
NO_COUNTRY = frozenset({"EU", "ZZ"})


def index_words(facets: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """(language, text) of words by which a record is found although its text may lack them.

    The codes of themes are English words; what they mean in other languages comes from the
    glossary, as with any text.
    """
    for code in facets.get("theme", ()):
        yield "en", code.replace("-", " ")
    for code in facets.get("country", ()):
        if code not in NO_COUNTRY:
            for language in LANGUAGES:
                yield language, country_name(code, language)
            for language, names in COUNTRY_WORDS.get(code, {}).items():
                yield language, names.replace("|", " ")
    for key, words_by_code in _CODE_WORDS.items():
        for code in facets.get(key, ()):
            yield from words_by_code.get(code, {}).items()


_KIND_NAMES = {
    "case": gettext_lazy("cases"),
    "solution": gettext_lazy("solutions"),
    "method": gettext_lazy("methods"),
    "indicator": gettext_lazy("indicators"),
    "city": gettext_lazy("cities"),
    "organisation": gettext_lazy("organisations"),
    "pilot": gettext_lazy("pilots"),
    "need": gettext_lazy("cities’ needs"),
    "offer": gettext_lazy("cities’ offers"),
    "process": gettext_lazy("resident dialogues"),
    "workshop": gettext_lazy("workshops"),
    "report": gettext_lazy("reports"),
    "topic-group": gettext_lazy("topic groups"),
    "research-question": gettext_lazy("questions for universities"),
}


_SINGULAR_NAMES = {
    "case": gettext_lazy("case"),
    "solution": gettext_lazy("solution"),
    "method": gettext_lazy("method"),
    "indicator": gettext_lazy("indicator"),
    "city": gettext_lazy("city"),
    "organisation": gettext_lazy("organisation"),
    "pilot": gettext_lazy("pilot"),
    "need": gettext_lazy("a city’s need"),
    "offer": gettext_lazy("a city’s offer"),
    "process": gettext_lazy("dialogue with residents"),
    "workshop": gettext_lazy("workshop"),
    "report": gettext_lazy("report"),
    "topic-group": gettext_lazy("topic group"),
    "research-question": gettext_lazy("question for universities"),
}


def kind_name(kind: str, count: int = 2) -> str:
    """What `count` records of a kind are called, in the active language."""
    # In French none counts as one; in the others as many.
    single = count == 1 or (count == 0 and (get_language() or "").startswith("fr"))
    names = _SINGULAR_NAMES if single else _KIND_NAMES
    return str(names.get(kind, kind))


#: Closed lists: every code may be asked for, whether or not a record carries it now.
#: Kinds of records, in the order they are offered.
KIND_ORDER = (
    *("case", "solution", "method", "pilot", "need", "offer", "process", "workshop"),
    *("report", "indicator", "city", "organisation", "topic-group", "research-question"),
)
CLOSED = {
    "outcome": Outcome,
    "reason": Reason,
    "gained": Affected,
    "paid": Affected,
    "topic": Topic,
    "theme": Theme,
    "size": SizeBand,
    "climate": ClimateZone,
    "cost_band": CostBand,
    "actor": OrganisationKind,
    "design": Design,
    "stage": PilotStage,
    "language": Language,
}


@lru_cache(maxsize=20_000)
def code_label(key: str, code: str, language: str) -> str | None:
    """The label of a code in that language; None where it is the title of a record."""
    with translation.override(language):
        return _code_label(key, code, language)


def _code_label(key: str, code: str, language: str) -> str | None:
    if code == UNKNOWN:
        return _("not known")
    if (key, code) == ("outcome", Outcome.REPORTED):
        # Some of these cities measured it, by figures of their own.
        return _("Worked, by the city’s own account")
    if key in CLOSED:
        return str(CLOSED[key](code).label) if code in CLOSED[key].values else code
    if key == "kind":
        return kind_name(code)
    if key == "country":
        return country_name(code, language)
    if key == "sdg":
        return _("SDG target %(code)s") % {"code": code}
    if key == "goal":
        return _("SDG %(code)s") % {"code": code}
    if key == "grade":
        return _("at least %(points)s of 5") % {"points": code}
    if key == "member":
        return _("member of the network") if code == "yes" else _("not a member")
    return None


_FACET_NAMES = {
    "kind": gettext_lazy("Type of content"),
    "outcome": gettext_lazy("Outcome"),
    "reason": gettext_lazy("Reasons for failure or partial success"),
    "topic": gettext_lazy("Topic"),
    "theme": gettext_lazy("Theme"),
    "goal": gettext_lazy("Sustainable development goal"),
    "sdg": gettext_lazy("SDG target"),
    "solution": gettext_lazy("Solution"),
    "measure": gettext_lazy("Measured values"),
    "country": gettext_lazy("Country"),
    "city": gettext_lazy("City"),
    "size": gettext_lazy("City size"),
    "climate": gettext_lazy("Climate"),
    "cost_band": gettext_lazy("Total cost"),
    "grade": gettext_lazy("Strength of evidence"),
    "actor": gettext_lazy("Who was involved"),
    "stage": gettext_lazy("Pilot stage"),
    "design": gettext_lazy("Evaluation method"),
    "gained": gettext_lazy("Who gained"),
    "paid": gettext_lazy("Who paid"),
    "language": gettext_lazy("Language of the text"),
    "member": gettext_lazy("Network membership"),
}


def facet_name(key: str) -> str:
    """The heading of a filter in the active language."""
    return str(_FACET_NAMES[key])
