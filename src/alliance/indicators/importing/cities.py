"""Which city a code stands for: what the crosswalk says exactly, else candidates and a fault."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from alliance.core.text import fold
from alliance.indicators.enums import CodeScheme
from alliance.indicators.importing.tables import told
from alliance.indicators.models import CityCode
from alliance.network.models import City

_AT_ONCE = 500
#: Unknown codes for which candidates are looked for; the others only get the rule.
MOST_SOUGHT = 40
_CANDIDATES = 5


def _parts(values: Collection[str]) -> Iterator[list[str]]:
    ordered = sorted(set(values))
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]


class Cities:
    """The cities that codes of some schemes stand for."""

    def __init__(self, wanted: Iterable[tuple[str, str]]):
        self._by_code: dict[tuple[str, str], int] = {}
        self._sought = 0
        codes: dict[str, set[str]] = {}
        for scheme, code in wanted:
            codes.setdefault(scheme, set()).add(code)
        for scheme, some in codes.items():
            for part in _parts(some):
                rows = CityCode.objects.filter(scheme=scheme, code__in=part)
                for code, city in rows.values_list("code", "city_id"):
                    self._by_code[scheme, code] = city
                if scheme == CodeScheme.ALLIANCE:
                    cities = City.objects.filter(public_id__in=part)
                    for code, city in cities.values_list("public_id", "pk"):
                        self._by_code[scheme, code] = city

    def find(self, scheme: str, code: str) -> int:
        """The primary key of the city. Raises ValueError with the rule and candidates."""
        found = self._by_code.get((scheme, code))
        if found is not None:
            return found
        if not code:
            raise ValueError(_("is empty"))
        rule = _("%(code)s is no code of a city in the scheme %(scheme)s.") % {
            "code": told(code),
            "scheme": scheme,
        }
        self._sought += 1
        candidates = list(self._candidates(scheme, code)) if self._sought <= MOST_SOUGHT else []
        if candidates:
            rule += " " + _("Is one of these meant? %(candidates)s") % {
                "candidates": "; ".join(candidates[:_CANDIDATES])
            }
        raise ValueError(rule)

    def _candidates(self, scheme: str, code: str) -> Iterator[str]:
        seen = set()
        for row in self._alike(scheme, code):
            text = f"{row.scheme} {row.code} ({row.city.name})"
            if text not in seen:
                seen.add(text)
                yield text

    def _alike(self, scheme: str, code: str) -> Iterator[CityCode]:
        """Codes near it: with or without a leading zero, in another scheme, by name, by spelling.

        Same scheme first.
        """
        rows = CityCode.objects.select_related("city").order_by("scheme", "code")
        variants = {code, f"0{code}", code.lstrip("0"), code.upper(), code.lower()} - {""}
        found = list(rows.filter(code__in=variants))
        found.sort(key=lambda row: row.scheme != scheme)
        yield from found
        if code.isdigit():
            return
        names = difflib.get_close_matches(
            fold(code).casefold(), self._names, n=_CANDIDATES, cutoff=0.8
        )
        cities = {pk for name in names for pk in self._names[name]}
        either = Q(scheme=scheme) | Q(scheme=CodeScheme.ALLIANCE)
        of_cities = list(rows.filter(either, city__in=cities))
        of_cities.sort(key=lambda row: row.scheme != scheme)
        yield from of_cities
        near = difflib.get_close_matches(code, self._codes(scheme), n=_CANDIDATES, cutoff=0.8)
        yield from rows.filter(scheme=scheme, code__in=near)

    @cached_property
    def _names(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        fields = ("pk", "name", "name_fr", "name_sv", "aliases")
        for pk, *names, aliases in City.objects.values_list(*fields):
            for name in {fold(one).casefold() for one in (*names, *aliases) if one}:
                found.setdefault(name, []).append(pk)
        return found

    def _codes(self, scheme: str) -> list[Any]:
        known: dict[str, list[Any]] = self.__dict__.setdefault("_known_codes", {})
        if scheme not in known:
            rows = CityCode.objects.filter(scheme=scheme)
            known[scheme] = list(rows.values_list("code", flat=True))
        return known[scheme]
