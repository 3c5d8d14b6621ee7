"""What a fairness check lacks, and how questions and drawings follow from it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import alliance.starter
from alliance.equity.enums import Action
from alliance.equity.models import CheckLine
from alliance.equity.questions import JUSTICE, action_of, questions_of, template_of
from alliance.equity.rules import Missing, Parts, missing_in
from alliance.equity.templatetags.check_words import figure_of, range_strip

BOTH = ("group", "area")


@pytest.mark.parametrize(
    ("parts", "missing"),
    [
        (Parts(), [Missing.GROUPS, Missing.AREAS, Missing.MITIGATION]),
        (Parts(by=["area"], n_mitigations=1), [Missing.GROUPS]),
        (Parts(by=["group"], n_mitigations=1), [Missing.AREAS]),
        (Parts(by=BOTH), [Missing.MITIGATION]),
        (Parts(by=BOTH, n_mitigations=1), []),
        (Parts(by=BOTH, n_mitigations=1, is_open=False), [Missing.PUBLISHED]),
        # People who were heard stand in the place of figures only where there are none.
        (Parts(n_heard=3, n_mitigations=1), [Missing.GROUPS, Missing.AREAS]),
        (Parts(has_no_figures=True, n_mitigations=1), [Missing.HEARD]),
        (Parts(has_no_figures=True, n_heard=1), [Missing.MITIGATION]),
        (Parts(has_no_figures=True, n_heard=1, n_mitigations=1), []),
        (Parts(is_waived=True), []),
        (Parts(is_waived=True, is_open=False), [Missing.PUBLISHED]),
    ],
)
def test_what_a_check_lacks(parts: Parts, missing: list[Missing]) -> None:
    assert missing_in(parts) == missing


def test_each_kind_of_action_asks_what_others_missed_in_cases_that_ship() -> None:
    folder = Path(alliance.starter.__file__).parent
    cases = {one["slug"] for one in json.loads((folder / "cases.json").read_text())}
    codes = []
    for action in Action:
        own = template_of(action).questions
        assert len(own) == (0 if action == Action.OTHER else 5), action
        assert questions_of(action) == (*own, *JUSTICE)
        codes += [one.code for one in own]
        assert sum(bool(one.cases) for one in own) >= (3 if own else 0)
        assert {case for one in own for case in one.cases} <= cases
    assert len(codes) == len(set(codes)) and len(JUSTICE) == 4
    assert action_of("congestion-charging") == Action.CHARGE
    assert action_of("participatory-budgeting") == Action.OTHER


def test_a_range_is_drawn_on_the_scale_of_its_unit() -> None:
    line = CheckLine(value=50.0, low=0.0, high=100.0, unit="SEK")
    drawn = range_strip(line, {"SEK": (0.0, 100.0)})
    assert 'cx="50.0%"' in drawn and 'x1="4.0%" x2="96.0%"' in drawn
    assert range_strip(CheckLine(unit="SEK"), {"SEK": (0.0, 100.0)}) == ""
    assert figure_of(line) == "50\N{NO-BREAK SPACE}SEK (0 to 100)"
    assert figure_of(CheckLine()) == ""
