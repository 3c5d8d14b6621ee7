"""The lists that an editor picks from, each by its names in the language of the page."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

import pycountry
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.cases.enums import CaseStatus, Scheme, Theme
from alliance.cases.models import (
    CaseStudy,
    Effect,
    Measure,
    SolutionClassification,
    SolutionText,
    Unit,
)
from alliance.cases.selectors.access import visible_cases
from alliance.cases.selectors.localise import chosen_text, country_name
from alliance.core.ids import by_id
from alliance.core.money import WITHDRAWN, MoneyError, validate_currency
from alliance.core.text import fold
from alliance.network.models import City
from alliance.web import formatting
from alliance.writing.forms.place import CITY_FIELDS

W = TypeVar("W", Measure, Unit)
#: Names listed where several fit.
MOST_CANDIDATES = 8
#: From this share of common letters, three by three, a name is near another one.
ALIKE = 0.4


def plain_name(text: str) -> str:
    """`text` as names are compared: without accents, case, and doubled spaces."""
    return " ".join(fold(text).casefold().split())


def _threes(text: str) -> set[str]:
    """All three letters of a text that follow each other."""
    return {text[at : at + 3] for at in range(max(len(text) - 2, 1))}


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
        keys: dict[str, list[str]] = {}
        for entry in self.entries:
            words = {self.labels[entry.key], *entry.names.values(), *entry.also}
            for word in {plain_name(word) for word in words if word}:
                keys.setdefault(word, []).append(entry.key)
        return keys

    def label(self, key: str) -> str:
        """What the page calls a key; the key itself where the list has it no more."""
        return self.labels.get(key, key)

    def find_or_new(self, text: str) -> str:
        """The key that `text` names; in a list that writers add to, `text` itself where none does.

        Raises ValidationError with the names it may mean, where it is several.
        """
        is_new = plain_name(text) not in self._keys
        return " ".join(text.split()) if is_new else self.find(text)

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
                _("“%(text)s” matches more than one entry. Enter one of: %(names)s.")
                % {"text": text, "names": self._listed(keys)}
            )
        near = self._near(wanted)
        if near:
            raise ValidationError(
                _("“%(text)s” is not in the list. Did you mean %(names)s?")
                % {"text": text, "names": self._listed(near)}
            )
        raise ValidationError(_("“%(text)s” is not in the list.") % {"text": text})

    def has(self, text: str) -> bool:
        """Whether the list has a name like this, or an old one that leads to a name of it."""
        return plain_name(text) in self._keys

    def near(self, text: str) -> list[str]:
        """The keys of the nearest names, at most `MOST_CANDIDATES`."""
        return self._near(plain_name(text))[:MOST_CANDIDATES]

    def _near(self, wanted: str) -> list[str]:
        """Keys of names that share words or most letters with what is wanted, nearest first."""
        words, letters = set(wanted.split()), _threes(wanted)
        scored: dict[str, float] = {}
        for name, keys in self._keys.items():
            shared = float(len(words & set(name.split())) + (2 if wanted in name else 0))
            if not shared:
                threes = _threes(name)
                alike = len(letters & threes) / len(letters | threes)
                shared = alike if alike >= ALIKE else 0.0
            for key in keys if shared else ():
                scored[key] = max(scored.get(key, 0), shared - len(name) / 1000)
        return sorted(scored, key=lambda key: (-scored[key], self.label(key)))

    def _listed(self, keys: Iterable[str]) -> str:
        all_keys = list(keys)
        shown = "; ".join(formatting.quoted(self.label(key)) for key in all_keys[:MOST_CANDIDATES])
        return f"{shown} …" if len(all_keys) > MOST_CANDIDATES else shown


#: Cities that a page offers while typing; any other of the list is found by its name as well.
MOST_OFFERED = 300
_FIRST_COUNTRIES = ("SE", "FR")
_FIRST_CURRENCIES = ("EUR", "SEK")
Choices = list[tuple[str, str]]
Groups = list[tuple[str, str | Choices]]


@dataclass(frozen=True)
class KnownSolution:
    """A solution that a case may be a trial of. `theme`: the first of its themes, or empty."""

    public_id: str
    name: str
    kind: str
    theme: str


def _names(row: Measure | Unit | City) -> dict[str, str]:
    return {"en": row.name, "fr": row.name_fr, "sv": row.name_sv}


def rows_by_name(model: type[W], names: Collection[str]) -> dict[str, W]:
    """Measures or units by the English names that documents hold, those merged since among them."""
    rows = {row.name: row for row in model._default_manager.filter(name__in=names)}
    if old := set(names) - rows.keys() - {""}:
        for row in model._default_manager.exclude(aliases=[]):
            rows |= dict.fromkeys(old.intersection(row.aliases), row)
    return rows


class DraftNames:
    """What can be picked, read when it is first asked for; one object serves one request."""

    def __init__(self, language: str) -> None:
        self.language = language

    @cached_property
    def measures(self) -> NameList:
        """Measures by their English name, which documents hold."""
        return NameList(
            self.language,
            tuple(Name(m.name, _names(m), tuple(m.aliases)) for m in Measure.objects.all()),
        )

    def measures_near(self, text: str) -> list[str]:
        """The measures whose names are near a word, each with its number of places, as the page
        calls them; those with most places first. Two queries."""
        keys = self.measures.near(text)
        rows = Effect.objects.filter(
            measure__name__in=keys, case__status=CaseStatus.PUBLISHED
        ).values_list("measure__name", "case__country", "case__city", "case__place_name")
        places: dict[str, set[tuple[object, ...]]] = {key: set() for key in keys}
        for key, country, city, name in rows:
            places[key].add((country, city or name))
        return [
            ngettext("%(name)s (%(n)s place)", "%(name)s (%(n)s places)", len(places[key]))
            % {"name": formatting.quoted(self.measures.label(key)), "n": len(places[key])}
            for key in sorted(keys, key=lambda key: -len(places[key]))
        ]

    def measure_or_new(self, text: str, *, is_new: bool) -> str:
        """The English name of the measure that `text` names; `text` itself where no list has it,
        nor a name near it, or where it `is_new`.

        Raises ValidationError with the near ones and their places.
        """
        if not is_new and not self.measures.has(text) and (near := self.measures_near(text)):
            raise ValidationError(
                _(
                    "“%(text)s” is not in the list. Did you mean %(names)s? If you measured "
                    "something else, tick “New outcome measure”."
                )
                % {"text": text, "names": "; ".join(near)}
            )
        return self.measures.find_or_new(text)

    @cached_property
    def units(self) -> NameList:
        """Units by their English name; their signs name them as well, such as "%"."""
        return NameList(
            self.language,
            tuple(
                Name(u.name, _names(u), (u.symbol, u.symbol_fr, u.symbol_sv, *u.aliases))
                for u in Unit.objects.all()
            ),
        )

    @cached_property
    def _cities(self) -> list[City]:
        rows = City.objects.order_by("-is_member", "name")
        return list(rows.only("public_id", "aliases", *CITY_FIELDS))

    @cached_property
    def cities(self) -> NameList:
        """Cities by their id, members first; aliases name them as well."""
        return NameList(
            self.language,
            tuple(Name(c.public_id, _names(c), tuple(c.aliases)) for c in self._cities),
        )

    def offered_cities(self) -> list[str]:
        """Names of cities to offer while somebody types, members of the network first."""
        return list(self.cities.labels.values())[:MOST_OFFERED]

    def city(self, public_id: str) -> City | None:
        """One city of the list."""
        return next((city for city in self._cities if city.public_id == public_id), None)

    @cached_property
    def solutions(self) -> dict[str, KnownSolution]:
        """Every solution by its id, in one query."""
        themes = SolutionClassification.objects.filter(
            solution=OuterRef("solution"), scheme=Scheme.THEME
        ).order_by("id")
        rows = (
            SolutionText.objects.select_related("solution")
            .only(
                *("name", "language", "status", "revision", "source_revision"),
                *("solution__public_id", "solution__kind"),
            )
            .annotate(theme=Subquery(themes.values("code")[:1]))
        )
        texts: dict[str, list[SolutionText]] = {}
        for row in rows:
            texts.setdefault(row.solution.public_id, []).append(row)
        return {
            public_id: KnownSolution(
                public_id,
                chosen_text(own, self.language).text.name,
                own[0].solution.kind,
                own[0].theme or "",  # type: ignore[attr-defined]
            )
            for public_id, own in texts.items()
        }

    @cached_property
    def solution_groups(self) -> Groups:
        """Solutions by the first of their themes, each once, in the order of the alphabet."""
        groups: dict[str, Choices] = {}
        for solution in sorted(self.solutions.values(), key=lambda s: s.name.casefold()):
            theme = str(Theme(solution.theme).label) if solution.theme else _("Other")
            groups.setdefault(theme, []).append((solution.public_id, solution.name))
        return [(theme, groups[theme]) for theme in sorted(groups)]

    @cached_property
    def countries(self) -> Groups:
        """Countries by ISO code: those of the network first, then all by name."""
        named = [
            (country.alpha_2, country_name(country.alpha_2, self.language))
            for country in pycountry.countries
        ]
        beside = [(code, country_name(code, self.language)) for code in ("EU", "ZZ")]
        return _grouped(
            [*named, *beside], _FIRST_COUNTRIES, _("Countries in the network"), _("All countries")
        )

    @cached_property
    def currencies(self) -> Groups:
        """Currencies by ISO code: those of the network first, then all, those withdrawn too."""
        codes = {currency.alpha_3 for currency in pycountry.currencies} | WITHDRAWN
        named = [
            (code, code if (name := formatting.currency_name(code)) == code else f"{code}, {name}")
            for code in sorted(codes)
            if _is_money(code)
        ]
        return _grouped(
            named, _FIRST_CURRENCIES, _("Currencies in the network"), _("All currencies")
        )

    def case(self, public_id: str) -> CaseStudy | None:
        """A published case, with its solution, classifications and texts."""
        rows = visible_cases(None).select_related("solution")
        return by_id(rows.prefetch_related("texts", "classifications"), public_id)

    def case_title(self, public_id: str) -> str:
        """The title of a published case, empty where there is none of that id."""
        case = self.case(public_id) if public_id else None
        if case is None:
            return ""
        return chosen_text(case.texts.all(), self.language, case.original_language).text.title


def _is_money(code: str) -> bool:
    try:
        validate_currency(code)
    except MoneyError:
        return False
    return True


def _grouped(
    named: Iterable[tuple[str, str]], first: tuple[str, ...], near: str, rest: str
) -> Groups:
    by_code = dict(named)
    others = [pair for pair in by_code.items() if pair[0] not in first]
    return [
        (near, [(code, by_code[code]) for code in first]),
        (rest, sorted(others, key=lambda pair: fold(pair[1]).casefold())),
    ]
