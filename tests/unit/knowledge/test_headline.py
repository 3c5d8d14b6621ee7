"""The headline of a solution in sentences: size, range, places, what is known and missing."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from alliance.evidence.headline import Headline, MainResult
from alliance.evidence.messages.headline import figure, result, sentence, silence

NAMES = {"en": "traffic volume", "sv": "trafikvolym", "fr": "volume de trafic"}
PERCENT = {"unit_names": {"en": "percent change"}, "unit_symbols": {"en": "%"}}
POINTS = {"unit_names": {"en": "percentage points"}, "unit_symbols": {"en": "pp"}}
SHARE = {
    "unit_names": {"en": "percent of meals"}, "unit_symbols": {"en": "%"}, "is_change": False,
}  # fmt: skip
STANDARDISED = {"unit_names": {"en": "Cohen's d"}, "unit_symbols": {"en": ""}} | {
    "is_for_analysts": True
}


def facts(main: MainResult | None = None, code: str = "mixed", **changes: Any) -> Headline:
    values = {"measure_names": NAMES, **PERCENT} | changes
    return Headline(solution="road-pricing", code=code, result=main, **values)


def median(value: float | None, low: float, high: float, **places: int) -> MainResult:
    return MainResult(statistic="median", value=value, low=low, high=high, **places)


@pytest.mark.parametrize(
    ("main", "changes", "said", "size"),
    [
        (
            MainResult(statistic="mean", value=-1.96, low=-3.6, high=-0.42, fell=18),
            {},
            "Traffic volume fell by 2 % on average in 18 places. "
            "In a new city, expect a fall of 0.4 to 3.6 %.",
            "−2 %",
        ),
        (
            MainResult(statistic="mean", value=-1.96, low=-3.6, high=-0.42, fell=17, other=1),
            {},
            "Traffic volume fell by 2 % on average in the 17 of 18 places with the strongest "
            "methods. In a new city, expect a fall of 0.4 to 3.6 %.",
            "−2 %",
        ),
        (
            MainResult(statistic="mean", value=3.1, low=-6, high=12.6, fell=2, rose=6),
            POINTS,
            "Traffic volume rose by 3 percentage points on average in 8 places. In a new city, "
            "expect anything from a fall of 6 to a rise of 13 percentage points.",
            "+3 percentage points",
        ),
        (
            median(-15, -30, -6, fell=6, unchanged=3),
            {},
            "Traffic volume fell in 6 places, by 6 to 30 % (median 15 %), no difference in 3.",
            "−15 %",
        ),
        (
            median(None, 11, 87, rose=2),
            {},
            "Traffic volume rose in both places, by 11 to 87 %.",
            "+11 to +87 %",
        ),
        (
            median(-9, -30, 5, fell=4, rose=2),
            {},
            "Traffic volume fell in 4 and rose in 2 of 6 places, from a fall of 30 to a rise of "
            "5 % (median −9 %).",
            "−9 %",
        ),
        (
            MainResult(statistic="single", low=-39, high=-23, fell=1),
            {},
            "Traffic volume fell by 23 to 39 % in one place.",
            "−39 to −23 %",
        ),
        (
            MainResult(statistic="single", low=-5, high=3, fell=1),
            {},
            "Traffic volume changed by −5 to +3 % in one place.",
            "−5 to +3 %",
        ),
        (
            MainResult(statistic="single", value=-80, fell=1, is_modelled=True),
            {},
            "Traffic volume fell by 80 % in one place. Calculated with a model, not measured.",
            "−80 %",
        ),
        (
            median(8, 7.3, 18, rose=3),
            SHARE,
            "Traffic volume: 7.3 to 18 % of meals in 3 places (median 8 %).",
            "8 % of meals",
        ),
        (
            median(0.06, 0.02, 0.5, rose=5, fell=1),
            STANDARDISED,
            "Traffic volume: better in 5 of 6 places.",
            "",
        ),
        (MainResult(unchanged=2), {}, "Traffic volume: no difference in 2 places.", ""),
        (
            MainResult(left_out=1),
            {},
            "Traffic volume: no result that counts as an effect of this solution.",
            "",
        ),
        (None, {}, "No city has measured this yet: traffic volume.", ""),
        (None, {"measure_names": {}}, "", ""),
    ],
)
def test_a_result_is_one_sentence_with_its_size_range_and_places(
    main: MainResult | None, changes: dict[str, Any], said: str, size: str
) -> None:
    found = facts(main, **changes)
    assert " ".join(result(found)).replace("\u00a0", " ") == said
    assert figure(found).replace("\u00a0", " ") == size


TRIED = {"places": 4, "measured": 3, "worked": 3, "counted": 1}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {},
            "Worked in 3 of 3 places; too few to say more. "
            "2 more places with a measured change could settle this.",
        ),
        (
            {"reported": 1, "worked": 2, "counted": 3},
            "Worked in 2 of 3 places; the results are not clear enough. Reported as working, but "
            "not measured, in 1 other place. Results from places with a comparison group would "
            "help more than further results without one.",
        ),
        (
            {"measured": 1, "worked": 1, "own_figures": 1, "counted": 2},
            "Worked in the only place that measured a change: too little to judge. The figures are "
            "the city’s own. 1 more place with a measured change could settle this.",
        ),
        (
            {"worked": 0, "partly": 1, "one_off": "single-site"},
            "Worked at most partly in the 3 places that measured a change. A project of one site.",
        ),
        (
            {"measured": 1, "worked": 0, "one_off": "closed", "year": 2018},
            "Did not work in the only place that measured a change. "
            "The only known try ended in 2018.",
        ),
        (
            {"measured": 0, "worked": 0, "reported": 2, "one_off": "closed"},
            "Reported as working in 2 of 4 places, but not measured. The only known try has ended.",
        ),
    ],
)
def test_too_little_evidence_says_what_is_known_and_what_would_settle_it(
    changes: dict[str, Any], said: str
) -> None:
    assert " ".join(silence(facts(code="not-enough-evidence", **TRIED | changes))) == said


def test_a_line_says_that_results_are_disputed_and_why() -> None:
    found = facts(code="works", disputes=({"en": "Another study finds nothing."},))
    assert sentence(found).endswith("Disputed: Another study finds nothing.")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "sv",
            "Trafikvolym: minskade med i genomsnitt 2 % på de 17 av 18 platser som har de "
            "starkaste metoderna. Räkna med en minskning på 0,5 till 3,5 % i en ny stad.",
        ),
        (
            "fr",
            "Volume de trafic : en baisse de 2 % en moyenne dans les 17 lieux sur 18 aux méthodes "
            "les plus solides. Dans une nouvelle ville, on peut s’attendre à une baisse de 0,5 à "
            "3,5 %.",
        ),
    ],
)
def test_each_language_has_its_own_sentence(language: str, said: str) -> None:
    main = MainResult(statistic="mean", value=-2, low=-3.5, high=-0.5, fell=17, other=1)
    units = {"unit_symbols": {"en": "%", "sv": "%", "fr": "%"}}
    with translation.override(language):
        text = " ".join(result(facts(main, **units)))
    assert text.replace("\u00a0", " ").replace("\u202f", " ") == said
