"""Which language of a record's text a reader gets, and what must be said about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from alliance.knowledge.enums import Language, TextStatus
from alliance.knowledge.models.texts import LocalText
from alliance.network.localise import Localised, local_field
from alliance.network.localise import by_language as by_language
from alliance.network.localise import country_name as country_name
from alliance.network.localise import local_name as local_name

T = TypeVar("T", bound=LocalText)
# Asked for each record of a list: making the list of choices each time would be slow.
_LANGUAGES = tuple(Language.values)


@dataclass(frozen=True)
class ChosenText(Generic[T]):
    """The text row a reader gets.

    `is_fallback`: it is in another language than the page. `is_translation`: it was translated
    from `original_language`. `edits_behind`: how many revisions the original has moved on since
    the translation was made; 0 for an original, None where it is not recorded which revision the
    translation was made from. `stale`: at least one revision behind.
    """

    text: T
    language: str
    original_language: str
    is_fallback: bool
    is_translation: bool
    is_reviewed: bool
    stale: bool
    edits_behind: int | None

    @property
    def lang_attr(self) -> str:
        """The `lang` attribute the text needs on this page; empty where it is the page's own."""
        return self.language if self.is_fallback else ""

    @property
    def translated_from(self) -> str:
        """The language the text was translated from; empty for an original."""
        return self.original_language if self.is_translation else ""


def chosen_text(texts: Iterable[T], language: str, original_language: str = "") -> ChosenText[T]:
    """The row of `texts` for a page in `language`.

    The page's own language first, then the original, then English, French, Swedish. Raises
    LookupError where `texts` is empty: no record is written without a text.
    """
    rows = {row.language: row for row in texts}
    if not rows:
        raise LookupError("the record has no text in any language")
    original = rows.get(original_language) or next(
        (row for row in rows.values() if row.status == TextStatus.ORIGINAL), None
    )
    order = [language, original.language if original else "", *_LANGUAGES]
    chosen = next(rows[code] for code in order if code in rows)
    is_translation = chosen.status != TextStatus.ORIGINAL
    edits_behind: int | None = 0
    if is_translation:
        edits_behind = (
            max(original.revision - chosen.source_revision, 0)
            if original is not None and chosen.source_revision is not None
            else None
        )
    return ChosenText(
        text=chosen,
        language=chosen.language,
        original_language=original.language if original else chosen.language,
        is_fallback=chosen.language != language,
        is_translation=is_translation,
        is_reviewed=chosen.status == TextStatus.REVIEWED,
        stale=bool(edits_behind),
        edits_behind=edits_behind,
    )


def local_text(record: Any, field: str, language: str) -> Localised:
    """What `field` of the texts of a case, solution or method says on a page in `language`."""
    text = chosen_text(record.texts.all(), language, getattr(record, "original_language", ""))
    return Localised(getattr(text.text, field), text.lang_attr)


def effect_words(effect: Any, written_in: str, language: str) -> tuple[str, str, str]:
    """Qualifier and note of an effect for a page in `language`, and the language they stand in.

    Translated where all there is is translated; the language is empty where it is the page's.
    """
    own = [
        getattr(effect, f"{name}_{language}", "") if getattr(effect, name) else ""
        for name in ("qualifier", "note")
    ]
    whole = (bool(effect.qualifier), bool(effect.note)) == (bool(own[0]), bool(own[1]))
    if written_in != language and whole:
        return own[0], own[1], ""
    lang_attr = written_in if written_in != language else ""
    return effect.qualifier, effect.note, lang_attr


def local_qualifier(effect: Any, written_in: str, language: str) -> Localised:
    """The qualifier of an effect for a page in `language`."""
    qualifier, _note, lang_attr = effect_words(effect, written_in, language)
    return Localised(qualifier, lang_attr if qualifier else "")


def local_symbol(unit: Any, language: str) -> str:
    """The short sign of a unit (`%`), or its name where it has none."""
    return local_field(unit, "symbol", language) or local_name(unit, language)


def local_place(case: Any, language: str) -> str:
    """The place of a case as told in `language`; the recorded name where that one is missing.

    A part of a city has its city behind it, where the city was read with the case.
    """
    place = local_field(case, "place_name", language)
    if case.city_id and "city" in case._state.fields_cache and case.is_part_of_city:
        return f"{place}, {local_name(case.city, language)}"
    return place


def localised(text: Localised) -> SafeString:
    """Words of a record, marked with their language where it is not the page's."""
    if not text.lang_attr:
        return conditional_escape(text.value)
    return format_html('<span lang="{}">{}</span>', text.lang_attr, text.value)
