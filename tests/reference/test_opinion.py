"""Opinion groups of two real conversations, against a slow version and what their engine found."""

import csv
import random
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alliance.analysis.opinion import (
    Analysis,
    analyse,
    comments_from_csv,
    report,
    votes_from_csv,
)
from alliance.analysis.opinion.clusters import adjusted_rand
from tests.reference.slow_opinions import Placed, opinions, placed

pytestmark = pytest.mark.reference

NAMES = ["freshwater", "austria-climate"]
EXACT = 1e-9


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def live_groups(folder: Path) -> dict[str, str]:
    rows = table(folder / "participants.csv")
    return {row["participant"]: row["group-id"] for row in rows if row["group-id"]}


def ours(folder: Path, **options: Any) -> Analysis:
    comments = comments_from_csv((folder / "comments.csv").read_bytes())
    votes = votes_from_csv((folder / "votes.csv").read_bytes(), comments=comments)
    return analyse(votes, **options)


@cache
def places(folder: Path) -> Placed:
    rejected = {
        row["comment-id"] for row in table(folder / "comments.csv") if row["moderated"] == "-1"
    }
    return placed(table(folder / "votes.csv"), rejected)


def slow(folder: Path, groups: dict[str, str] | None = None) -> dict[str, Any]:
    return opinions(places(folder), groups)


def assert_same(found: dict[str, Any], expected: dict[str, Any], to_slow: dict[str, str]) -> None:
    """`to_slow`: the slow version's name of each group."""
    assert [one["id"] for one in found["statements"]] == list(expected["statements"])
    for one in found["statements"]:
        other = expected["statements"][one["id"]]
        assert [one["agree"], one["disagree"], one["seen"]] == other["counts"]
        assert one["pass"] == one["seen"] - one["agree"] - one["disagree"]
        by_group = {to_slow[name]: counts for name, counts in one["by_group"].items()}
        assert by_group == other["by_group"]
        for key in ("group_informed_consensus", "group_informed_consensus_legacy", "extremity",
                    "priority"):  # fmt: skip
            assert one[key] == pytest.approx(other[key], rel=EXACT, abs=EXACT), (one["id"], key)
    for group in found["groups"]:
        other = expected["representative"][to_slow[group["id"]]]
        assert len(group["representative"]) == len(other)
        for one, there in zip(group["representative"], other, strict=True):
            assert (one["statement"], one["side"]) == (there.pop("statement"), there.pop("side"))
            figures = {key: one[key] for key in there}
            assert figures == pytest.approx(there, rel=EXACT, abs=EXACT)
    assert found["consensus"] == expected["consensus"]
    for line, other in zip(found["components"], expected["components"], strict=True):
        sign = np.sign(np.dot(line, other))
        np.testing.assert_allclose(line, sign * np.array(other), atol=EXACT)


@pytest.mark.parametrize("name", NAMES)
def test_everything_is_as_the_slow_version_says(reference: Path, name: str):
    folder = reference / "dialogues" / name
    analysis = ours(folder)
    found, expected = report(analysis), slow(folder)

    pairs = {(found["membership"][who], there) for who, there in expected["members"].items()}
    assert len(pairs) == len(found["groups"])
    assert set(found["membership"]) == set(expected["members"])
    assert_same(found, expected, dict(pairs))
    for who, at in zip(analysis.votes.participants, analysis.space.positions, strict=True):
        assert np.abs(at) == pytest.approx(np.abs(expected["points"][who]), abs=EXACT)


@pytest.mark.parametrize("name", NAMES)
def test_groups_of_the_engine_are_evaluated_as_the_slow_version_does(reference: Path, name: str):
    folder = reference / "dialogues" / name
    groups = live_groups(folder)
    found, expected = report(ours(folder, groups=groups)), slow(folder, groups)

    assert found["membership"] == groups
    assert_same(found, expected, {group["id"]: group["id"] for group in found["groups"]})


def test_groups_are_those_that_the_engine_had_found(reference: Path):
    folder = reference / "dialogues" / "austria-climate"
    found = report(ours(folder))["membership"]
    live = live_groups(folder)

    assert set(found) == set(live)
    pairs = np.array([(int(found[who]), int(there)) for who, there in live.items()])
    assert adjusted_rand(*pairs.T) > 0.95


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_the_rows_changes_nothing(reference: Path, name: str):
    folder = reference / "dialogues" / name
    comments = comments_from_csv((folder / "comments.csv").read_bytes())
    header, *rows = (folder / "votes.csv").read_bytes().splitlines(keepends=True)
    random.Random(1).shuffle(rows)
    shuffled = votes_from_csv(header + b"".join(rows), comments=comments)

    assert repr(report(analyse(shuffled))) == repr(report(ours(folder)))
