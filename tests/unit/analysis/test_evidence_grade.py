import json
import re
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from alliance.analysis.effect_spread import PlaceEffect
from alliance.analysis.errors import MethodError
from alliance.analysis.evidence_grade import (
    RULE,
    RULE_VERSION,
    GradeSource,
    grade,
    solution_grade,
)

PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "evidence-grade.md"


def effect(place="A", value=-20.0, **fields):
    defaults = {
        "unit": "percent change",
        "direction": "lower-is-better",
        "design": "before-after",
        "measure": "traffic volume",
    }
    return PlaceEffect(place=place, value=value, **(defaults | fields))


def grade_of(*case, elsewhere=(), independent=()):
    sources = [GradeSource(f"source {i}", answer) for i, answer in enumerate(independent)]
    return grade(list(case), solution_effects=list(elsewhere), sources=sources)


def met(result):
    return {line.code for line in result.lines if line.met}


def line(result, code):
    return next(found for found in result.lines if found.code == code)


# The worked example of the documentation page: five invented towns.
EXAMPLE = [
    effect("Ashby", -20.0, se=5.0),
    effect("Birkvik", -12.0, se=3.0),
    effect("Corlay", -15.0, se=4.0),
    effect("Dalby", -8.0, se=2.0),
    effect("Elmstad", 3.0, se=2.0, design="modelled"),
]


class TestRule:
    def test_every_line_is_judged_once_in_the_published_order(self):
        assert [found.code for found in grade_of(effect()).lines] == [rule.code for rule in RULE]

    def test_the_page_prints_the_rule_as_it_is(self):
        rows = re.findall(r"^\| `([a-z]+)` \| ([+−]\d) \|", PAGE.read_text("utf-8"), re.MULTILINE)
        printed = [(code, int(points.replace("−", "-"))) for code, points in rows]
        assert printed == [(rule.code, rule.points) for rule in RULE]

    def test_the_page_names_the_version(self):
        assert f"This is version {RULE_VERSION} of the rule." in PAGE.read_text("utf-8")

    def test_each_line_has_a_code_of_its_own(self):
        assert len({rule.code for rule in RULE}) == len(RULE)

    def test_the_worked_example_of_the_page(self):
        sources = (False, True)
        case, *others = EXAMPLE
        first = grade_of(case, elsewhere=EXAMPLE, independent=sources)
        assert met(first) == {"measured", "uncertainty", "independent", "replicated"}
        assert first.points == 4
        assert dict(line(first, "replicated").params) == {
            "measure": "traffic volume",
            "unit": "percent change",
            "places": 5,
            "told": 5,
            "agreeing": 4,
            "observed": 4,
            "contrary": 0,
        }
        compared = replace(case, design="quasi-experiment")
        assert grade_of(compared, elsewhere=others, independent=sources).points == 5
        # Withdraw Dalby: 3 of 4 agree. Withdraw Corlay as well: 2 of 3 do, which is too few.
        ashby, birkvik, corlay, _, elmstad = EXAMPLE
        left = [ashby, birkvik, corlay, elmstad]
        assert grade_of(case, elsewhere=left, independent=sources).points == 4
        left.remove(corlay)
        assert grade_of(case, elsewhere=left, independent=sources).points == 3


class TestOwnEffects:
    @pytest.mark.parametrize(
        ("design", "lines", "points"),
        [
            ("modelled", set(), 0),
            ("survey", set(), 0),
            ("before-after", {"measured"}, 1),
            ("quasi-experiment", {"measured", "comparison"}, 2),
            ("rct", {"measured", "comparison", "randomised"}, 3),
        ],
    )
    def test_design(self, design, lines, points):
        result = grade_of(effect(design=design))
        assert met(result) == lines
        assert (result.points, result.graded) == (points, True)

    @pytest.mark.parametrize("fields", [{"se": 1.5}, {"low": -30.0, "high": -10.0}])
    def test_uncertainty(self, fields):
        assert grade_of(effect(**fields)).points == 2
        assert grade_of(effect(design="survey", **fields)).points == 0

    @pytest.mark.parametrize("fields", [{"n": 40}, {"low": -30.0}, {"se": float("nan")}])
    def test_half_an_interval_or_no_number_is_no_uncertainty(self, fields):
        assert "uncertainty" not in met(grade_of(effect(**fields)))

    def test_uncertainty_must_belong_to_a_measured_effect(self):
        result = grade_of(effect(), effect(measure="acceptance", design="survey", se=0.9))
        assert "uncertainty" not in met(result)

    @pytest.mark.parametrize("reason", ["same-estimate", "subset", "after-removal"])
    def test_an_effect_left_out_of_counts_supports_the_grade_of_its_case(self, reason: str):
        result = grade_of(effect(design="rct", excluded=reason), effect())
        assert met(result) == {"measured", "comparison", "randomised"}
        assert grade_of(effect(design="rct", excluded=reason)).points == 3

    def test_one_study_in_many_places_replicates_nothing(self):
        elsewhere = [effect(place, study="one", se=1.0) for place in "BCD"]
        own = effect("A", study="one", se=1.0)
        one = line(grade_of(own, elsewhere=elsewhere), "replicated")
        assert (one.met, dict(one.params)["places"]) == (False, 1)
        # A place with a study of its own counts for itself; so do three studies.
        more = [*elsewhere, effect("C", study="two", se=1.0), effect("E", study="three", se=1.0)]
        found = line(grade_of(own, elsewhere=more), "replicated")
        assert (found.met, dict(found.params)["places"]) == (True, 3)

    def test_what_is_no_effect_and_what_has_no_value_do_not_count(self):
        result = grade_of(
            effect(design="rct", excluded="comparison-value"),
            effect(design="rct", value=None),
            effect(),
        )
        assert result.points == 1
        assert (result.n_effects, result.n_excluded, result.n_missing) == (1, 1, 1)

    def test_no_effect_is_not_graded_rather_than_graded_zero(self):
        result = grade_of(independent=(True,), elsewhere=EXAMPLE)
        assert (result.graded, result.points, result.lines) == (False, 0, ())
        assert result.notes == ("no-effect-recorded",)

    def test_only_unusable_effects_are_told_apart_from_none(self):
        result = grade_of(effect(excluded="finding-not-effect"), effect(value=None))
        assert (result.graded, result.notes) == (False, ("no-usable-effect",))

    def test_without_a_measured_effect_at_most_one_point(self):
        case = effect(design="modelled", se=1.0)
        result = grade_of(case, elsewhere=EXAMPLE, independent=(True,))
        assert met(result) == {"independent", "replicated"}
        assert (result.points, result.notes) == (1, ("at-most-1-unmeasured",))

    def test_capped_at_five(self):
        case = effect(design="rct", se=0.4)
        result = grade_of(case, elsewhere=EXAMPLE, independent=(True,))
        assert sum(found.points for found in result.lines) == 6
        assert (result.points, result.notes) == (5, ("capped-at-5",))

    def test_five_points_need_an_interval_and_replication(self):
        alone = grade_of(effect(design="rct", se=0.4), independent=(True,))
        assert sum(each.points for each in alone.lines) == 5
        assert (alone.points, alone.notes) == (4, ("at-most-4-unconfirmed",))
        # Without an interval, nothing says on which side of zero it lies.
        vague = grade_of(effect(design="rct", n=400), elsewhere=EXAMPLE, independent=(True,))
        assert (vague.points, "replicated" in met(vague)) == (4, False)


@pytest.mark.parametrize("doubt", ["has_late_plan", "has_failed_check"])
class TestDoubted:
    BEST = {"design": "rct", "se": 0.5}

    def test_at_most_two_points_however_good_the_design(self, doubt):
        late = grade_of(effect(**self.BEST, **{doubt: True}), independent=(True,))
        assert (late.points, late.notes[-1]) == (2, "at-most-2-doubted")
        assert grade_of(effect(**self.BEST), independent=(True,)).points == 4

    def test_what_has_less_anyway_is_not_lifted(self, doubt):
        late = grade_of(effect(**{doubt: True}))
        assert (late.points, late.notes) == (1, ())

    def test_other_results_count_by_themselves_and_lose_nothing(self, doubt):
        late = effect(**self.BEST, **{doubt: True})
        compared = effect(design="quasi-experiment", se=1.0, measure="noise")
        both = grade_of(late, compared)
        assert (both.points, both.n_effects, met(both)) == (
            3, 1, {"measured", "comparison", "uncertainty"},
        )  # fmt: skip
        assert grade_of(late, effect(measure="noise")).points == 2
        assert grade_of(late, effect(design="survey", measure="noise")).points == 2

    def test_a_solution_is_held_down_where_most_places_that_measured_were_late(self, doubt):
        def solution(n_late):
            return solution_grade(
                [effect(place, -9.0 - place_no / 100, **self.BEST, **{doubt: place_no < n_late})
                 for place_no, place in enumerate("ABCD")],
                sources=[],
            ).grade  # fmt: skip

        assert (solution(3).points, solution(3).notes[-1]) == (2, "at-most-2-doubted")
        assert solution(2).points == 5


def test_a_deviation_is_counted_and_takes_nothing_off():
    found = grade_of(effect(has_deviation=True, has_failed_check=True), effect(measure="noise"))
    assert dict(line(found, "measured").params) == {
        "effects": 2, "of": 2, "failed": 1, "deviating": 1, "doubted": 1,
    }  # fmt: skip
    rows = [effect(place, design="rct", se=0.5, has_deviation=True) for place in "ABC"]
    whole = solution_grade(rows, sources=[]).grade
    assert (whole.points, dict(whole.lines[0].params)["deviating"]) == (5, 3)


class TestSources:
    @pytest.mark.parametrize(
        ("answers", "expected"),
        [
            ((), None),
            ((None, None), None),
            ((False, None), None),
            ((False, False), False),
            ((False, None, True), True),
        ],
    )
    def test_unknown_is_neither_yes_nor_no(self, answers, expected):
        found = line(grade_of(effect(), independent=answers), "independent")
        assert found.met is expected
        assert found.points == (1 if expected else 0)


class TestPlaces:
    @pytest.mark.parametrize(
        ("others", "expected"),
        [
            ([-1.0], False),  # 2 places
            ([-1.0, -1.0], True),  # 3 of 3
            ([-1.0, 1.0], False),  # 2 of 3
            ([-1.0, -1.0, 1.0], True),  # 3 of 4
            ([-1.0, -1.0, 1.0, 1.0], False),  # 3 of 5
            ([-1.0, -1.0, 0.0], True),  # 3 of 4; no change lies on neither side
            ([-1.0, -1.0, None], True),  # a missing value is no place
        ],
    )
    def test_three_quarters_of_at_least_three(self, others, expected):
        elsewhere = [effect(f"place {i}", value, se=0.2) for i, value in enumerate(others)]
        result = grade_of(effect(se=0.2), elsewhere=elsewhere)
        assert line(result, "replicated").met is expected

    @pytest.mark.parametrize(
        ("more", "counts"),
        [
            ({}, (5, 4, 4)),
            ({"se": None}, (5, 3, 3)),  # a value alone has no direction
            ({"se": 9.0}, (5, 4, 3)),  # an interval that holds zero counts for neither side
            ({"low": -19.0, "high": 1.0}, (5, 4, 3)),
            ({"low": -19.0, "high": -1.0}, (5, 4, 4)),
            ({"value": None, "unit": "", "no_difference": True}, (5, 4, 3)),
        ],
    )
    def test_only_whole_intervals_have_a_direction(self, more, counts):
        fourth = effect(**{"place": "D", "value": -9.0, "se": 1.0} | more)
        elsewhere = [effect("B", se=1.0), effect("C", se=1.0), fourth, effect("E", -3.0)]
        found = line(grade_of(effect(se=1.0), elsewhere=elsewhere), "replicated")
        params = dict(found.params)
        assert (params["places"], params["told"], params["agreeing"]) == counts
        assert found.met
        # The case itself must say how sure it is.
        assert not line(grade_of(effect(), elsewhere=elsewhere), "replicated").met

    def test_another_measure_or_unit_replicates_nothing(self):
        elsewhere = [effect("B", measure="noise"), effect("C", unit="vehicles"), effect("D")]
        assert (
            dict(line(grade_of(effect(), elsewhere=elsewhere), "replicated").params)["places"] == 2
        )

    def test_many_results_from_one_place_count_once(self):
        elsewhere = [effect("B", -float(i), se=0.1) for i in range(1, 9)]
        assert "replicated" not in met(grade_of(effect(se=0.1), elsewhere=elsewhere))

    def test_a_place_that_disagrees_with_itself_counts_for_neither_side(self):
        elsewhere = [effect("B", se=1.0), effect("C", se=1.0), effect("C", 4.0, se=1.0)]
        params = dict(line(grade_of(effect(se=1.0), elsewhere=elsewhere), "replicated").params)
        assert (params["places"], params["agreeing"], params["contrary"]) == (3, 2, 0)

    def test_the_whole_place_goes_before_its_parts(self):
        bypass = effect("C", 4.0, label="bypass roads", se=1.0)
        elsewhere = [effect("B", se=1.0), effect("C", se=1.0), bypass]
        assert "replicated" in met(grade_of(effect(se=1.0), elsewhere=elsewhere))

    def test_calculations_are_no_replication(self):
        elsewhere = [effect(place, design="modelled", se=1.0) for place in "BCDE"]
        found = line(grade_of(effect(se=1.0), elsewhere=elsewhere), "replicated")
        assert (found.met, dict(found.params)["observed"]) == (False, 1)

    def test_excluded_results_elsewhere_do_not_count(self):
        elsewhere = [effect("B", se=1.0), effect("C", excluded="after-removal", se=1.0)]
        assert "replicated" not in met(grade_of(effect(se=1.0), elsewhere=elsewhere))

    def test_no_change_has_no_direction_and_places_that_agree_on_it_are_even(self):
        elsewhere = [effect("B", 0.0), effect("C", 0.0)]
        assert "replicated" not in met(grade_of(effect("A", 0.0), elsewhere=elsewhere))
        assert "inconsistent" not in met(
            solution_grade([effect("A", 0.0), *elsewhere], sources=[]).grade
        )

    def test_a_level_has_no_direction_to_share(self):
        turnout = {"measure": "turnout", "unit": "percent of residents", "is_change": False}
        elsewhere = [effect(place, 4.0, **turnout) for place in "BCD"]
        result = grade_of(effect("A", 5.0, **turnout), elsewhere=elsewhere)
        assert line(result, "replicated").met is None
        assert line(result, "inconsistent").met is None
        assert result.points == 1

    def test_one_replicated_measure_is_enough(self):
        elsewhere = [effect("B", se=1.0), effect("C", se=1.0)]
        result = grade_of(effect(se=1.0), effect(measure="noise"), elsewhere=elsewhere)
        assert dict(line(result, "replicated").params)["measure"] == "traffic volume"
        assert result.points == 3


class TestInconsistent:
    def test_costs_a_point_when_most_places_point_the_other_way(self):
        elsewhere = [effect("B", 5.0, se=1.0), effect("C", 6.0, se=1.0)]
        result = grade_of(effect(se=3.0), elsewhere=elsewhere)
        assert line(result, "inconsistent").points == -1
        assert result.points == 1

    def test_half_is_not_most(self):
        elsewhere = [effect("B", se=1.0), effect("C", 5.0, se=1.0), effect("D", 6.0, se=1.0)]
        assert not line(grade_of(effect(), elsewhere=elsewhere), "inconsistent").met

    def test_two_places_are_too_few(self):
        assert not line(
            grade_of(effect(), elsewhere=[effect("B", 5.0, se=1.0)]), "inconsistent"
        ).met

    def test_values_without_intervals_contradict_nothing(self):
        elsewhere = [effect("B", 5.0), effect("C", 6.0), effect("D", 7.0, se=9.0)]
        found = line(grade_of(effect(se=3.0), elsewhere=elsewhere), "inconsistent")
        assert (found.met, dict(found.params)["contrary"]) == (False, 0)

    def test_something_measured_keeps_one_point(self):
        elsewhere = [effect("B", 5.0, se=1.0), effect("C", 6.0, se=1.0)]
        result = grade_of(effect(), elsewhere=elsewhere)
        assert (result.points, result.notes) == (1, ("kept-at-1",))

    def test_nothing_measured_may_fall_to_zero_but_not_below(self):
        elsewhere = [effect("B", 5.0, se=1.0), effect("C", 6.0, se=1.0)]
        assert grade_of(effect(design="modelled"), elsewhere=elsewhere).points == 0

    def test_is_taken_off_after_the_cap(self):
        noise = [effect(place, 3.0, measure="noise", se=1.0) for place in "BC"]
        case = [effect(design="rct", se=9.0), effect(measure="noise", value=-3.0)]
        result = grade_of(*case, elsewhere=[*EXAMPLE, *noise], independent=(True,))
        assert {"replicated", "inconsistent"} <= met(result)
        assert (result.points, result.notes) == (4, ("capped-at-5",))

    def test_the_place_of_the_case_does_not_contradict_itself(self):
        elsewhere = [effect("A", 9.0), effect("A", 8.0), effect("B", 7.0, se=1.0)]
        case = effect("A", -20.0, label="city centre")
        result = grade_of(case, elsewhere=elsewhere)
        assert dict(line(result, "inconsistent").params)["contrary"] == 1


class TestContract:
    @pytest.mark.parametrize(
        ("fields", "code"),
        [({"design": "anecdote"}, "unknown-design"), ({"direction": "up"}, "unknown-direction")],
    )
    def test_unknown_words_are_refused_with_their_row(self, fields, code):
        for arguments, where in (
            (([effect(**fields)], []), "case_effects[0]"),
            (([effect()], [effect("B"), effect("C", **fields)]), "solution_effects[1]"),
        ):
            with pytest.raises(MethodError) as caught:
                grade(arguments[0], solution_effects=arguments[1], sources=[])
            assert caught.value.code == code
            assert caught.value.where.startswith(where)
        with pytest.raises(MethodError, match=code):
            solution_grade([effect(**fields)], sources=[])

    def test_a_grade_can_be_stored_as_json(self):
        stored = json.loads(json.dumps(asdict(grade_of(effect(), elsewhere=EXAMPLE))))
        assert dict(stored["lines"][5]["params"])["places"] == 6
