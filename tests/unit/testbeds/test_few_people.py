"""Results of pilots with few people."""

from __future__ import annotations

from alliance.testbeds.results import without_few_people


def test_of_two_sides_a_small_one_is_not_told_by_the_other():
    units = {"old": 4, "young": 12, "other": 27}
    result = {
        "n": 43,
        "details": {"n_treated": 3, "n_control": 40},
        "charts": {"paths": 1},
        "groups": [{"column": "age", "group": name, "units": n} for name, n in units.items()],
    }
    shown = without_few_people(result)
    assert (shown["n"], shown["details"]) == (43, {"n_treated": None, "n_control": None})
    assert [line["group"] for line in shown["groups"] if line.get("hidden")] == ["old", "young"]
