from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from alliance.analysis.effect_spread import DESIGNS, PlaceEffect, summarise
from alliance.analysis.evidence_grade import RULE, GradeSource, grade, solution_grade


def effects(places, designs=DESIGNS, measures=("air", "noise")):
    return st.builds(
        PlaceEffect,
        place=st.sampled_from(places),
        value=st.sampled_from([-8.0, -3.0, 0.0, 2.0, 5.0, None]),
        unit=st.just("percent change"),
        direction=st.just("lower-is-better"),
        design=st.sampled_from(designs),
        measure=st.sampled_from(measures),
        n=st.one_of(st.none(), st.integers(1, 500)),
        label=st.one_of(st.none(), st.just("a part")),
        excluded=st.sampled_from([None, None, None, "subset"]),
        is_change=st.sampled_from([True, True, True, False]),
        se=st.sampled_from([None, None, 0.5, 4.0]),
    )


# Mostly one place for the case, sometimes two; others may include the place of the case.
own_effects = st.lists(effects("AAAB"), min_size=1, max_size=4)
other_effects = st.lists(effects("ABCDEFG"), max_size=12)
sources = st.lists(
    st.builds(
        GradeSource, reference=st.just("s"), independent=st.sampled_from([None, True, False])
    ),
    max_size=3,
)


def points(own, others, known):
    return grade(own, solution_effects=others, sources=known).points


@given(own_effects, other_effects, sources)
def test_points_are_the_lines_and_the_notes(own, others, known):
    result = grade(own, solution_effects=others, sources=known)
    assert 0 <= result.points <= 5
    worth = {rule.code: rule.points for rule in RULE}
    for line in result.lines:
        assert line.points == (worth[line.code] if line.met else 0)
    if result.graded and not result.notes:
        assert result.points == max(0, sum(line.points for line in result.lines))
    measured = any(line.code == "measured" and line.met for line in result.lines)
    assert result.points >= 1 if measured else result.points <= 1


@given(own_effects, other_effects, sources, st.data())
def test_a_stronger_design_never_lowers(own, others, known, data):
    index = data.draw(st.integers(0, len(own) - 1))
    rank = DESIGNS.index(own[index].design)
    stronger = [*own]
    stronger[index] = replace(own[index], design=data.draw(st.sampled_from(DESIGNS[: rank + 1])))
    assert points(stronger, others, known) >= points(own, others, known)


@given(own_effects, other_effects, sources, st.data())
def test_an_added_interval_never_lowers(own, others, known, data):
    index = data.draw(st.integers(0, len(own) - 1))
    bounded = [*own]
    value, half = own[index].value or 0.0, data.draw(st.sampled_from([1.0, 40.0]))
    bounded[index] = replace(own[index], se=None, low=value - half, high=value + half)
    own = [*own]
    own[index] = replace(own[index], se=None)
    assert points(bounded, others, known) >= points(own, others, known)


@given(own_effects, other_effects, sources)
def test_an_added_independent_source_never_lowers(own, others, known):
    more = [*known, GradeSource("audit", True)]
    assert points(own, others, more) >= points(own, others, known)


@given(own_effects, other_effects, sources)
def test_a_comparison_group_raises_by_exactly_one(own, others, known):
    weak = [
        replace(e, design="before-after", excluded=None, value=e.value or -1.0) if i == 0 else e
        for i, e in enumerate(own)
    ]
    assume(all(e.design not in ("rct", "quasi-experiment") for e in weak[1:]))
    before = grade(weak, solution_effects=others, sources=known)
    assume("kept-at-1" not in before.notes)
    compared = [replace(weak[0], design="quasi-experiment"), *weak[1:]]
    assert points(compared, others, known) == before.points + 1


@given(
    own_effects,
    st.lists(effects("ABCDEFG", measures=("air",)), max_size=12),
    sources,
    st.sampled_from("BCDEFG"),
)
def test_taking_away_a_place_that_agrees_never_raises(own, others, known, place):
    own = [replace(e, place="A", measure="air") for e in own]
    signs = {
        (e.value > 0) - (e.value < 0)
        for e in own
        if e.value is not None and not e.excluded and e.is_change
    }
    assume(len(signs) == 1)
    sign = signs.pop()
    agreeing = PlaceEffect(
        place=place,
        value=float(sign),
        se=0.1,
        unit="percent change",
        direction="lower-is-better",
        design="before-after",
        measure="air",
    )
    rest = [e for e in others if e.place != place]
    assert points(own, rest, known) <= points(own, [*rest, agreeing], known)


@given(own_effects, other_effects, sources, st.randoms(use_true_random=False))
def test_the_order_does_not_matter(own, others, known, random):
    before = grade(own, solution_effects=others, sources=known)
    # Which of two equal results speaks for a place is decided by their order within it.
    listed = [*own, *others]
    whole = solution_grade(listed, sources=known)
    places = sorted({e.place for e in listed})
    random.shuffle(places)
    by_place = [e for place in places for e in listed if e.place == place]
    for rows in (own, others, known):
        random.shuffle(rows)
    assert grade(own, solution_effects=others, sources=known) == before
    assert solution_grade(by_place, sources=known) == whole


@given(other_effects, sources)
def test_a_solution_has_its_points_from_its_lines_and_few_places_little(listed, known):
    found = solution_grade(listed, sources=known)
    result = found.grade
    assert 0 <= result.points <= 5
    if result.graded and not result.notes:
        assert result.points == max(0, sum(line.points for line in result.lines))
    if found.n_places < 3:
        assert result.points <= 3


@given(other_effects, sources)
def test_no_top_grade_beside_an_expectation_that_includes_zero(listed, known):
    listed = [replace(e, is_change=True) for e in listed]
    found = solution_grade(listed, sources=known)
    uneven = any(line.code == "inconsistent" and line.met for line in found.grade.lines)
    assume(uneven)
    spread = summarise([e for e in listed if (e.measure, e.unit) == (found.measure, found.unit)])
    assert spread.pi_low <= 0 <= spread.pi_high
    assert found.grade.points <= 4


@given(other_effects, sources, st.sampled_from("ABCDEFG"))
def test_half_of_the_places_must_have_what_a_line_asks_for(listed, known, place):
    """Taking a place away from those that meet a line never makes the line met."""
    found = solution_grade(listed, sources=known)
    weaker = [
        replace(e, design="modelled") if e.place == place and e.design == "rct" else e
        for e in listed
    ]
    after = solution_grade(weaker, sources=known)
    assume((after.measure, after.unit) == (found.measure, found.unit))
    met = {line.code for line in found.grade.lines if line.met}
    for line in after.grade.lines:
        if line.code in {"measured", "comparison", "randomised", "uncertainty"} and line.met:
            assert line.code in met


@given(own_effects, other_effects, sources)
def test_own_effects_among_those_of_the_solution_count_once(own, others, known):
    alone = grade(own, solution_effects=others, sources=known)
    assert grade(own, solution_effects=[*others, *own], sources=known) == alone
