"""What a prerequisite is about, by its own words in its own language, or not sorted at all.

No record holds codes for prerequisites, so their words have to do. A wrong kind sends people to the
wrong department, while one that is not sorted is merely read as it stands. So words that mean
several things are not listed, or only with what makes them plain; a prerequisite that fits two
kinds is not sorted; nor is one whose translations say different things.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum


class Need(StrEnum):
    """What a prerequisite is about; none of it is on record of cities."""

    OWNERSHIP = "ownership"
    LAW = "law"
    BUDGET = "budget"
    SKILLS = "skills"
    NOT_SORTED = "not-sorted"


# Words that decide, by language. Each starts at a word unless \w* stands before it.
_WORDS: dict[str, dict[Need, tuple[str, ...]]] = {
    "en": {
        Need.LAW: (
            r"\b(?:by-?)?laws?\b",
            r"\blegal(?:ly)?\b",
            r"\blegislat\w+",
            r"\bregulations?\b",
            r"\bdecrees?\b",
            r"\bordinances?\b",
            r"\bstatut\w+",
            r"\b(?:building|planning) permits?\b",
            r"\bpermits? (?:for|from|to)\b",
            r"\bright to (?!the)\w+",
            r"\bpowers? (?:over|to)\b",
            r"\b(?:municipal|building|planning|policing|public)(?: \w+)? powers\b",
        ),
        Need.BUDGET: (
            r"\bfund(?:s|ed|ing)?\b",
            r"\bbudget\w*",
            r"\bfinanc(?:ed|ing|ial)\b",
            r"\bmoney\b",
            r"\bfinance\b(?! department)",
            r"\bsubsid\w+",
            r"\binvest(?:ments?|ors?)\b",
            r"\bloans?\b",
            r"\bgrants?\b",
        ),
        Need.OWNERSHIP: (
            r"\bowned\b",
            r"\bownership\b",
            r"\bpublic (?:land|property)\b",
            r"\bland bank\b",
            r"\bmunicipal (?:land|utility|company|property|housing)\b",
            r"\b(?:city|council) property\b",
        ),
        Need.SKILLS: (
            r"\bstaff(?:ed|ing)?\b",
            r"\bskill(?:s|ed)\b",
            r"\btrained\b",
            r"\btraining\b",
            r"\bexpert(?:s|ise)?\b",
            r"\binstallers?\b",
            r"\bcompeten\w+",
            r"\bknow-how\b",
            r"\bengineers?\b",
        ),
    },
    "fr": {
        Need.LAW: (
            r"\blois?\b",
            r"\blégislat\w+",
            r"\bjuridiques?\b",
            r"\blég(?:al|ale|ales|aux|alement)\b",
            r"\bréglementa\w+",
            r"\bdécrets?\b",
            r"\barrêtés? (?:municipa|préfector|du maire)",
            r"\bpermis de (?:construire|démolir|louer)\b",
            r"\bdroit de \w+er\b",
            r"\bpouvoirs? (?:de police|d.agir)",
            r"\bcompétences? (?:de la (?:commune|ville|métropole)|municipales?)",
        ),
        Need.BUDGET: (
            r"\bbudg\w+",
            r"\bfinancement\w*",
            r"\bfinancer\b",
            r"\bfinanci(?:er|ers|ère|ères)\b",
            r"\bfinancée?s?\b",
            r"\bsubvention\w*",
            r"\bargent\b",
            r"\bfonds\b",
            r"\binvestissements?\b",
            r"\bprêts? (?:bancaires?|bonifiés?|à taux)",
        ),
        Need.OWNERSHIP: (
            r"\bpropriété (?:publi|municipa|commun|privé|du sol|fonci)",
            r"\bréserve foncière\b",
            r"\b(?:foncier|terrains?) (?:publi|municipa|communa)",
            r"\brégie (?:municipale|publique)\b",
            r"\b(?:société|entreprise) (?:publique|municipale)\b",
            r"\bappart(?:ient|enant) à la (?:ville|commune)\b",
        ),
        Need.SKILLS: (
            r"\bcompéten(?:ces?|te?s?)\b"
            r"(?! (?:de la (?:commune|ville|métropole)|municipales?|juridiques?))",
            r"\bform(?:és|ées)\b",
            r"\bformations?\b",
            r"^personnel\b",
            r"\b(?:du|le|en) personnel\b",
            r"\bagents\b",
            r"\bexperts?\b",
            r"\bexpertise\b",
            r"\binstallateurs?\b",
            r"\bsavoir-faire\b",
            r"\bingénieurs?\b",
            r"\b(?:entreprises|équipes|artisans) qualifiée?s\b",
        ),
    },
    "sv": {
        Need.LAW: (
            # "lag" alone is a team or a layer, too.
            r"\blag(?:stiftning|stöd|stadga|lig|krav|rum)\w*",
            r"\b(?:nationell|enligt|gällande) lag\b",
            r"\blagen\b",
            r"\bförordning\w*",
            r"\bföreskrift\w*",
            r"\brättslig\w*",
            r"\bjuridisk\w*",
            r"\bbygglov\w*",
            r"\btillstånd (?:från|att|för)\b",
            r"\bbefogenhet\w*",
            r"\brådighet\w*",
            r"\brätt att \w+",
        ),
        Need.BUDGET: (
            r"\w*budget\w*",
            r"\w*finansiering\w*",
            r"\bfinansier(?:a|ad|at)\b",
            r"\bpengar\b",
            r"\b(?:ekonomiska|egna) medel\b",
            r"\b(?:stats)?bidrag\b",
            r"\binvestering\w*",
            r"\blån\b(?! av)",
            r"\banslag\b",
        ),
        Need.OWNERSHIP: (
            r"\bägande\w*",
            r"\bägs av\b",
            r"\b(?:kommun|stats)?ägd\w*",
            r"\bägt\b",
            r"\bmarkreserv\w*",
            r"\bkommunal[ta]? (?:mark|bolag|bostadsbolag|fastighet\w*)\b",
        ),
        Need.SKILLS: (
            r"\w*personal(?:en)?\b",
            r"\w*kompetens\w*",
            r"\butbildad?e?\b",
            r"\butbildning\w*",
            r"\bkunniga?\b",
            r"\binstallatör\w*",
            r"\bexpert(?:er|is|kunskap)?\b",
            r"\bingenjör\w*",
        ),
    },
}

# Where these stand, the words of a kind mean something else.
_UNLESS: dict[str, dict[Need, str]] = {
    "en": {
        Need.OWNERSHIP: (
            r"\bdata\b|\b(?:take|taking|sense of|feel) ownership\b"
            r"|ownership of the (?:project|process|problem)"
        ),
        Need.LAW: (
            r"\blaws? of (?:physics|nature|averages)\b|\bright to (?:left|reply)\b"
            r"|\blaw (?:school|students?)\b"
        ),
        Need.SKILLS: r"\bstaff (?:costs|parking)\b",
    },
    "fr": {Need.OWNERSHIP: r"\bdonnées\b", Need.SKILLS: r"\bagents (?:polluants|chimiques)\b"},
    "sv": {Need.OWNERSHIP: r"\bdata\b|\bproblem\w*"},
}

_PATTERNS = {
    language: {need: re.compile("|".join(words), re.IGNORECASE) for need, words in kinds.items()}
    for language, kinds in _WORDS.items()
}
_EXCEPT = {
    language: {need: re.compile(words, re.IGNORECASE) for need, words in kinds.items()}
    for language, kinds in _UNLESS.items()
}


def need_of(words: str, language: str) -> Need:
    """What one prerequisite is about, by its words in `language`.

    Not sorted where no word tells, where words of several kinds do, or in another language than
    English, French or Swedish.
    """
    found = {
        need
        for need, pattern in _PATTERNS.get(language, {}).items()
        if pattern.search(words) and not _is_exception(need, words, language)
    }
    return found.pop() if len(found) == 1 else Need.NOT_SORTED


def _is_exception(need: Need, words: str, language: str) -> bool:
    pattern = _EXCEPT.get(language, {}).get(need)
    return pattern is not None and pattern.search(words) is not None


def need_of_all(told: Mapping[str, str]) -> Need:
    """What a prerequisite is about, from its words in each language that has it.

    One language that tells is enough; where two tell different things, it is not sorted.
    """
    found = {need_of(words, language) for language, words in told.items()} - {Need.NOT_SORTED}
    return found.pop() if len(found) == 1 else Need.NOT_SORTED
