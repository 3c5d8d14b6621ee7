"""From a name that somebody typed, in any of the three languages, to the one record it names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from alliance.core.text import fold
from alliance.web import formatting

#: Names listed where several fit.
MOST_CANDIDATES = 8


def plain_name(text: str) -> str:
    """`text` as names are compared: without accents, case, and doubled spaces."""
    return " ".join(fold(text).casefold().split())


@dataclass(frozen=True)
class Name:
    """A record by its key, its name in each language, and further words that people use for it."""

    key: str
    names: Mapping[str, str]
    also: tuple[str, ...] = ()

    def local(self, language: str) -> str:
        """The name in `language`; the English one where none is recorded."""
        return self.names.get(language) or self.names["en"]


@dataclass(frozen=True)
class NameList:
    """A list that names are looked up in, told in `language`."""

    language: str
    entries: tuple[Name, ...] = field(default=())

    @cached_property
    def labels(self) -> dict[str, str]:
        """What each key is called on the page; two of one name are told apart by the English."""
        local = {entry.key: entry.local(self.language) for entry in self.entries}
        counts: dict[str, int] = {}
        for name in local.values():
            counts[name] = counts.get(name, 0) + 1
        return {
            entry.key: name
            if counts[name := local[entry.key]] == 1
            else f"{name} ({entry.names['en']})"
            for entry in self.entries
        }

    @cached_property
    def _keys(self) -> dict[str, list[str]]:
        """The keys that each comparable name stands for."""
        found: dict[str, list[str]] = {}
        for entry in self.entries:
            words = {self.labels[entry.key], *entry.names.values(), *entry.also}
            for word in {plain_name(word) for word in words if word}:
                found.setdefault(word, []).append(entry.key)
        return found

    def label(self, key: str) -> str:
        """What the page calls a key; the key itself where the list has it no more."""
        return self.labels.get(key, key)

    def find(self, text: str) -> str:
        """The key that `text` names, empty for empty text.

        Raises ValidationError with the names it may mean, where it is none or several.
        """
        wanted = plain_name(text)
        if not wanted:
            return ""
        own = [key for key, label in self.labels.items() if plain_name(label) == wanted]
        keys = own if len(own) == 1 else self._keys.get(wanted, [])
        if len(keys) == 1:
            return keys[0]
        if keys:
            raise ValidationError(
                _("“%(text)s” can mean several. Write one of: %(names)s.")
                % {"text": text, "names": self._listed(keys)}
            )
        near = self._near(wanted)
        if near:
            raise ValidationError(
                _("“%(text)s” is not in the list. Did you mean: %(names)s?")
                % {"text": text, "names": self._listed(near)}
            )
        raise ValidationError(_("“%(text)s” is not in the list.") % {"text": text})

    def _near(self, wanted: str) -> list[str]:
        """Keys of names that share words with what is wanted, most shared words first."""
        words = set(wanted.split())
        scored: dict[str, float] = {}
        for name, keys in self._keys.items():
            shared = len(words & set(name.split())) + (2 if wanted in name else 0)
            for key in keys if shared else ():
                scored[key] = max(scored.get(key, 0), shared - len(name) / 1000)
        return sorted(scored, key=lambda key: (-scored[key], self.label(key)))

    def _listed(self, keys: Iterable[str]) -> str:
        given = list(keys)
        shown = "; ".join(formatting.quoted(self.label(key)) for key in given[:MOST_CANDIDATES])
        return f"{shown} …" if len(given) > MOST_CANDIDATES else shown
