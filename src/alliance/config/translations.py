"""The message catalogues: extracting texts from the sources, checking and compiling.

Works without the GNU tools: Python sources are parsed to syntax trees, templates with Django's own
conversion to gettext calls.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from alliance import __version__
from alliance.core import clock
from alliance.core.errors import BrokenRule, Fault

PACKAGE = Path(__file__).resolve().parent.parent
#: Extensions of templates.
ENDINGS = (".html", ".txt", ".svg")
LOCALE = PACKAGE / "locale"
# Texts are written in English in the sources.
LANGUAGES = ("fr", "sv")

_CONTRIBUTORS = "The contributors of the Alliance platform"
# Babel fills in the language and replaces the words in capitals.
_HEADER = """\
# Translations template for PROJECT.
# Copyright (C) YEAR ORGANIZATION
# Distributed under the EUPL-1.2, as all of the PROJECT.
#"""

# Name of the function: positions of context, singular and plural among its arguments.
_CALLS: dict[str, tuple[int | None, int, int | None]] = {
    "gettext": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "_": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}
_TEMPLATE_CALL = re.compile(r"(?<![\w.])(n?p?gettext|_)\(")
_LITERAL = re.compile(r"""\s*u?('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")\s*(,|\)|)""", re.DOTALL)
_PLACEHOLDER = re.compile(r"%\(\w+\)[#0\- +]*[\d.]*[a-zA-Z]|%[sdrf]|\{\w*[^{}]*\}")


@dataclass(frozen=True)
class Text:
    """A text of the interface, and its first location in the sources."""

    singular: str
    plural: str | None
    context: str | None
    where: str

    @property
    def key(self) -> tuple[str | None, str]:
        return self.context, self.singular


def texts(package: Path = PACKAGE) -> list[Text]:
    """Every distinct text in the Python sources and templates of the package."""
    by_key: dict[tuple[str | None, str], Text] = {}
    for path in sorted(package.rglob("*.py")):
        for text in _in_python(path, package):
            _add(by_key, text)
    for path in sorted(path for ending in ENDINGS for path in package.rglob(f"*{ending}")):
        if "templates" in path.relative_to(package).parts:
            for text in _in_template(path, package):
                _add(by_key, text)
    return list(by_key.values())


def _add(by_key: dict[tuple[str | None, str], Text], text: Text) -> None:
    present = by_key.get(text.key)
    # One catalogue entry serves both a text with a plural and the same without.
    if present is None or (present.plural is None and text.plural is not None):
        by_key[text.key] = text


def _in_python(path: Path, package: Path) -> Iterator[Text]:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    # A module may import one of them under another name.
    imported = [alias for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names]
    own = {alias.asname: alias.name for alias in imported if alias.asname and alias.name in _CALLS}
    for node in nodes:
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
        name = own.get(name or "", name)
        if name not in _CALLS:
            continue
        arguments = [
            argument.value
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            else None
            for argument in node.args
        ]
        text = _text(name, arguments, f"{path.relative_to(package)}:{node.lineno}")
        if text is not None:
            yield text


def _in_template(path: Path, package: Path) -> Iterator[Text]:
    from django.utils.translation.template import templatize

    # Django's own parser of templates: everything but translatable text becomes filler.
    source = templatize(path.read_text(encoding="utf-8"))
    for call in _TEMPLATE_CALL.finditer(source):
        arguments: list[str | None] = []
        position = call.end()
        while literal := _LITERAL.match(source, position):
            arguments.append(ast.literal_eval(literal[1]))
            position = literal.end()
            if literal[2] != ",":
                break
        line = source.count("\n", 0, call.start()) + 1
        text = _text(call[1], arguments, f"{path.relative_to(package)}:{line}")
        if text is not None:
            yield text


def _text(name: str, arguments: list[str | None], where: str) -> Text | None:
    def argument(position: int | None) -> str | None:
        if position is None or position >= len(arguments):
            return None
        return arguments[position]

    context, singular, plural = _CALLS[name]
    message = argument(singular)
    if not message:
        return None
    return Text(message, argument(plural), argument(context), where)


def catalogue_path(language: str, locale: Path = LOCALE) -> Path:
    """The path of the catalogue of a language."""
    return locale / language / "LC_MESSAGES" / "django.po"


def read_catalogue(language: str, locale: Path = LOCALE) -> Catalog:
    """The catalogue of a language; an empty one if there is no file yet."""
    path = catalogue_path(language, locale)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8")
    with path.open("rb") as handle:
        return read_po(handle, locale=language, abort_invalid=True)


def faults(package: Path = PACKAGE) -> list[Fault]:
    """Texts that are missing, empty, fuzzy or have other placeholders, in any language."""
    wanted = texts(package)
    return [
        fault
        for language in LANGUAGES
        for fault in _faults_in(read_catalogue(language, package / "locale"), language, wanted)
    ]


def _faults_in(catalogue: Catalog, language: str, wanted: list[Text]) -> Iterator[Fault]:
    for text in wanted:
        where = f"{language}: {text.singular!r} ({text.where})"
        message = catalogue.get(text.singular, text.context)
        if message is None:
            yield Fault(where, "not-in-catalogue")
            continue
        rule = _broken_rule(message, text, catalogue.num_plurals)
        if rule:
            yield rule.at(where)
    used = {text.key for text in wanted}
    for message in catalogue:
        singular = message.id[0] if isinstance(message.id, tuple) else message.id
        if singular and (message.context, singular) not in used:
            yield Fault(f"{language}: {singular!r}", "not-in-sources")


def _broken_rule(message: Message, text: Text, plurals: int) -> BrokenRule | None:
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    if message.fuzzy:
        return BrokenRule("fuzzy")
    if not all(strings):
        return BrokenRule("empty-text")
    if text.plural is None:
        expected = set(_PLACEHOLDER.findall(text.singular))
        if set(_PLACEHOLDER.findall(str(strings[0]))) != expected:
            return BrokenRule("placeholders", {"names": sorted(expected)})
        return None
    if len(strings) != plurals:
        return BrokenRule("plural-forms", {"n": plurals})
    # The singular may omit its number.
    allowed = set(_PLACEHOLDER.findall(text.singular + text.plural))
    if set(_PLACEHOLDER.findall(str(strings[-1]))) != set(_PLACEHOLDER.findall(text.plural)):
        return BrokenRule("last-placeholders", {"names": sorted(allowed)})
    if any(set(_PLACEHOLDER.findall(str(string))) - allowed for string in strings):
        return BrokenRule("more-placeholders", {"names": sorted(allowed)})
    return None


def add_missing(package: Path = PACKAGE) -> int:
    """Add missing texts to the catalogues, empty, and drop obsolete ones; returns how many were
    added."""
    wanted = texts(package)
    added = 0
    for language in LANGUAGES:
        old = read_catalogue(language, package / "locale")
        new = _new_catalogue(language, old)
        for text in wanted:
            message = old.get(text.singular, text.context)
            added += message is None
            new.add(
                (text.singular, text.plural) if text.plural else text.singular,
                _catalogue_string(message, text),
                context=text.context,
                flags=message.flags if message else (),
            )
        path = catalogue_path(language, package / "locale")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as handle:
            write_po(handle, new, width=100, omit_header=False, sort_output=True)
    return added


def _new_catalogue(language: str, old: Catalog) -> Catalog:
    """An empty catalogue with its header; the creation date is that of `old`."""
    return Catalog(
        locale=language,
        header_comment=_HEADER,
        project="Alliance platform",
        version=__version__,
        copyright_holder=_CONTRIBUTORS,
        msgid_bugs_address="CONTRIBUTING.md tells how",
        creation_date=old.creation_date,
        revision_date=clock.now(),
        last_translator=_CONTRIBUTORS,
        language_team=_CONTRIBUTORS,
        charset="utf-8",
        fuzzy=False,
    )


def _catalogue_string(message: Message | None, text: Text) -> str | tuple[str, ...] | None:
    """The translation of a text in the catalogue; None if the text has got its plural since."""
    if message is None or isinstance(message.id, tuple) != (text.plural is not None):
        return None
    string = message.string
    return tuple(string) if isinstance(string, tuple | list) else string


def compile_all(locale: Path = LOCALE) -> int:
    """Compile each catalogue that changed; returns their number."""
    count = 0
    for source in sorted(locale.glob("*/LC_MESSAGES/django.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        with source.open("rb") as handle:
            catalogue = read_po(handle, locale=source.parent.parent.name)
        with target.open("wb") as handle:
            write_mo(handle, catalogue)
        count += 1
    return count
