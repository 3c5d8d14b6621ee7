"""The PDF itself: its text one page, tagged, told by its language, the same for the same words."""

from __future__ import annotations

import io
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache

import pytest
from pypdf import PdfReader

from alliance.cases.selectors.case_list import Localised
from alliance.core.errors import InvalidData
from alliance.reports import fitting as rules
from alliance.reports.selectors import brief_parts as words_of_briefs
from alliance.reports.selectors.content import Box, Brief, Chart, Line, Mark, Passage
from alliance.reports.typesetting import content, typeset
from alliance.web import typefaces
from tests.factories.briefs import AT, brief, row, source


def opened(one: Brief) -> PdfReader:
    return PdfReader(io.BytesIO(typeset(one)))


def words(one: Brief) -> str:
    """All text of the page, in one line, without the marks where words may break."""
    text = opened(one).pages[0].extract_text()
    return " ".join(text.replace("\u00ad", "").replace("\u2060", "").split())


def test_it_is_one_tagged_page_with_title_and_language():
    reader = opened(brief(language="sv"))
    catalogue = reader.trailer["/Root"]
    assert len(reader.pages) == 1
    assert catalogue["/Lang"] == "sv"
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/StructTreeRoot"]
    assert catalogue["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title == "Pricing the roads – One-page case brief"
    assert reader.metadata.creation_date == AT.replace(microsecond=0)
    assert reader.xmp_metadata is not None
    assert b"pdfuaid" in catalogue["/Metadata"].get_data()
    width, height = reader.pages[0].mediabox[2:]
    assert (round(float(width)), round(float(height))) == (595, 842)


def kinds(reader: PdfReader) -> list[str]:
    """The kinds of the tags, in reading order."""
    found: list[str] = []

    def walk(node: object) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for child in node:
                walk(child)
        elif isinstance(node, dict):
            if "/S" in node:
                found.append(str(node["/S"]))
            if "/K" in node:
                walk(node["/K"])

    walk(reader.trailer["/Root"]["/StructTreeRoot"]["/K"])
    return found


def test_headings_and_results_are_told_to_screen_readers():
    tags = kinds(opened(brief()))
    assert tags.index("/Title") < tags.index("/H1") < tags.index("/Table")
    assert tags.count("/TH") == 4
    assert "/Link" in tags


def test_every_typeface_is_in_the_file():
    fonts = [font.get_object() for font in opened(brief()).pages[0]["/Resources"]["/Font"].values()]
    assert len(fonts) >= 2
    for font in fonts:
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert any(key in descriptor for key in ("/FontFile2", "/FontFile3"))


def test_words_of_another_language_are_marked_as_such():
    reader = opened(brief(language="sv", heading=Localised("Pricing the roads", "en")))
    languages = []

    def walk(node: object) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for child in node:
                walk(child)
        elif isinstance(node, dict):
            languages.append(node.get("/Lang"))
            walk(node.get("/K"))

    walk(reader.trailer["/Root"]["/StructTreeRoot"]["/K"])
    assert "en" in languages


def test_equal_briefs_give_equal_bytes_and_others_do_not():
    assert typeset(brief()) == typeset(brief())
    assert typeset(brief()) != typeset(brief(foot=("Version 2, the case.",)))


HOSTILE = "#panic() $x^2$ *bold* _under_ @ref <script>alert(1)</script> \\u{41} `raw` // = [a] #{1}"


def test_signs_of_the_typesetter_are_printed_as_they_stand():
    hostile = brief(
        heading=Localised(HOSTILE),
        lead=Localised(HOSTILE),
        document_title=HOSTILE,
        facts=(Localised(HOSTILE),),
        charts=(Chart(HOSTILE, HOSTILE, (row(HOSTILE, part=Localised(HOSTILE)),)),),
        passages=(Passage("x", HOSTILE, Localised(HOSTILE)),),
        boxes=(Box("y", HOSTILE, (Line(Localised(HOSTILE), label=HOSTILE, note=HOSTILE),)),),
        sources=(source(1, title=Localised(HOSTILE)),),
        foot=(HOSTILE,),
    )
    reader = opened(hostile)
    printed = "".join(reader.pages[0].extract_text().replace("\u00ad", "").split())
    # A line may break after a hyphen of its own, never inside one of these.
    assert printed.count("#panic()$x^2$") >= 9
    assert printed.count("<script>alert(1)</script>") >= 5
    assert reader.metadata is not None and reader.metadata.title == HOSTILE


def test_letters_of_the_three_languages_are_there():
    letters = "å ä ö Å Ä Ö é è ê ë à â ç î ï ô û ù œ Œ æ « » ’ – − % ° µg/m³ NO2 CO₂ € £ ½ ±"
    assert letters in words(brief(lead=Localised(letters))).replace("\u00a0", " ")


def test_a_character_without_a_letter_form_is_replaced_and_that_is_said():
    text = words(brief(lead=Localised("Fares 日本 in 😀 Łódź")))
    assert "Fares \ufffd\ufffd in \ufffd Łódź" in text
    assert "Characters missing from the font are printed as �." in text
    assert "typeface" not in words(brief())


def overfull() -> Brief:
    """Far more than a page: what no writer would, but anybody could, hand in."""
    text = "This is a sentence of some length that says something about it. " * 120
    lines = tuple(
        Line(Localised(text), mark="did-not-work", label=f"City {n}: {text}", note=text, source=n)
        for n in range(1, 60)
    )
    return brief(
        heading=Localised("W" * 200),
        lead=Localised(text),
        document_title="W" * 200,
        facts=(Localised(text), Localised("x" * 300)),
        outcome=Mark("worked", "Worked"),
        passages=(
            Passage("a", "What did not work", Localised(text)),
            Passage("b", "What worked", Localised("w" * 5000)),
            Passage("c", "Requirements", Localised(text), optional=True),
        ),
        boxes=tuple(
            Box(key, key, lines, wide=key in {"peers", "failures"}, note="A note.")
            for key in ("peers", "failures", "cost", "evidence", "equity", "measures", "worked")
        ),
        charts=tuple(
            Chart(
                f"Chart {n}",
                "lower is better",
                tuple(
                    row("m" * 120, part=Localised("q" * 200), priority=rank) for rank in range(40)
                ),
                caption=("A caption.",),
            )
            for n in range(5)
        ),
        sources=tuple(
            source(n, title=Localised("t" * 300), url=f"https://example.org/{'u' * 470}")
            for n in range(1, 60)
        ),
    )


@cache
def overfull_file() -> bytes:
    return typeset(overfull())


def test_whatever_is_handed_in_the_text_stays_one_page_and_says_what_is_missing():
    reader = PdfReader(io.BytesIO(overfull_file()))
    text = reader.pages[0].extract_text()
    assert "more on the web page" in text
    assert "59 sources, on the next page." in text
    assert "https://alliance.example/en/cases/lund/" in text
    assert "https://alliance.example/en/cases/lund/" not in reader.pages[1].extract_text()


def addresses(reader: PdfReader) -> set[str]:
    """Where the links of a file lead."""
    return {
        link.get_object()["/A"]["/URI"]
        for page in reader.pages
        for link in page.get("/Annots", ())
        if "/A" in link.get_object()
    }


@pytest.mark.parametrize("count", [2, 6, 7, 30, 60])
def test_every_source_stands_there_with_its_whole_address(count):
    long = "a-very/long/path-to/a-report/" * 6
    wanted = [f"https://example.org/{long}{n}" for n in range(count)]
    reader = opened(
        brief(
            sources=tuple(
                source(n + 1, url=url, seen=Localised("what was read in it " * 4))
                for n, url in enumerate(wanted)
            )
        )
    )
    printed = "".join("".join(page.extract_text().split()) for page in reader.pages)
    assert [url for url in wanted if url not in printed] == []
    assert set(wanted) < addresses(reader)


def full() -> Brief:
    """Somewhat more text than a page holds."""
    text = "This is a sentence of some length that says something about it. " * 20
    return brief(passages=tuple(Passage(key, key, Localised(text)) for key in "abcdef"))


def test_few_sources_share_a_full_page_with_the_text():
    few = replace(full(), sources=tuple(source(n) for n in range(1, 5)))
    assert len(opened(few).pages) == 1
    many = replace(few, sources=tuple(source(n) for n in range(1, 12)))
    reader = opened(many)
    assert len(reader.pages) == 2
    assert "Report 11" in reader.pages[1].extract_text()
    assert "Report" not in reader.pages[0].extract_text()


def test_few_sources_that_no_page_could_hold_go_behind_it():
    url = f"https://example.org/{'u' * 470}"
    huge = source(1, title=Localised("t " * 4000), url=url)
    reader = opened(replace(full(), sources=(huge, replace(huge, number=2))))
    assert len(reader.pages) >= 2
    assert "2 sources, on the next page." in reader.pages[0].extract_text()


def test_a_page_with_room_keeps_many_sources():
    assert len(opened(brief(sources=tuple(source(n) for n in range(1, 13)))).pages) == 1


def test_an_address_in_another_script_can_be_printed():
    line = words_of_briefs.source_line(
        1, title="一", url="https://example.org/日本/é", kind="press", seen="", lang_attr=""
    )
    text = words(brief(sources=(line,)))
    assert "https://example.org/%E6%97%A5%E6%9C%AC/%C3%A9" in text
    assert "https://example.org/%E6%97%A5%E6%9C%AC/%C3%A9" in addresses(
        opened(brief(sources=(line,)))
    )


def test_nothing_starts_beyond_the_margins():
    starts = []

    def visit(text: str, page: list[float], line: list[float], _font: object, _size: float) -> None:
        if text.strip():
            x, y = line[4], line[5]
            starts.append(
                (x * page[0] + y * page[2] + page[4], x * page[1] + y * page[3] + page[5])
            )

    reader = PdfReader(io.BytesIO(overfull_file()))
    reader.pages[0].extract_text(visitor_text=visit)
    assert len(starts) > 30
    assert all(45 <= x <= 550 and 28 <= y <= 808 for x, y in starts)


def test_a_brief_that_cannot_fit_is_refused_in_words(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rules, "STEPS", ())
    with pytest.raises(InvalidData, match="case lund in en: This does not fit on one page"):
        typeset(overfull())


def test_a_short_brief_is_set_larger_than_a_full_one():
    def largest(one: Brief) -> float:
        sizes = []
        opened(one).pages[0].extract_text(
            visitor_text=lambda text, _m, _p, _f, size: sizes.append(size) if text.strip() else None
        )
        return max(sizes)

    assert largest(brief()) > largest(overfull())


def test_what_goes_to_the_page_is_told_at_the_foot():
    values = content(replace(brief(), left_out=("The problem", "The problem", "Other results")))
    assert values["foot"][-1] == "Only on the web page: The problem, Other results."


def test_french_signs_stay_with_the_word_before_them():
    values = content(
        brief(language="fr", lead=Localised("Un résultat : 20 % de moins ; vraiment ?"))
    )
    assert values["lead"]["value"] == (
        "Un résultat\u00a0: 20\u00a0% de moins\u00a0; vraiment\u00a0?"
    )


def test_the_typefaces_come_from_the_package_and_not_from_the_machine():
    families = set(typefaces.fonts().families())
    assert {"Source Sans Pro", "Libertinus Serif"} <= families
    assert "DejaVu Sans" not in families


def test_the_typefaces_are_laid_out_once_however_many_ask_first():
    typefaces._laid_out.cache_clear()
    together = threading.Barrier(17)

    def ask(_number: int) -> int:
        together.wait()
        return id(typefaces.fonts())

    pause = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(17) as threads:
            assert len(set(threads.map(ask, range(17)))) == 1
    finally:
        sys.setswitchinterval(pause)
