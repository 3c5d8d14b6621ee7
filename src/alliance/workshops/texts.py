"""A text of a workshop in the language of the reader."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import get_language

from alliance.network.localise import Localised, localised


def localised_text(texts: Mapping[str, str], written_in: str = "") -> Localised:
    """A text in the reader's language, otherwise in its original language."""
    language = get_language() or "en"
    if language in texts:
        return Localised(texts[language])
    own = written_in if written_in in texts else next(iter(texts), "")
    return localised(texts.get(own, ""), own, language)
