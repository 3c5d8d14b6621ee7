"""What must hold for every dialogue, whatever was voted."""

import json
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from alliance.analysis.opinion import analyse, report, votes_from_csv
from tests.unit.analysis.opinion.helpers import as_csv

votes = st.lists(
    st.tuples(
        st.integers(0, 9), st.integers(0, 7), st.integers(0, 40), st.sampled_from([-1, 0, 1])
    ),
    min_size=1,
    max_size=400,
)


def told(rows: list[tuple[int, ...]]) -> str:
    return json.dumps(report(analyse(votes_from_csv(as_csv(rows).encode()), resamples=2)))


@given(votes, st.integers())
@settings(max_examples=60, deadline=None)
def test_the_order_of_the_rows_changes_no_byte(rows: list[tuple[int, ...]], seed: int):
    shuffled = list(rows)
    random.Random(seed).shuffle(shuffled)

    assert told(shuffled) == told(rows)


@given(votes)
@settings(max_examples=60, deadline=None)
def test_every_vote_is_counted_once_and_no_group_is_small(rows: list[tuple[int, ...]]):
    found = report(analyse(votes_from_csv(as_csv(rows).encode())))

    assert found["votes"] == len({(voter, statement) for _, statement, voter, _ in rows})
    assert found["votes"] == sum(one["seen"] for one in found["statements"])
    assert all(group["size"] >= 10 for group in found["groups"])
    assert found["participants_grouped"] == sum(group["size"] for group in found["groups"])
    for one in found["statements"]:
        inside = [sum(column) for column in zip(*one["by_group"].values(), strict=True)]
        assert not inside or all(
            part <= whole
            for part, whole in zip(
                inside, (one["agree"], one["disagree"], one["seen"]), strict=True
            )
        )
