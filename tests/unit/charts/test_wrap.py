from hypothesis import given
from hypothesis import strategies as st

from alliance.charts.wrap import text_width, wrap


def test_a_short_text_stays_whole():
    assert wrap("Göteborg", 240, 15, lines=2) == ("Göteborg",)


def test_a_long_text_breaks_between_words():
    lines = wrap("Communauté d’agglomération de Grenoble", 220, 15, lines=2)
    assert len(lines) == 2
    assert " ".join(lines) == "Communauté d’agglomération de Grenoble"


def test_what_does_not_fit_ends_in_an_ellipsis():
    assert wrap("one two three four five six", 75, 15, lines=1) == ("one two…",)
    assert wrap("x" * 100, 60, 15, lines=2)[0].endswith("…")


@given(st.text(alphabet="abcmW ñ,’", max_size=120), st.integers(1, 3))
def test_no_line_is_too_wide_and_there_are_never_too_many(text, lines):
    got = wrap(text, 120, 15, lines=lines)
    assert 1 <= len(got) <= lines
    assert all(text_width(line, 15) <= 120 for line in got)
