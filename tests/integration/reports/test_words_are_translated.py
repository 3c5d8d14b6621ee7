"""Every word of the page that is not content goes through the catalogues."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.utils import translation

from alliance.evidence.selectors import verdict_line
from alliance.reports import typesetting
from alliance.reports.selectors.content import Brief
from tests.factories.knowledge import cost, effect, lay_ground, make_case, text
from tests.integration.reports.conftest import brief_of

pytestmark = pytest.mark.django_db

# What the page shows beside its own words: records, and names that Babel or ISO translate.
_CONTENT = (
    *("Drivers pay by the hour. Traffic fell at once.", "A trial came before the vote."),
    *("Queues every morning.", "Bypass roads grew busier.", "Commuters paid.", "rush hour"),
    *("Pricing the roads", "Road pricing", "traffic volume", "Traffic volume", "percent change"),
    *("Percent change", "Lund", "Umeå", "Suède", "Report", "World Bank", "European Central Bank"),
    *("EUR", "SEK", "SHA-256", "CC-BY-4.0", "anglais", "novembre", "million", "millions"),
    "Alliance for Urban Sustainability",
)
_CODES = {
    *("kind", "public_id", "language", "lang_attr", "key", "tone", "mark", "code"),
    *("url", "address"),
}
_MARKED = re.compile("⟨[^⟨⟩]*⟩")


def left_over(text: str) -> str:
    """`text` without marked messages and without content."""
    while (shorter := _MARKED.sub("", text)) != text:
        text = shorter
    for words in sorted(_CONTENT, key=len, reverse=True):
        text = text.replace(words, "")
    return text


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            if key not in _CODES:
                yield from strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from strings(one)


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Catalogues in which every message is itself between angle brackets."""
    verdict_line._band.cache_clear()
    monkeypatch.setattr(translation._trans, "gettext", lambda message: f"⟨{message}⟩")
    monkeypatch.setattr(
        translation._trans, "ngettext", lambda one, many, n: f"⟨{one if n == 1 else many}⟩"
    )
    monkeypatch.setattr(translation._trans, "pgettext", lambda _context, message: f"⟨{message}⟩")
    yield
    verdict_line._band.cache_clear()


def frame(brief: Brief, language: str) -> list[str]:
    with translation.override(language):
        return list(strings(typesetting.content(brief)))


@pytest.mark.parametrize("kind", ["case", "solution"])
def test_no_word_of_the_frame_is_left_in_english(marked, kind):
    lay_ground()
    texts = (text(equity_notes="Commuters paid."),)
    for name, outcome in (("Lund", "worked"), ("Umeå", "did-not-work")):
        make_case(
            name,
            outcome=outcome,
            reasons=("stopped",) if outcome != "worked" else (),
            texts=texts,
            cost=cost("1000000", "SEK", 2015),
            effects=(effect(-10.0, low=-12, high=-8, n=40, qualifier="rush hour"),),
        )
    brief = brief_of(kind, "lund" if kind == "case" else "road-pricing", "fr")
    rest = {one: left_over(one) for one in frame(brief, "fr")}
    english = {one for one, text in rest.items() if re.search("[A-Za-z]{2,}", text)}
    assert english == set()
