"""How long a participatory budget takes from its file to its winners.

    python -m tests.bench.budgets

Made-up ballots in the open format, and those of the first size once more with a budget that pays
nearly all. Peers on real elections of these sizes: pabutools 18 s for Equal Shares with Add1 on
50,000 x 150; 26 s for greedy and 30 s for Equal Shares on 90,494 x 160.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from alliance.analysis.budgeting import equal_shares, greedy, read
from tests.bench.figures import Figure


def made_up(n_voters: int, n_projects: int, budget: int, seed: int = 1) -> bytes:
    """A file of ballots of up to ten projects, some much better liked than others."""
    chance = np.random.default_rng(seed)
    liked = np.cumsum(chance.gamma(1.0, 1.0, n_projects) + 0.05)
    costs = chance.lognormal(10, 1, n_projects).astype(int) + 500
    head = {
        "description": "fictional", "country": "Nowhere", "unit": "Nowhere", "instance": 1,
        "num_projects": n_projects, "num_votes": n_voters, "budget": budget,
        "vote_type": "approval", "rule": "equal-shares", "date_begin": 2026, "date_end": 2026,
    }  # fmt: skip
    lines = ["META", "key;value", *(f"{key};{value}" for key, value in head.items())]
    lines += ["PROJECTS", "project_id;cost", *(f"{at};{cost}" for at, cost in enumerate(costs))]
    lines += ["VOTES", "voter_id;vote"]
    sizes = chance.integers(1, 11, n_voters)
    drawn = np.searchsorted(liked / liked[-1], chance.random(2 * int(sizes.sum()))).astype(str)
    start = 0
    for at, size in enumerate(sizes):
        named = list(dict.fromkeys(drawn[start : start + 2 * size]))[:size]
        start += 2 * size
        lines.append(f"{at};{','.join(named)}")
    return "\n".join(lines).encode()


def run() -> Iterator[Figure]:
    for n_voters, n_projects, limit, peer in (
        (50_000, 150, 0.5, "pabutools 18 s with Add1"),
        (90_494, 160, 0.5, "pabutools 30 s"),
    ):
        content = made_up(n_voters, n_projects, 2_000_000)
        took: dict[str, list[float]] = {"read": [], "greedy": [], "shares": [], "add1u": []}
        for _ in range(3):
            start = time.process_time()
            election = read(content).election
            assert election is not None
            took["read"].append(time.process_time() - start)
            for name, count in (
                ("greedy", greedy),
                ("shares", equal_shares),
                ("add1u", partial(equal_shares, completion="add1u")),
            ):
                start = time.process_time()
                count(election)
                took[name].append(time.process_time() - start)
        least = {name: min(seconds) for name, seconds in took.items()}
        size = f"{n_voters:,} x {n_projects}"
        yield Figure(f"{size}: read", least["read"], "s CPU")
        yield Figure("  read and greedy", least["read"] + least["greedy"], "s CPU", 1.0)
        shares = least["read"] + least["shares"]
        yield Figure(f"  read and Equal Shares ({peer})", shares, "s CPU", limit)
        yield Figure(
            "  read, Add1 and completion", least["read"] + least["add1u"], "s CPU", 2 * limit
        )
        if n_voters == 50_000:
            most = sum(one.cost for one in election.projects) * 97 // 100
            rich = replace(election, budget=most)
            took["rich"] = []
            for _ in range(3):
                start = time.process_time()
                equal_shares(rich, completion="add1u")
                took["rich"].append(time.process_time() - start)
            seconds = least["read"] + min(took["rich"])
            yield Figure("  the same, nearly all affordable", seconds, "s CPU", 2 * limit)


def main() -> int:
    broken = False
    for figure in run():
        print(figure, flush=True)
        broken |= figure.is_broken
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
