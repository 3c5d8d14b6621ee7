"""An analysis as plain data, for programs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from alliance.analysis.opinion.analysis import Analysis


def report(found: Analysis) -> dict[str, Any]:
    """The result with ids, counts and figures; None for what is not known. Ids are text.

    Rejected statements are in no list. ``components`` and ``statements`` have one order.
    """
    names = [group.id for group in found.groups]
    listed = np.flatnonzero(found.listed)
    total = found.everybody
    inside = found.labels >= 0
    return {
        "participants": found.n,
        "participants_grouped": int(inside.sum()),
        "votes": found.n_votes,
        "groups": [
            {
                "id": group.id,
                "size": group.size,
                "representative": [
                    {
                        "statement": one.statement,
                        "side": one.side,
                        "p": one.p,
                        "p_test": one.p_test,
                        "ratio": one.ratio,
                        "ratio_test": one.ratio_test,
                    }
                    for one in group.representative
                ],
            }
            for group in found.groups
        ],
        "membership": {
            name: names[label]
            for name, label in zip(found.votes.participants, found.labels.tolist(), strict=True)
            if label >= 0
        },
        "statements": [
            {
                "id": found.votes.statements[at],
                "agree": int(total.agree[0, at]),
                "disagree": int(total.disagree[0, at]),
                "pass": int(total.passed[0, at]),
                "seen": int(total.seen[0, at]),
                "by_group": {
                    name: [
                        int(part[place, at])
                        for part in (
                            found.by_group.agree,
                            found.by_group.disagree,
                            found.by_group.seen,
                        )
                    ]
                    for place, name in enumerate(names)
                },
                "group_informed_consensus": _known(found.informed_consensus[at]),
                "group_informed_consensus_range": [
                    _known(end) for end in found.informed_consensus_range[at]
                ],
                "group_informed_consensus_legacy": _known(found.informed_consensus_legacy[at]),
                "extremity": float(found.space.extremity[at]),
                "priority": float(found.priority[at]),
            }
            for at in listed
        ],
        "consensus": {"agree": list(found.consensus[0]), "disagree": list(found.consensus[1])},
        "components": [line[listed].tolist() for line in found.space.components],
        "silhouette": found.silhouette,
        "stability": found.stability,
        "warnings": list(found.warnings),
    }


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
