"""Paragraphs, lists and links of what people write; nothing else of it becomes HTML."""

from __future__ import annotations

import pytest

from alliance.web import narrative
from alliance.web.narrative import html_of, plain_of


def test_paragraphs_lists_and_links():
    text = "Första\nraden.\n\n- ett\n- [två](https://example.org/a?b=1&c=2)\n\n1. a\n2. b"
    assert html_of(text) == (
        "<p>Första<br>\nraden.</p>\n"
        '<ul>\n<li>ett</li>\n<li><a href="https://example.org/a?b=1&amp;c=2">två</a></li>\n</ul>\n'
        "<ol>\n<li>a</li>\n<li>b</li>\n</ol>\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHN2Zz4=)",
        "[x](//example.org)",
        "[x](/en/accounts/elevation/end/)",
        "<https://example.org>",
        "<img src=x onerror=alert(1)>",
    ],
)
def test_everything_else_stays_text(text: str):
    html = html_of(text)
    assert html.startswith("<p>") and html.count("<") == 2


def test_an_attribute_cannot_be_left():
    html = html_of('[x](https://e.org/"onclick=z)')
    assert html == '<p><a href="https://e.org/%22onclick=z">x</a></p>\n'


def test_marks_that_are_no_lists_or_links_stay_as_typed():
    assert html_of("# 5 *av* 10_000 `x`\n> ja") == "<p># 5 *av* 10_000 `x`<br>\n&gt; ja</p>\n"


def test_a_bracket_that_opens_no_link_is_never_looked_after():
    """The reader would look for the end of each of them through the whole text."""
    assert "[" not in narrative._LOOSE.sub("", "[" * 50 + "[a](" * 50 + "[sic]")
    assert html_of("[sic] [a](") == "<p>[sic] [a](</p>\n"


def test_on_paper_a_link_is_its_words_with_the_address():
    text = "Se [rapporten](https://example.org/r) och [oss](mailto:a@example.org). [sic] [x](y)"
    assert plain_of(text) == (
        "Se rapporten (https://example.org/r) och oss (a@example.org). [sic] [x](y)"
    )
