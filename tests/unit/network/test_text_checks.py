"""Codes of SDG targets: one rule for needs, cases, solutions and indicators."""

from __future__ import annotations

import pytest

from alliance.network.text_checks import target_faults


@pytest.mark.parametrize("code", ["1.1", "3.b", "11.6", "15.10", "17.19"])
def test_targets_of_the_goals_are_taken(code: str) -> None:
    assert target_faults("sdg_targets", [code]) == []


@pytest.mark.parametrize("code", ["", "11", "0.1", "18.1", "11.0", "11.e", "11.06", "11.6\n"])
def test_what_is_no_target_is_named_at_its_place(code: str) -> None:
    (fault,) = target_faults("case.sdg_targets", ["11.6", code])
    assert (fault.where, fault.code, fault.params) == (
        "case.sdg_targets", "not-a-target", {"value": code},
    )  # fmt: skip
