"""Each line of the rule that says whether a solution works, and the guards of its word."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from alliance.analysis.effect_spread import PlaceEffect
from alliance.analysis.errors import MethodError
from alliance.analysis.evidence.solution_verdict import (
    RANK,
    Previous,
    VerdictCase,
    solution_verdict,
)
from alliance.config.evidence_command import evidence


def effect(place, value, design="before-after", se=None, measure="m"):
    return PlaceEffect(
        place=place, value=value, unit="", direction="lower-is-better", design=design, se=se,
        measure=measure,
    )  # fmt: skip


def case(place, outcome="worked", value=None, design="before-after", se=None, **known):
    effects = () if value is None else (effect(place, value, design, se),)
    return VerdictCase(id=known.pop("id", place), place=place, outcome=outcome, effects=effects,
                       **known)  # fmt: skip


def of(*cases, **options):
    options = {"measure": "m", "direction": "lower-is-better"} | options
    return solution_verdict(cases, **options)


def trials(n, value=-2.0, se=0.3, outcome="worked"):
    return [case(f"T{at}", outcome, value - at / 100, "rct", se) for at in range(n)]


def counted(n=5, value=-9.0, **options):
    """Before-and-after results in as many cities of two countries."""
    return [
        case(f"C{at}", "worked", value - at, country=("SE", "FR")[at % 2], **options)
        for at in range(n)
    ]


@pytest.mark.parametrize(
    ("cases", "options", "line", "word", "reason", "rests_on"),
    [
        ((), {}, 0, "not-enough-evidence", "no-cases", None),
        ((case("A"), case("B")), {}, 0, "not-enough-evidence", "reported-only", None),
        (trials(4, value=3.0, outcome="mixed"), {}, 1, "does-harm", "pool-wrong-way",
         "prediction-interval"),
        (
            [case(p, "worked", 1.0, equity_harm="mitigated") for p in "ABCDE"],
            {"smallest_useful": 2}, 2, "does-harm", "harm-in-most-units", "counts",
        ),
        (
            trials(5, value=-0.1, se=0.05), {"smallest_useful": 3},
            3, "probably-does-not-work", "too-little-to-matter", "prediction-interval",
        ),
        (
            [case(f"N{value}", "did-not-work", value) for value in (1.0, 30.0, 2.0, 9.0)],
            {}, 4, "probably-does-not-work", "no-use-in-most-units", "counts",
        ),
        (
            [*trials(5), *(case(p, "mixed", -2, "rct", 1, equity_harm="mitigated") for p in "XY")],
            {}, 5, "mixed", "trade-off", "prediction-interval",
        ),
        (trials(5), {}, 6, "works", "prediction-interval", "prediction-interval"),
        (
            [*trials(4), case("X", "worked", -2.0, "rct", 0.3, equity_harm="open")],
            {}, 7, "probably-works", "prediction-interval", "prediction-interval",
        ),
        (counted(), {}, 7, "probably-works", "counts", "counts"),
        (
            [case("A", "worked", -9.0), case("B", "mixed", 1.0), case("C", "did-not-work"),
             case("D", "did-not-work")],
            {}, 8, "mixed", "outcomes-differ", "counts",
        ),
        (
            [case("A", "worked", -9.0), case("B", "worked", -8.0), case("C", "worked", 9.0),
             case("D", "worked", 8.0)],
            {}, 9, "mixed", "directions-differ", "counts",
        ),
        (
            [replace(case("A"), effects=(effect("A", -3.0, measure="other"),))],
            {}, 10, "not-enough-evidence", "no-measured-change", None,
        ),
        (
            [case("A", "worked", -9.0), *(case(p, "mixed", -1.0, "rct", 9.0) for p in "BC")],
            {}, 10, "not-enough-evidence", "could-not-tell", None,
        ),
        ((case("A", "worked", -9.0),), {}, 10, "not-enough-evidence", "too-few-units", None),
        (counted(4), {}, 10, "not-enough-evidence", "agree-but-few", None),
        (counted(5, -0.1), {}, 10, "not-enough-evidence", "agree-but-few", None),
        (
            [case(p, "worked", v) for p, v in zip("ABC", (-1.0, -60.0, 2.0), strict=True)],
            {}, 10, "not-enough-evidence", "no-clear-support", None,
        ),
    ],
)  # fmt: skip
def test_each_line_of_the_rule(cases, options, line, word, reason, rests_on):
    found = of(*cases, **options)
    assert (found.line, found.verdict, found.because) == (line, word, (reason,))
    assert found.rests_on == rests_on
    assert (found.by_rule, found.held_by, found.rank) == (word, "", RANK[word])


def test_a_claim_counts_for_nothing_and_a_failure_always():
    measured = [case(p, "worked", -9.0) for p in "AB"]
    claimed = of(*measured, *(case(p) for p in "CDEFG"))
    assert (claimed.places, claimed.score, claimed.flags) == (2, 2.0, ("reported-only:5",))
    failed = of(*measured, case("C", "did-not-work"))
    assert (failed.places, failed.score) == (3, 2.0)


def test_what_is_reported_as_working_is_never_a_success():
    assert of(case("A", "reported")).because == ("reported-only",)
    measured = of(*(case(place, "reported", -2.0) for place in "ABC"))
    assert (measured.places, measured.score) == (3, 1.5)


def test_a_place_counts_once_by_the_mean_of_its_cases():
    found = of(case("A", "worked", -9.0), case("A", "did-not-work", id="again"))
    assert (found.places, found.score, found.measured_units) == (1, 0.5, 1)


def test_harm_is_said_beside_the_word():
    found = of(*trials(5), case("X", equity_harm="open"))
    assert found.flags == (
        "reported-only:1", "failed-unmeasured:1", "harm-reported:1", "equity-harm-open:1",
    )  # fmt: skip
    assert (found.places, found.score) == (6, 5.0)


def test_a_measure_that_nobody_chose_does_no_harm_yet():
    found = of(*trials(4, value=3.0, outcome="mixed"), main_by_default=True)
    assert found.verdict != "does-harm" and "main-measure-by-default" in found.flags


def test_a_word_is_kept_by_its_own_limits_eased():
    """4 of 5 decided units are favourable, and 1 of them failed: a share of 4 in 5 is lost."""
    known = [*counted(7), case("X", "mixed", 4.0), case("Y", "mixed", 4.0)]
    assert 0.75 < 7 / 9 < 0.80
    assert of(*known).verdict != "probably-works"
    held = of(*known, previous=Previous("probably-works", frozenset("X")))
    assert (held.verdict, held.held_by) == ("probably-works", "hysteresis")
    assert (held.because, held.rests_on) == (("counts",), "counts")


def test_good_news_never_lowers_and_failures_never_raise():
    four = [case(p, "worked", v, "rct", 1.0) for p, v in zip("ABC", (-4, -5, -4.5), strict=True)]
    wild = case("D", "worked", -80.0, "quasi-experiment", 2.0)
    wild_trial = case("D", "worked", -80.0, "rct", 2.0)
    before = Previous("probably-works", frozenset("ABC"))
    held = of(*four, wild_trial, previous=before)
    assert (held.verdict, held.by_rule, held.held_by) == (
        "probably-works", "not-enough-evidence", "only-good-news",
    )  # fmt: skip
    assert of(*four, wild, previous=before).rank >= 3
    # A case that was edited or is gone explains a fall; so does news that is not all good.
    assert of(*four, wild_trial, previous=replace(before, edited=True)).held_by == ""
    assert of(*four[1:], wild_trial, previous=before).held_by == ""
    assert (
        of(*four, wild_trial, case("E", "mixed", -3.0, "rct", 2.0), previous=before).held_by == ""
    )
    failures = [*trials(5), case("X", "did-not-work")]
    held = of(*failures, previous=Previous("mixed", frozenset(f"T{at}" for at in range(5))))
    assert (held.by_rule, held.verdict, held.held_by) == (
        "works", "mixed", "only-failures",
    )  # fmt: skip


def of_study(cases, study):
    return [replace(each, study=study) for each in cases]


def test_a_study_of_many_places_counts_once_and_never_supports_by_itself():
    alone = of(*of_study(trials(9), "programme"))
    assert (alone.units, alone.places, alone.conclusive) == (1, 9, 1)
    assert (alone.body, alone.verdict) == (None, "not-enough-evidence")
    own = of(*of_study(trials(9), "programme"), case("T0", "worked", -2.0, id="own"))
    assert own.units == 2


@pytest.mark.parametrize(
    ("outcome", "reasons", "value", "se", "score"),
    [
        ("worked", (), -2.0, 0.1, 1.0),
        ("did-not-work", ("no-effect",), -0.1, 2.0, None),
        ("did-not-work", ("stopped",), -0.1, 2.0, 0.0),
        ("worked", (), 2.0, 0.1, 0.0),
        ("mixed", (), -0.2, 0.1, 0.0),
        ("did-not-work", ("no-effect",), -9.0, None, None),
        ("did-not-work", ("stopped",), -9.0, None, 0.0),
    ],
)
def test_a_case_that_could_not_tell_is_no_failure(outcome, reasons, value, se, score):
    found = of(case("A", outcome, value, "rct", se, reasons=reasons), smallest_useful=0.5)
    assert (found.conclusive, found.score) == (int(score is not None), score or 0.0)


def test_a_sister_measure_votes_for_a_place_without_the_main_one_and_is_never_pooled():
    sister = replace(effect("Z", -4.0, measure="m2"), is_sister=True)
    found = of(*trials(5), replace(case("Z"), effects=(sister,)))
    assert (found.sister_units, found.measured_units, found.body.k) == (1, 5, 5)
    both = replace(case("T9"), effects=(sister, effect("Z", -1.0)))
    assert of(replace(both, place="Z")).sister_units == 0


def test_results_that_are_all_excluded_are_reported_alone():
    disputed = replace(effect("A", -9.0), excluded="disputed")
    found = of(replace(case("A", "worked"), effects=(disputed,)))
    assert (found.because, found.flags) == (("reported-only",), ("reported-only:1",))


@pytest.mark.parametrize(
    ("change", "options", "code"),
    [
        ({"outcome": "fine"}, {}, "unknown-outcome"),
        ({"place": " "}, {}, "missing-place"),
        ({"effects": (effect("A", -1.0, "guess"),)}, {}, "unknown-design"),
        ({"effects": (effect("A", -1.0, se=0.0),)}, {}, "bad-variance"),
        ({"effects": (effect("A", float("inf")),)}, {}, "infinite-value"),
        (
            {"effects": (replace(effect("A", -1.0), low=2.0, high=-2.0),)},
            {},
            "interval-reversed",
        ),
        ({}, {"ordinary_change": -1.0}, "bad-parameter"),
        ({}, {"direction": "up"}, "unknown-direction"),
        ({}, {"smallest_useful": -1.0}, "bad-parameter"),
        ({}, {"previous": Previous("good", frozenset())}, "bad-previous"),
    ],
)
def test_bad_input_is_refused_by_name(change, options, code):
    with pytest.raises(MethodError) as told:
        of(replace(case("A", "worked", -1.0), **change), **options)
    assert told.value.code == code
    with pytest.raises(MethodError, match="comes twice"):
        of(case("A"), case("A"))


cases = st.lists(
    st.tuples(
        st.sampled_from("ABCDEF"),
        st.sampled_from(["worked", "mixed", "did-not-work"]),
        st.one_of(st.none(), st.integers(-40, 40).map(lambda n: n / 4)),
        st.sampled_from(["rct", "quasi-experiment", "before-after"]),
        st.one_of(st.none(), st.integers(1, 8).map(lambda n: n / 4)),
        st.booleans(),
        st.sampled_from(["", "", "s1", "s2"]),
    ),
    max_size=8,
).map(
    lambda rows: [
        case(
            place,
            outcome,
            value,
            design,
            se,
            id=str(at),
            study=study,
            country="SEFR"[at % 2 * 2 :],
            reasons=("harm",) if harm else (),
        )
        for at, (place, outcome, value, design, se, harm, study) in enumerate(rows)
    ]
)


def _changed(found, change):
    return [
        replace(one, effects=tuple(replace(e, **change(e)) for e in one.effects)) for one in found
    ]


@given(cases)
def test_unit_order_and_sign_change_no_word(found):
    word = of(*found, smallest_useful=1.0)
    assert of(*reversed(found), smallest_useful=1.0).verdict == word.verdict
    thousand = _changed(found, lambda e: {"value": e.value * 1000, "se": e.se and e.se * 1000})
    assert of(*thousand, smallest_useful=1000.0).verdict == word.verdict
    turned = _changed(found, lambda e: {"value": -e.value, "direction": "higher-is-better"})
    other = of(*turned, smallest_useful=1.0, direction="higher-is-better")
    assert (other.verdict, other.because) == (word.verdict, word.because)


@given(cases, st.integers(0, 80).map(lambda n: n / 2), st.sampled_from([None, 0.5, 9.0]))
def test_a_bad_trial_never_raises_the_word(found, value, se):
    before = of(*found)
    known = frozenset(each.id for each in found)
    trial = case("Z", "did-not-work", value, "rct", se, id="new", reasons=("no-effect",))
    assert of(*found, trial, previous=Previous(before.verdict, known)).rank <= before.rank


@given(cases)
def test_a_failure_never_raises_the_word(found):
    before = of(*found)
    known = frozenset(one.id for one in found)
    after = of(
        *found, case("Z", "did-not-work", id="new"), previous=Previous(before.verdict, known)
    )
    assert after.rank <= before.rank


@given(cases, st.integers(1, 400).map(lambda n: -n / 2))
def test_a_good_trial_never_lowers_the_word(found, value):
    before = of(*found)
    known = frozenset(one.id for one in found)
    trial = case("Z", "worked", value, "rct", 0.5, id="new")
    assert of(*found, trial, previous=Previous(before.verdict, known)).rank >= before.rank


def no_difference(place, outcome="mixed", measure="m"):
    told = PlaceEffect(
        place=place, value=None, unit="", direction="lower-is-better", design="rct",
        measure=measure, no_difference=True,
    )  # fmt: skip
    return VerdictCase(id=f"null-{place}", place=place, outcome=outcome, effects=(told,))


def test_no_difference_is_no_vote_and_no_failure():
    alone = of(*trials(5))
    found = of(*trials(5), *(no_difference(place, "did-not-work") for place in "XYZ"))
    assert (found.measured_units, found.inconclusive) == (5, 3)
    assert (found.verdict, found.body) == (alone.verdict, alone.body)
    assert found.flags == ("could-not-tell:3", "no-difference:3")


def test_a_number_speaks_before_no_difference():
    both = of(case("A", "worked", -3.0), no_difference("A"), no_difference("B", measure="other"))
    assert (both.measured_units, both.favourable, both.measured_any) == (1, 1, 2)


def test_a_file_can_say_no_difference(tmp_path):
    nulls = [
        {"id": place, "place": place, "outcome": "mixed", "reasons": [],
         "effects": [{"design": "rct", "no_difference": True}]}
        for place in "ABC"
    ]  # fmt: skip
    told = {"solution": "s", "measure": "m", "direction": "lower-is-better",
            "smallest_useful": None, "cases": nulls}  # fmt: skip
    path = tmp_path / "cases.json"
    path.write_text(json.dumps(told), "utf-8")
    answer = CliRunner().invoke(evidence, ["verdict", str(path), "--format", "json"])
    assert json.loads(answer.output)["flags"] == ["could-not-tell:3", "no-difference:3"]
