"""Names of records, countries and places in the language of a page; texts in others."""

from __future__ import annotations

import gettext
from dataclasses import dataclass
from functools import cache
from typing import Any

import pycountry
from django.db.models import TextChoices
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from alliance.core.text import fold
from alliance.network.enums import Language
from alliance.web.formatting import language_name

# Used for each record of a list: building the list of choices each time would be slow.
_LANGUAGES = tuple(Language.values)


@dataclass(frozen=True)
class Localised:
    """A text of a record; `lang_attr` is empty if it is in the language of the page."""

    value: str
    lang_attr: str = ""

    def __bool__(self) -> bool:
        return bool(self.value)

    def __str__(self) -> str:
        return self.value


def localised(value: str, written_in: str, language: str) -> Localised:
    """`value` with its language, if that is not the page's."""
    return Localised(value, written_in if value and written_in != language else "")


def written_in(text: Localised) -> str:
    """A note about the language of a text, if it is not the page's; else empty."""
    if not text.lang_attr:
        return ""
    return _("Written in %(language)s") % {"language": language_name(text.lang_attr)}


def code_of(choices: type[TextChoices], text: str) -> str:
    """The code whose label in any language is `text`; else the text itself."""
    for language in _LANGUAGES:
        with override(language):
            for value, label in choices.choices:
                if text == label:
                    return str(value)
    return text


def own_words(choices: type[TextChoices], text: str, written_in: str, language: str) -> Localised:
    """The label in `language` if `text` is a code; else the text as people wrote it."""
    if text not in choices.values:
        return localised(text, written_in, language)
    with override(language):
        return Localised(str(choices(text).label))


def local_field(record: Any, field: str, language: str) -> str:
    """The column of `field` in `language`, or if that is empty, `field` itself."""
    return str(getattr(record, f"{field}_{language}", "") or getattr(record, field))


def localised_field(record: Any, field: str, language: str) -> Localised:
    """As `local_field`, with the language of the record if it is not the page's.

    That is its `original_language`; English if it has none.
    """
    written_in = getattr(record, "original_language", "en")
    own = getattr(record, f"{field}_{language}", "")
    if own and language != written_in:
        return Localised(own)
    return localised(str(getattr(record, field)), written_in, language)


def by_language(record: Any, field: str = "name") -> dict[str, str]:
    """The values of `field` by language, `field` itself for a language without one."""
    return {language: local_field(record, field, language) for language in _LANGUAGES}


def local_name(record: Any, language: str) -> str:
    """The name of a measure, unit, city or organisation; the English name if none is recorded."""
    return local_field(record, "name", language)


# Usual names, where the catalogue of ISO 3166-1 has one that hardly anybody uses.
_USUAL_NAMES = {
    ("GB", "sv"): "Storbritannien",
    ("RU", "en"): "Russia",
    ("RU", "fr"): "Russie",
    ("RU", "sv"): "Ryssland",
}


@cache
def _country_names(language: str) -> gettext.NullTranslations:
    return gettext.translation(
        "iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True
    )


def country_name(code: str, language: str) -> str:
    """The name of an ISO 3166-1 country; of EU and ZZ their meaning here."""
    if code == "EU":
        return _("several European countries")
    if code == "ZZ":
        return _("country not known")
    if (code, language) in _USUAL_NAMES:
        return _USUAL_NAMES[code, language]
    country = pycountry.countries.get(alpha_2=code)
    if country is None:
        return code
    name = getattr(country, "common_name", country.name)
    return name if language == "en" else _country_names(language).gettext(name)


def is_country(code: str) -> bool:
    """Whether a code is in ISO 3166-1; "se" is not, it would be a second Sweden."""
    return code == code.upper() and pycountry.countries.get(alpha_2=code) is not None


#: The countries of the network come first in the list, because nearly all organisations are there.
FIRST_COUNTRIES = ("SE", "FR")


def country_choices() -> list[tuple[str, str]]:
    """Every country with its name in the active language, those of the network first."""
    language = get_language() or "en"
    codes = [country.alpha_2 for country in pycountry.countries]
    named = [(code, country_name(code, language)) for code in codes]
    named.sort(key=lambda item: (item[0] not in FIRST_COUNTRIES, fold(item[1]).casefold()))
    return named
