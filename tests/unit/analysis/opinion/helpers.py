"""Made-up votes of people who agree with their own side."""

import numpy as np

from alliance.analysis.opinion import Votes, votes_from

HEADER = "timestamp,comment-id,voter-id,vote\n"


def two_sides(people: int = 60, statements: int = 12, seed: int = 1) -> list[tuple[int, ...]]:
    """Time, statement, voter and value of each vote; voters of odd id think the other way.

    All agree on statement 0; 15 % of the cells have no vote.
    """
    random = np.random.default_rng(seed)
    rows = []
    for voter in range(people):
        for statement in range(statements):
            if statement and random.random() < 0.15:
                continue
            side = 1 if voter % 2 == statement % 2 or not statement else -1
            kept = statement == 0 or random.random() < 0.85
            rows.append((len(rows), statement, voter, side if kept else 0))
    return rows


def as_csv(rows: list[tuple[int, ...]]) -> str:
    return HEADER + "".join(",".join(map(str, row)) + "\n" for row in rows)


def as_votes(rows: list[tuple[int, ...]], **options: tuple[str, ...]) -> Votes:
    time, statement, voter, value = (np.array(column) for column in zip(*rows, strict=True))
    return votes_from(
        voter,
        statement,
        value,
        time,
        voters=[str(at) for at in range(voter.max() + 1)],
        statements=[str(at) for at in range(statement.max() + 1)],
        **options,
    )
