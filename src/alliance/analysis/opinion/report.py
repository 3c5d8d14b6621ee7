"""An analysis as JSON."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from alliance.analysis.opinion.analysis import Analysis


def report(analysis: Analysis) -> dict[str, Any]:
    """The result with ids, counts and figures; None for unknown values. Ids are text.

    Rejected statements are left out. ``components`` and ``statements`` have the same order.
    """
    names = [group.id for group in analysis.groups]
    listed = np.flatnonzero(analysis.listed)
    total = analysis.everybody
    inside = analysis.labels >= 0
    return {
        "participants": analysis.n,
        "participants_grouped": int(inside.sum()),
        "votes": analysis.n_votes,
        "groups": [
            {
                "id": group.id,
                "size": group.size,
                "representative": [
                    {
                        "statement": representative.statement,
                        "side": representative.side,
                        "p": representative.p,
                        "p_test": representative.p_test,
                        "ratio": representative.ratio,
                        "ratio_test": representative.ratio_test,
                    }
                    for representative in group.representative
                ],
            }
            for group in analysis.groups
        ],
        "membership": {
            name: names[label]
            for name, label in zip(
                analysis.votes.participants, analysis.labels.tolist(), strict=True
            )
            if label >= 0
        },
        "statements": [
            {
                "id": analysis.votes.statements[at],
                "agree": int(total.agree[0, at]),
                "disagree": int(total.disagree[0, at]),
                "pass": int(total.passed[0, at]),
                "seen": int(total.seen[0, at]),
                "by_group": {
                    name: [
                        int(part[place, at])
                        for part in (
                            analysis.by_group.agree,
                            analysis.by_group.disagree,
                            analysis.by_group.seen,
                        )
                    ]
                    for place, name in enumerate(names)
                },
                "group_informed_consensus": _known(analysis.informed_consensus[at]),
                "group_informed_consensus_range": [
                    _known(end) for end in analysis.informed_consensus_range[at]
                ],
                "group_informed_consensus_legacy": _known(analysis.informed_consensus_legacy[at]),
                "extremity": float(analysis.space.extremity[at]),
                "priority": float(analysis.priority[at]),
            }
            for at in listed
        ],
        "consensus": {
            "agree": list(analysis.consensus[0]),
            "disagree": list(analysis.consensus[1]),
        },
        "components": [line[listed].tolist() for line in analysis.space.components],
        "silhouette": analysis.silhouette,
        "stability": analysis.stability,
        "warnings": list(analysis.warnings),
    }


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
