"""The failure register counts what was tried, and never turns "not reported" into "none"."""

from __future__ import annotations

from dataclasses import dataclass

from alliance.cases.selectors.register import count_reasons, failure_register


@dataclass(frozen=True)
class Trial:
    name: str
    outcome: str
    reasons: tuple[str, ...] = ()


def test_it_counts_each_outcome_and_keeps_the_failures_in_order() -> None:
    register = failure_register(
        [
            Trial("a", "worked"),
            Trial("b", "did-not-work", ("stopped",)),
            Trial("c", "mixed", ("harm",)),
            Trial("d", "did-not-work", ("no-effect", "stopped")),
        ]
    )
    assert (register.total, register.worked, register.mixed, register.did_not_work) == (4, 1, 1, 2)
    assert [trial.name for trial in register.failures] == ["b", "d"]
    assert [trial.name for trial in register.partly] == ["c"]
    assert not register.none_reported


def test_reasons_are_those_of_the_failures_alone_most_frequent_first() -> None:
    register = failure_register(
        [
            Trial("a", "did-not-work", ("stopped", "too-costly")),
            Trial("b", "did-not-work", ("too-costly",)),
            Trial("c", "mixed", ("rebound",)),
        ]
    )
    assert register.reasons == (("too-costly", 2), ("stopped", 1))


def test_ties_between_reasons_follow_the_published_order() -> None:
    trials = [Trial("a", "did-not-work", ("rebound", "harm", "no-effect"))]
    assert [code for code, _ in count_reasons(trials)] == ["no-effect", "harm", "rebound"]


def test_a_reason_given_twice_by_one_trial_counts_once() -> None:
    assert count_reasons([Trial("a", "did-not-work", ("harm", "harm"))]) == (("harm", 1),)


def test_a_failure_without_a_reason_is_counted_as_a_failure() -> None:
    register = failure_register([Trial("a", "did-not-work")])
    assert register.did_not_work == 1
    assert register.reasons == ()


def test_without_failures_none_are_reported() -> None:
    assert failure_register([Trial("a", "worked"), Trial("b", "mixed")]).none_reported


def test_without_trials_every_count_is_zero_and_none_are_reported() -> None:
    register = failure_register(iter(()))
    assert (register.total, register.worked, register.mixed, register.did_not_work) == (0, 0, 0, 0)
    assert register.none_reported
