from dataclasses import replace

import pytest

from alliance.analysis.effect_spread import summarise
from alliance.analysis.evidence_grade import GradeSource, solution_grade
from tests.unit.analysis.test_evidence_grade import EXAMPLE, effect, grade_of, line, met


def solution(*effects, sources=()):
    return solution_grade(list(effects), sources=list(sources)).grade


#: Three places that fell by about as much: the prediction interval lies wholly below zero.
ALIKE = [effect("A", -20.0), effect("B", -21.0), effect("C", -19.0)]


class TestSolutionGrade:
    def test_rests_on_the_measure_with_most_places(self):
        noise = [effect(place, measure="noise", design="rct") for place in "AB"]
        result = solution_grade([*noise, *EXAMPLE], sources=[])
        assert (result.measure, result.unit) == ("traffic volume", "percent change")
        assert (result.n_places, result.grade.n_effects) == (5, 5)
        assert met(result.grade) == {"measured", "uncertainty", "replicated", "inconsistent"}
        assert result.grade.points == 2

    def test_ties_go_to_more_measured_then_to_the_name(self):
        air = effect("A", measure="air", design="survey")
        noise, zeal = effect("A", measure="noise"), effect("A", measure="zeal")
        assert solution_grade([air, zeal, noise], sources=[]).measure == "noise"

    def test_the_direction_most_places_share_may_be_harm(self):
        harm = [effect(place, 5.0, se=1.0) for place in "ABC"]
        assert "replicated" in met(solution(*harm, effect("D", se=1.0)))
        # Values that do not say how sure they are have no side.
        assert "replicated" not in met(solution(*(replace(one, se=None) for one in harm)))

    def test_places_that_point_both_ways_replicate_nothing(self):
        split = [effect("A"), effect("B"), effect("C", 5.0), effect("D", 5.0)]
        assert met(solution(*split)) == {"measured", "inconsistent"}

    def test_without_effects_there_is_no_measure_and_no_grade(self):
        result = solution_grade([effect(value=None)], sources=[])
        assert (result.measure, result.n_places, result.grade.graded) == (None, 0, False)

    @pytest.mark.parametrize(
        ("strong", "code"),
        [
            ({"design": "quasi-experiment"}, "comparison"),
            ({"design": "rct"}, "randomised"),
            ({"se": 1.0}, "uncertainty"),
            ({"low": -30.0, "high": -10.0}, "uncertainty"),
        ],
    )
    def test_one_strong_study_among_three_earns_nothing_and_two_do(self, strong, code):
        one = [replace(ALIKE[0], **strong), *ALIKE[1:]]
        two = [*(replace(each, **strong) for each in ALIKE[:2]), ALIKE[2]]
        assert code not in met(solution(*one))
        assert code in met(solution(*two))
        assert dict(line(solution(*two), code).params) == {"places": 2, "of": 3}

    def test_the_last_line_takes_the_interval_of_the_page_of_the_solution(self):
        # Five precise places that agree, and one that nobody knows well.
        firm = [effect(place, -20.0 - at, se=1.0) for at, place in enumerate("ABCDE")]
        vague = effect("F", 20.0, se=40.0)
        assert summarise([*firm, vague]).pi_high > 0
        assert "inconsistent" not in met(solution(*firm, vague))
        assert "inconsistent" in met(solution(*firm, replace(vague, se=None)))

    def test_half_is_enough(self):
        four = [*ALIKE, effect("D", -20.0, design="modelled")]
        modelled = [replace(four[0], design="modelled"), *four[1:]]
        assert "measured" in met(solution(*four))
        assert "measured" in met(solution(*modelled))
        assert "measured" not in met(solution(replace(four[1], design="survey"), *modelled[2:]))

    def test_many_strong_results_of_one_place_are_one_place(self):
        many = [effect("A", -20.0, design="rct", label=f"part {i}") for i in range(9)]
        assert "randomised" not in met(solution(*many, *ALIKE[1:]))

    def test_points_do_not_come_together_from_different_studies(self):
        parts = [
            effect("A", -20.0, design="rct", case="a"),
            effect("B", -21.0, n=300, case="b"),
            effect("C", -19.0, case="c"),
        ]
        sources = [
            GradeSource("a", False, "a"),
            GradeSource("b", False, "b"),
            GradeSource("c", True, "c"),
        ]
        found = solution(*parts, sources=sources)
        assert met(found) == {"measured"}
        assert found.points == 1

    def test_withdrawing_a_study_lowers_the_grade(self):
        compared = {"design": "quasi-experiment"}
        four = [
            effect("A", -20.0, **compared),
            effect("B", -21.0, **compared),
            effect("C", -19.0),
            effect("D", -20.0),
        ]
        assert met(solution(*four)) == {"measured", "comparison"}
        withdrawn = replace(four[0], excluded="retracted")
        assert met(solution(withdrawn, *four[1:])) == {"measured"}
        assert solution(withdrawn, *four[1:]).points == solution(*four).points - 1

    def test_the_worked_example_of_the_page(self):
        towns = [replace(each, case=each.place) for each in EXAMPLE]
        sources = [GradeSource("town", False, "Ashby"), GradeSource("university", True, "Ashby")]
        found = solution(*towns, sources=sources)
        assert [each.points for each in found.lines] == [1, 0, 0, 1, 0, 1, -1]
        assert line(found, "independent").met is None
        assert found.points == 2
        for listed, mean, low, high in ((towns, -10.4, -37, 16), (towns[:4], -13.75, -32, 4)):
            summary = summarise(listed)
            assert summary.mean == pytest.approx(mean)
            assert (round(summary.pi_low), round(summary.pi_high)) == (low, high)
        even = [
            replace(each, value=value)
            for each, value in zip(towns[:4], (-12.0, -13.0, -14.0, -15.0), strict=True)
        ]
        assert solution(*even, sources=sources).points == 3


class TestIndependenceOfASolution:
    @pytest.mark.parametrize(
        ("answers", "expected"),
        [
            ((True, True, False), True),
            ((True, False, False), False),
            ((True, None, False), None),
            ((True, None, None), None),
            ((None, False, False), False),
            ((False, False, False), False),
        ],
    )
    def test_asks_half_of_the_places(self, answers, expected):
        places = [replace(each, case=each.place) for each in ALIKE]
        sources = [
            GradeSource("s", answer, place) for place, answer in zip("ABC", answers, strict=True)
        ]
        assert line(solution(*places, sources=sources), "independent").met is expected

    def test_sources_of_cases_without_the_measure_do_not_count(self):
        places = [replace(each, case=each.place) for each in ALIKE]
        elsewhere = [GradeSource("s", True, "Z")] * 9
        found = line(solution(*places, sources=elsewhere), "independent")
        assert found.met is None
        assert dict(found.params) == {"places": 0, "unknown": 3, "of": 3}


class TestUnevenPlaces:
    def test_an_interval_on_one_side_of_zero_costs_nothing(self):
        found = solution(*(replace(each, se=1.0) for each in ALIKE))
        assert met(found) == {"measured", "uncertainty", "replicated"}
        assert found.points == 3

    def test_an_interval_that_includes_zero_costs_a_point(self):
        # Mean -20, s 10: the interval is -20 ± 4.303 x 10 x sqrt(4/3), from -70 to 30.
        towns = [effect("A", -10.0), effect("B", -20.0), effect("C", -30.0)]
        assert met(solution(*towns)) == {"measured", "inconsistent"}
        found = solution(*(replace(each, se=1.0) for each in towns))
        assert met(found) == {"measured", "uncertainty", "replicated", "inconsistent"}
        assert found.points == 2

    def test_the_best_evidence_does_not_hide_that_places_differ(self):
        strong = [
            effect(place, value, design="rct", se=4.0, case=place)
            for place, value in zip("ABC", (-10.0, -20.0, -30.0), strict=True)
        ]
        found = solution(*strong, sources=[GradeSource("s", True, place) for place in "ABC"])
        assert (found.points, found.notes) == (4, ("capped-at-5",))

    def test_is_the_interval_of_the_results_that_speak_for_their_places(self):
        parts = [*ALIKE, effect("A", 90.0, label="bypass")]
        assert "inconsistent" not in met(solution(*parts))
        assert "inconsistent" in met(solution(replace(parts[3], design="rct"), *parts))
        summary = summarise(parts)
        assert summary.pi_high < 0

    def test_places_that_agree_on_no_change_are_even(self):
        none = [effect("A", 0.0), effect("B", 0.0), effect("C", 0.0)]
        assert met(solution(*none)) == {"measured"}
        assert "inconsistent" not in met(solution(*none, effect("D", -3.0)))

    def test_two_places_have_no_interval(self):
        assert line(solution(effect("A", -9.0), effect("B", 9.0)), "inconsistent").met is False

    def test_a_level_has_no_side(self):
        turnout = {"measure": "turnout", "unit": "percent of residents", "is_change": False}
        found = solution(*(effect(place, 4.0, **turnout) for place in "ABC"))
        assert line(found, "inconsistent").met is None


class TestFewPlaces:
    def test_one_or_two_places_get_at_most_three_points(self):
        best = {"design": "rct", "se": 0.1}
        known = [GradeSource("s", True)]
        for places in ("A", "AB"):
            found = solution(*(effect(place, **best) for place in places), sources=known)
            assert sum(each.points for each in found.lines) == 5
            assert (found.points, found.notes[-1]) == (3, "at-most-3-few-places")
        three = solution(*(replace(each, **best) for each in ALIKE), sources=known)
        assert three.points == 5

    def test_the_case_itself_keeps_its_grade(self):
        assert grade_of(effect(design="rct", se=0.1), independent=(True,)).points == 4

    def test_where_nothing_was_measured_one_stays_the_most(self):
        found = solution(effect(design="survey"), sources=[GradeSource("s", True)])
        assert (found.points, found.notes) == (1, ())
