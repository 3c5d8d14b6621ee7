"""Choosing a city among thousands by name, on any page and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import QuerySet

from alliance.core.text import fold
from alliance.network.localise import country_name
from alliance.network.models import City

#: How many cities a page shows; to find others, people type more of the name.
SHOWN = 24
LONGEST = 80
#: The query parameter of the name.
FIND = "find"

_FIELDS = (
    "public_id", "name", "name_fr", "name_sv", "aliases", "country", "is_member", "population",
    "approximate_population",
)  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """A city to choose: `href` is the address of the page with it."""

    public_id: str
    name: str
    country: str
    href: str


@dataclass(frozen=True)
class Chooser:
    """The `n` cities that match `text`, best first; the members if it is empty.

    `params` are the parameters that the form sends along.
    """

    text: str
    choices: tuple[Choice, ...]
    n: int
    params: tuple[tuple[str, str], ...]


def choose_city(
    text: str,
    language: str,
    *,
    params: Sequence[tuple[str, str]] = (),
    but: Sequence[str] = (),
    among: QuerySet[City] | None = None,
    address: Callable[[str], str] | None = None,
) -> Chooser:
    """The cities whose name or alias in any language contains `text`; one query.

    Accents and case are ignored. An equal name comes first, then names that begin with the text,
    then names with a word that does, then the others; among equals members, then the larger.

    Args: params: parameters of the page besides `city`. but: cities that are chosen already. among:
    cities that can be chosen; None for all. address: the page of a city by its id; None for this
    page with `city`.
    """
    wanted = _key(text[:LONGEST])
    rows = (City.objects.all() if among is None else among).order_by()
    if not wanted:
        rows = rows.filter(is_member=True)
    matches = []
    for row in rows.values_list(*_FIELDS):
        public_id, own, french, swedish, aliases, country, is_member, *people = row
        if public_id in but:
            continue
        rank = min(_rank(_key(name), wanted) for name in (own, french, swedish, *aliases) if name)
        if rank < _NONE:
            shown = {"fr": french, "sv": swedish}.get(language) or own
            size = people[0] or people[1] or 0
            matches.append(((rank, not is_member, -size if wanted else 0, _key(shown), public_id),
                          public_id, shown, country))  # fmt: skip
    matches.sort(key=lambda match: match[0])
    choices = tuple(
        Choice(public_id, name, country_name(country, language),
               address(public_id) if address else f"?{urlencode([*params, ('city', public_id)])}")
        for _order, public_id, name, country in matches[:SHOWN]
    )  # fmt: skip
    return Chooser(text[:LONGEST].strip(), choices, len(matches), tuple(params))


def closed_chooser(params: Sequence[tuple[str, str]] = ()) -> Chooser:
    """Only the field for a name, if a city is chosen already; no query."""
    return Chooser("", (), 0, tuple(params))


_NONE = 4


def _key(name: str) -> str:
    plain = name if name.isascii() else fold(name)
    return " ".join(plain.casefold().replace("-", " ").split())


def _rank(name: str, wanted: str) -> int:
    if name == wanted or not wanted:
        return 0
    if name.startswith(wanted):
        return 1
    if f" {wanted}" in name:
        return 2
    return 3 if wanted in name else _NONE
