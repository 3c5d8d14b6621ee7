from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.analysis.effect_spread import (
    DESIGNS,
    PlaceEffect,
    select_per_place,
    summarise,
)

values = st.one_of(
    st.none(), st.just(float("nan")), st.integers(-400, 400).map(lambda tenths: tenths / 10)
)
effects = st.builds(
    PlaceEffect,
    place=st.sampled_from("ABCDEF"),
    value=values,
    unit=st.just("percent change"),
    direction=st.just("lower-is-better"),
    design=st.sampled_from(DESIGNS),
    se=st.one_of(st.none(), st.floats(0.1, 9)),
    n=st.one_of(st.none(), st.integers(1, 500)),
    label=st.one_of(st.none(), st.just("a part")),
    excluded=st.one_of(st.none(), st.just("subset")),
)
lists = st.lists(effects, max_size=12)
one_each = st.lists(st.integers(-400, 400), min_size=3, max_size=9).map(
    lambda tenths: [
        PlaceEffect(
            place=str(index),
            value=tenth / 10,
            unit="degrees Celsius",
            direction="lower-is-better",
            design="before-after",
        )
        for index, tenth in enumerate(tenths)
    ]
)


@given(lists)
def test_every_effect_is_chosen_or_left_out_and_no_place_twice(listed):
    selection = select_per_place(listed)
    assert len(selection.chosen) + len(selection.left_out) == len(listed)
    names = [effect.place for effect in selection.chosen]
    assert len(names) == len(set(names))
    usable = [e for e in listed if not e.excluded and e.value is not None and e.value == e.value]
    assert set(names) == {effect.place for effect in usable}
    for effect in selection.chosen:
        rivals = [e for e in usable if e.place == effect.place]
        assert DESIGNS.index(effect.design) == min(DESIGNS.index(e.design) for e in rivals)


@given(lists)
def test_choosing_again_changes_nothing(listed):
    chosen = select_per_place(listed).chosen
    assert select_per_place(chosen).chosen == chosen


@given(lists)
def test_figures_stand_in_order_and_are_never_invented(listed):
    result = summarise(listed)
    assert result.k <= len({effect.place for effect in listed})
    if result.k == 0:
        assert result.median is None
        return
    assert result.minimum <= result.median <= result.maximum
    assert result.n_favourable + result.n_unfavourable + result.n_zero == result.k
    if result.k < 3:
        assert result.mean is None and result.pi_low is None
        return
    assert result.pi_low <= result.ci_low <= result.mean <= result.ci_high <= result.pi_high
    rounding = 1e-9
    assert result.minimum - rounding <= result.mean <= result.maximum + rounding


@given(lists, st.integers(0, 11))
def test_a_value_turned_missing_is_counted_missing(listed, index):
    if index >= len(listed):
        return
    before = summarise(listed)
    blanked = [*listed]
    blanked[index] = replace(blanked[index], value=float("nan"))
    after = summarise(blanked)
    assert before.n_missing <= after.n_missing <= before.n_missing + 1
    assert after.k <= before.k


@given(one_each, st.randoms(use_true_random=False))
def test_the_order_of_places_does_not_matter(listed, random):
    shuffled = [*listed]
    random.shuffle(shuffled)
    before, after = summarise(listed), summarise(shuffled)
    assert before.median == after.median
    assert before.warnings == after.warnings
    for name in ("mean", "ci_low", "ci_high", "pi_low", "pi_high"):
        assert getattr(after, name) == pytest.approx(getattr(before, name), abs=1e-9)


@given(one_each, st.sampled_from([0.001, 1000.0, -1.0]), st.integers(-50, 50))
def test_figures_follow_a_change_of_scale_and_of_origin(listed, factor, shift):
    before = summarise(listed)
    after = summarise([replace(e, value=e.value * factor + shift) for e in listed])
    assert after.mean == pytest.approx(before.mean * factor + shift, abs=1e-7)
    for name in ("ci", "pi"):
        half = (getattr(before, f"{name}_high") - getattr(before, f"{name}_low")) / 2
        moved = (getattr(after, f"{name}_high") - getattr(after, f"{name}_low")) / 2
        assert moved == pytest.approx(half * abs(factor), abs=1e-7)


@given(one_each, st.sampled_from([0.5, 0.8, 0.9]))
def test_a_higher_level_never_gives_a_narrower_interval(listed, level):
    narrow, wide = summarise(listed, level=level), summarise(listed, level=0.95)
    assert wide.ci_low <= narrow.ci_low and narrow.ci_high <= wide.ci_high
