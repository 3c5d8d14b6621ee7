"""Templates of an archive, in which everything that is the same on all pages of a language is
evaluated once.

Otherwise a quarter of the time would be spent on translating the same words and reversing the same
addresses for thousands of pages.
"""

from __future__ import annotations

import html
import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any

from django.template import Context, Engine, Origin, Template, Variable, engines
from django.template.loaders import cached
from django.urls import NoReverseMatch, reverse
from django.utils import html as django_html
from django.utils import translation
from django.utils.safestring import SafeData, SafeString
from django.utils.translation import get_language, gettext, trans_real, trim_whitespace

from alliance.opendata.archive.compiled import fold, look_up

_TEXT = r"""(?:"[^"\\{}%]*"|'[^'\\{}%]*')"""
_NAME = r"[A-Za-z_][\w.]*"
#: Parts that need a server.
_ONLINE = re.compile(r"\{% online %\}.*?\{% endonline %\}", re.S)
#: Tags whose arguments are all literals.
_CONSTANT = re.compile(
    rf"\{{%\s(?:translate|url|static|icon|not_recorded|colon|semicolon)(?:\s(?:context\s)?{_TEXT})*\s%\}}"
)
_URL = re.compile(rf"\{{%\surl\s(?P<name>{_TEXT})(?P<given>(?:\s(?:{_TEXT}|{_NAME}))+)\s%\}}")
_SENTENCE = re.compile(
    r"\{%\sblocktranslate(?P<trimmed>\strimmed)?(?:\swith(?P<named>(?:\s\w+=[^\s%]+)+))?\s%\}"
    r"(?P<text>(?:(?!\{%).)*)\{%\sendblocktranslate\s%\}",
    re.S,
)
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_PLACE = re.compile(r"%%|%\((\w+)\)s")
#: The placeholder for the variable part of an address.
_STAND_IN = "stand-in-{}-stand-in"


class Loader(cached.Loader):
    """Loads each template once for each language."""

    def __init__(self, engine: Engine, loaders: Any) -> None:
        super().__init__(engine, loaders)
        self._folded: set[Template] = set()

    def cache_key(self, template_name: str, skip: Any = None) -> str:
        """The name of the template with its language."""
        return f"{get_language()}:{super().cache_key(template_name, skip)}"

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        """A compiled template, unless parts of it are in another language."""
        template: Template = super().get_template(template_name, skip)
        if template not in self._folded:
            self._folded.add(template)
            if "{% language " not in template.source:
                fold(template.nodelist, self.engine)
        return template

    def get_contents(self, origin: Origin) -> str:
        """The source of a template, with the texts and addresses of the language inserted."""
        source: str = super().get_contents(origin)
        source = _ONLINE.sub("", source)
        if "{% language " in source:
            return source
        source = _SENTENCE.sub(_sentence, source)
        return _CONSTANT.sub(self._constant, _URL.sub(_address, source))

    def _constant(self, match: re.Match[str]) -> str:
        made = self.engine.from_string("{% load i18n static %}" + match[0])
        return str(made.render(Context()))


def _sentence(match: re.Match[str]) -> str:
    text: str = match["text"].replace("%", "%%")
    message = _VARIABLE.sub(r"%(\1)s", text)
    if "{{" in message:
        return match[0]
    if match["trimmed"]:
        message = trim_whitespace(message)
    arguments = dict(argument.split("=", 1) for argument in (match["named"] or "").split())
    return _PLACE.sub(
        lambda place: f"{{{{ {arguments.get(place[1], place[1])} }}}}" if place[1] else "%",
        gettext(message),
    )


def _address(match: re.Match[str]) -> str:
    tokens = match["given"].split()
    if tokens[-2:-1] == ["as"]:
        return match[0]
    stands = {
        _STAND_IN.format(number): token
        for number, token in enumerate(tokens)
        if token[0] not in "\"'"
    }
    names = {token: stand for stand, token in stands.items()}
    try:
        address = reverse(
            match["name"][1:-1], args=[names.get(token) or token[1:-1] for token in tokens]
        )
    except NoReverseMatch:
        return match[0]
    for stand, name in stands.items():
        address = address.replace(stand, f"{{{{ {name}|urlencode }}}}")
    return address


@contextmanager
def folded() -> Iterator[None]:
    """Use the loader of archives and cache all translations within this context."""
    engine: Engine = engines["django"].engine  # type: ignore[attr-defined]
    words = translation._trans  # type: ignore[attr-defined]
    look_up_words = words.gettext

    # Django’s version also supports coroutines and takes ten times as long.
    active = threading.local()

    @cache
    def known(words: object, message: str, is_safe: bool) -> str:
        translated: str = look_up_words(message)
        return translated

    def word(message: str) -> str:
        return known(getattr(active, "value", None), message, isinstance(message, SafeData))

    language = get_language()
    with ExitStack() as stack:
        for owner, name, replacement in (
            (engine, "template_loaders", [Loader(engine, engine.loaders[0][1])]),
            (words, "gettext", word),
            (Variable, "_resolve_lookup", look_up),
            (trans_real, "_active", active),
            # Django’s version looks the language up on each call; here it is known.
            (django_html, "escape", lambda text: SafeString(html.escape(str(text)))),
        ):
            stack.callback(setattr, owner, name, getattr(owner, name))
            setattr(owner, name, replacement)
        if language:
            translation.activate(language)
        yield
