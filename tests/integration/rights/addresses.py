"""Every address there is: pages from the resolver, operations from the description of the API."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import translation

from alliance.config.api import document

#: A parameter of an address: <str:public_id>, (?P<key>.+) or {id}.
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)|\{(\w+)\}")
API = "/api/v1/"


class Unknown(LookupError):
    """Nothing was said of what to put for a parameter."""


@dataclass(frozen=True)
class Address:
    """`key` names it in the table; `pattern` has its parameters in angle brackets."""

    key: str
    pattern: str

    @property
    def parameters(self) -> tuple[tuple[str, str], ...]:
        """Each parameter with the last word that stands before it."""
        found = []
        for match in _PARAMETER.finditer(self.pattern):
            before = _PARAMETER.sub("", self.pattern[: match.start()])
            words = re.findall(r"[a-z][a-z-]+", before)
            found.append((words[-1] if words else "", next(filter(None, match.groups()))))
        return tuple(found)

    def path(self, objects: Mapping[tuple[str, str], Callable[[], object]]) -> str:
        """The address with a thing for each parameter. Raises Unknown."""
        things = iter(self.parameters)

        def thing(match: re.Match[str]) -> str:
            word, name = next(things)
            if (word, name) not in objects:
                raise Unknown(
                    f"{self.key}: what stands for <{name}> after {word!r} in {self.pattern}? "
                    "Say it in Ground.objects."
                )
            return str(objects[word, name]())

        return _PARAMETER.sub(thing, self.pattern).replace("^", "").replace("$", "")


def pages() -> list[Address]:
    """All addresses but those of the API, in English; one without a name is named by its path."""
    with translation.override("en"):
        return [one for one in _walk(get_resolver(), "/", ()) if not one.pattern.startswith(API)]


def _walk(resolver: URLResolver, prefix: str, spaces: tuple[str, ...]) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            name = ":".join([*spaces, entry.name]) if entry.name else pattern
            yield Address(name, pattern)
        else:
            yield from _walk(entry, pattern, (*spaces, *filter(None, [entry.namespace])))


def operations() -> list[Address]:
    """The addresses of the API, named by their paths; each may have several methods."""
    return [Address(path, path) for path in document()["paths"]]
