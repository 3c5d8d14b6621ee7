"""Every line of the evidence rule has words, for each way it can come out."""

from __future__ import annotations

import pytest

from alliance.analysis.effect_spread import PlaceEffect
from alliance.analysis.evidence_grade import RULE, GradeSource, grade, solution_grade
from alliance.evidence.messages.grades import bounds, explain, rule_texts, solution_rule_texts


def _effect(place: str, value: float = -10, design: str = "before-after", **more) -> PlaceEffect:
    return PlaceEffect(
        place=place,
        value=value,
        unit="percent change",
        direction="lower-is-better",
        design=design,
        measure="traffic volume",
        **more,
    )


def _stored(found) -> list[dict]:
    return [
        {"code": one.code, "points": one.points, "met": one.met, "params": dict(one.params)}
        for one in found.lines
    ]


def _texts(own, everywhere=(), sources=(), **options) -> dict[str, str]:
    found = grade(own, solution_effects=everywhere, sources=sources)
    lines = explain(_stored(found), names={"traffic volume": "trafikvolym"}, **options)
    return {line.code: line.sentence for line in lines}


def test_the_published_rule_has_words_for_every_line():
    texts = rule_texts()
    assert [line.code for line in texts] == [line.code for line in RULE]
    assert all(str(t.title) and str(t.met_when) and str(t.why) for t in texts)


def test_a_late_plan_says_why_the_grade_is_two():
    late = [_effect("a", design="rct", se=1.2, has_late_plan=True)]
    found = grade(late, solution_effects=(), sources=[GradeSource("x", True)])
    assert bounds(_stored(found), found.points) == (
        "At most 2, because the plan was registered after the data."
    )
    failed = [_effect("a", design="rct", se=1.2, has_failed_check=True, has_deviation=True)]
    found = grade(failed, solution_effects=(), sources=[GradeSource("x", True)])
    assert bounds(_stored(found), found.points) == (
        "At most 2, because a check of the method failed."
    )
    assert _texts(failed)["measured"] == (
        "1 of 1 effect was measured. Failed a method check: 1. Departed from the plan: 1."
    )
    places = [_effect(place, -10, "rct", se=0.1, has_late_plan=True) for place in "abc"]
    whole = solution_grade(places, sources=()).grade
    assert "registered after the data" in bounds(_stored(whole), whole.points)


def test_lines_that_are_met_count():
    own = [_effect("a", design="rct", se=1.2), _effect("a", -8)]
    others = [_effect("b", se=1.0), _effect("c", se=1.0), _effect("d"), _effect("e", se=9.0)]
    texts = _texts(own, others, [GradeSource("x", True), GradeSource("y", None)])
    assert texts["measured"] == "2 of 2 effects were measured."
    assert texts["randomised"] == "1 of 2 effects come from a randomised trial."
    assert texts["uncertainty"].startswith("1 of 2 effects have an interval")
    assert texts["independent"].startswith(
        "1 of 2 sources were written by someone who did not run the action."
    )
    assert texts["replicated"] == (
        "We have results for “trafikvolym” from 5 places with this solution, 4 of them with an "
        "interval or a standard error. Including this case, the result is clearly on one side of "
        "zero in 3 of these. In 3 of them it was observed, not calculated."
    )
    assert texts["inconsistent"].endswith(
        "In 0 of these, the effect is clearly in the opposite direction to this case."
    )
    vague = _texts([_effect("a")], others)["replicated"]
    assert vague.endswith("The result of this case is not clearly on one side of zero.")


def test_what_is_not_known_is_not_said_to_be_no():
    texts = _texts([_effect("a")], sources=[GradeSource("x", None)])
    assert "is not known" in texts["independent"]
    refused = _texts([_effect("a")], sources=[GradeSource("x", False)])
    assert refused["independent"].startswith("All sources were written by those who ran")


def test_a_level_has_no_direction():
    texts = _texts([_effect("a", 35, is_change=False)])
    assert texts["replicated"] == texts["inconsistent"]
    assert texts["replicated"].startswith(
        "We cannot tell: the result is a level or a count, so it does not show a rise or a fall."
    )


def test_too_few_places_are_said_to_be_too_few():
    assert "at least 3 are needed" in _texts([_effect("a")])["replicated"]


def test_a_solution_is_not_spoken_of_as_a_case():
    everywhere = [_effect(place) for place in ("a", "b", "c")]
    found = solution_grade(everywhere, sources=[]).grade
    lines = explain(_stored(found), names={}, whole=True)
    assert not any("this case" in line.sentence for line in lines)


def _solution_texts(*effects: PlaceEffect, sources=()) -> dict[str, str]:
    found = solution_grade(effects, sources=sources).grade
    lines = explain(_stored(found), names={"traffic volume": "trafikvolym"}, whole=True)
    return {line.code: line.sentence for line in lines}


def test_the_lines_of_a_solution_count_places():
    texts = _solution_texts(
        _effect("a", design="rct", se=1.2, case="a"),
        _effect("b", -11, "quasi-experiment", se=40.0, case="b"),
        _effect("c", -12, case="c"),
        sources=[GradeSource("x", True, "a"), GradeSource("y", False, "b")],
    )
    assert (
        texts["measured"] == "The effect was measured in 3 of 3 places; at least half are needed."
    )
    assert texts["comparison"].startswith(
        "The effect was compared with people, streets or areas without the action in 2"
    )
    assert texts["randomised"].startswith("The action was assigned at random in 1 of 3 places")
    assert texts["uncertainty"].startswith(
        "A measured result has an interval or a standard error in 2 of 3 places"
    )
    assert texts["independent"].startswith(
        "1 of 3 places have a source written by someone who did not run the action"
    )
    assert texts["independent"].endswith("In 1 place, the author of the sources is not known.")
    assert "2 of them with an interval" in texts["replicated"]
    assert " Clearly on one side of zero: 1 of these, 1 of them observed" in texts["replicated"]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ((-10, -20, -30), "The 95 % prediction interval over 3 places includes zero"),
        ((-10, -11, -12), "The 95 % prediction interval over 3 places does not include zero."),
        ((0, 0, 0), "The 3 places agree that nothing changed."),
        (
            (-10, -20),
            "“trafikvolym” has been measured in 2 places that tried this solution; at least 3",
        ),
    ],
)
def test_a_solution_says_whether_its_places_are_even(values, words):
    texts = _solution_texts(*(_effect(str(i), value) for i, value in enumerate(values)))
    assert texts["inconsistent"].startswith(words)


def test_a_solution_says_why_it_gets_less():
    few = [_effect(place, design="rct", n=9) for place in "ab"]
    found = solution_grade(few, sources=[GradeSource("x", True)]).grade
    assert bounds(_stored(found), found.points) == (
        "At most 3, because fewer than 3 places have a result."
    )
    asked = [_effect("a"), *(_effect(place, design="survey", se=1.0) for place in "bcd")]
    found = solution_grade(asked, sources=[GradeSource("x", True)]).grade
    assert found.points == 1
    assert bounds(_stored(found), found.points) == (
        "At most 1, because fewer than half of the places measured an effect."
    )


def test_what_is_asked_of_a_solution_has_words():
    assert all(" %" not in text or "95 % prediction" in text for text in solution_rule_texts())
    assert any("fewer than 3 places" in text for text in solution_rule_texts())


@pytest.mark.parametrize(
    ("own", "everywhere", "words"),
    [
        ([_effect("a")], [], ""),
        (
            [_effect("a")],
            [_effect(p, 5, se=1.0) for p in "bcd"],
            "At least 1, because an effect was measured.",
        ),
        ([_effect("a", design="modelled")], [_effect(p) for p in "bcd"], ""),
    ],
)
def test_a_grade_that_is_no_sum_says_why(own, everywhere, words):
    found = grade(own, solution_effects=everywhere, sources=[])
    assert bounds(_stored(found), found.points).startswith(words)
    assert bool(bounds(_stored(found), found.points)) == bool(words)


def test_an_unmeasured_case_says_what_it_gets_at_most():
    own = [_effect("a", design="survey", se=1.0)]
    everywhere = [_effect(place, se=1.0) for place in ("b", "c", "d")]
    found = grade(own, solution_effects=everywhere, sources=[GradeSource("x", True)])
    assert found.points == 1
    assert bounds(_stored(found), found.points).startswith("At most 1")
