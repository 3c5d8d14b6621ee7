"""Whether the figures of headlines on pages are those that the API gives.

Pages are asked for as a visitor asks. What stands in an element with `data-headline` is about the
solution named there, with `data-result` about a case; every number in it must be one of the API.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from alliance.cases.models import Solution
from alliance.cases.selectors.access import visible_cases
from alliance.opendata.archive.pages import Visitor
from alliance.search.problems import PROBLEMS

#: A number that is no part of a name, such as that of PM2.5 or CO2.
_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[\u00a0\u202f ,.]?\d+)*")
#: From here on two digits count, so that 1,234 may be written as 1,200.
_LARGE, _SHARE = 100, 0.05
_VOID = frozenset({"br", "img", "input", "use", "path", "wbr", "hr", "meta", "link", "line"})


@dataclass(frozen=True)
class Shown:
    """What a page shows of a solution or a case: its id, the verdict if any, and the text."""

    kind: str
    public_id: str
    verdict: str
    text: str


@dataclass(frozen=True)
class Difference:
    """A sentence on a page that the API does not bear out, with the numbers that it lacks."""

    page: str
    shown: Shown
    numbers: tuple[float, ...]

    def __str__(self) -> str:
        lacks = ", ".join(f"{value:g}" for value in self.numbers) or f"verdict {self.shown.verdict}"
        return f"{self.page}: {self.shown.public_id}: {lacks} ({self.shown.text})"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.shown: list[Shown] = []
        self._open: list[tuple[int, str, dict[str, str], list[str]]] = []
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            return
        self._depth += 1
        values = {name: value or "" for name, value in attrs}
        for kind in ("headline", "result"):
            if f"data-{kind}" in values:
                self._open.append((self._depth, kind, values, []))

    def handle_data(self, data: str) -> None:
        for _depth, _kind, _values, texts in self._open:
            texts.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        while self._open and self._open[-1][0] == self._depth:
            _depth, kind, values, texts = self._open.pop()
            text = re.sub(r"\s*\n\s*", " ", "".join(texts)).strip()
            verdict = values.get("data-verdict", "")
            self.shown.append(Shown(kind, values[f"data-{kind}"], verdict, text))
        self._depth -= 1


def shown_on(html: str) -> list[Shown]:
    """What a page shows of solutions and cases."""
    reader = _Reader()
    reader.feed(html)
    return reader.shown


def numbers(text: str, language: str) -> list[float]:
    """The numbers of a text as its language writes them."""
    values = []
    for match in _NUMBER.findall(text):
        plain = re.sub(r"[\u00a0\u202f ]", "", match)
        plain = plain.replace(",", "" if language == "en" else ".")
        values.append(float(plain))
    return values


def agrees(shown: float, figures: Iterable[float]) -> bool:
    """Whether a number, as rounded for readers, is the size of one of `figures`."""
    decimals = len(f"{shown:g}".partition(".")[2])
    within = max(0.5 * 10.0**-decimals, _SHARE * shown if shown >= _LARGE else 0.0)
    return any(abs(abs(figure) - shown) <= within + 1e-9 for figure in figures)


def _of_headline(verdict: dict[str, Any], language: str) -> list[float]:
    headline = verdict["headline"]
    counts = [headline[name] for name in ("fell", "rose", "unchanged")]
    sizes = [headline[name] for name in ("value", "low", "high") if headline[name] is not None]
    texts = " ".join((headline["title"], *headline["reasons"], *headline["disputes"]))
    n = counts[0] + counts[1]
    return [*counts, n, n + headline["other"], *sizes, *numbers(texts, language)]


def _of_case(answer: dict[str, Any], language: str) -> list[float]:
    names = ("value", "range_low", "range_high")
    effects = answer["effects"]
    sizes = [effect[name] for effect in effects for name in names if effect[name] is not None]
    words = (f"{effect['measure_name']} {effect['unit_name']}" for effect in effects)
    return [*sizes, *numbers(" ".join(words), language)]


def lacking(shown: Shown, answer: dict[str, Any], language: str) -> Difference | None:
    """What the API does not say of something shown; None where it says all of it.

    A page may show the verdict for another outcome than the main one, but only that as a whole.
    """
    extracted = numbers(shown.text, language)
    if shown.kind == "result":
        sets = [_of_case(answer, language)]
    else:
        sets = [
            _of_headline(verdict, language)
            for verdict in answer["verdicts"]
            if verdict["verdict"] == shown.verdict
        ]
        if not sets:
            return Difference("", shown, ())
    missing = [tuple(value for value in extracted if not agrees(value, known)) for known in sets]
    best = min(missing, key=len)
    return Difference("", shown, best) if best else None


def addresses(languages: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The pages that show headlines, each with its language: home, solutions, problems, cities."""
    solutions = list(Solution.objects.values_list("public_id", flat=True))
    cities = sorted(
        set(visible_cases(None).exclude(city=None).values_list("city__public_id", flat=True))
    )
    for language in languages:
        with translation.override(language):
            pages = [
                reverse("search:home"),
                reverse("knowledge:solutions"),
                *(reverse("knowledge:solution", args=[public_id]) for public_id in solutions),
                *(reverse("search:problem", args=[code]) for code in PROBLEMS),
                *(reverse("knowledge:city", args=[public_id]) for public_id in cities),
            ]
        yield from ((page, language) for page in pages)


def differences(
    languages: Iterable[str] = (), *, counted: Callable[[int], None] = lambda _n: None
) -> list[Difference]:
    """Where pages and the API do not agree; `languages`: all of them where none is named."""
    visitor = Visitor()

    @cache
    def answer(kind: str, public_id: str, language: str) -> dict[str, Any]:
        plural = "solutions" if kind == "headline" else "cases"
        status, _kind, content, _to = visitor.get(f"/api/v1/{plural}/{public_id}?lang={language}")
        if status != 200:
            raise LookupError(f"{plural} {public_id}: {status}")
        result: dict[str, Any] = json.loads(content)
        return result

    differing = []
    for page, language in addresses(languages or [code for code, _name in settings.LANGUAGES]):
        status, _kind, content, _to = visitor.get(page)
        for shown in shown_on(content.decode()) if status == 200 else ():
            difference = lacking(shown, answer(shown.kind, shown.public_id, language), language)
            if difference is not None:
                differing.append(Difference(page, difference.shown, difference.numbers))
        counted(1)
    return differing
