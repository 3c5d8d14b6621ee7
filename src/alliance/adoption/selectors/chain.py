"""The chain of adoptions of a case: who adapted it, what was changed, and the outcomes.

The chain starts with the first published case and includes everything adapted from it, at any
depth. Failed adoptions count against the transferability of the first case.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef

from alliance.adoption.enums import Relation
from alliance.adoption.models import Tie
from alliance.charts.chain import ChainNode
from alliance.charts.chain import draw as draw_chain
from alliance.knowledge.enums import CaseStatus
from alliance.knowledge.models import CaseStudy
from alliance.knowledge.selectors.access import visible_cases
from alliance.knowledge.selectors.localise import local_place
from alliance.knowledge.selectors.register import Tally, tally_of

#: Further cases are counted, not listed.
MOST_LISTED = 400
#: Fewer adoptions are not enough for a verdict.
ENOUGH = 3

NONE, FEW, ALL_WORKED, SOME_FAILED, MOST_FAILED, MIXED = (
    "none", "few", "all-worked", "some-failed", "most-failed", "mixed",
)  # fmt: skip


@dataclass(frozen=True)
class Transfer(Tally):
    """The outcomes of the adoptions of a case; `verdict` is a code for its transferability."""

    verdict: str = NONE

    @property
    def adoptions(self) -> int:
        return self.total


def _edges() -> dict[str, str]:
    """Each published adaptation with the published case that it was adapted from. One query."""
    rows = Tie.objects.filter(relation=Relation.ADAPTED_FROM)
    for end in ("first_id", "second_id"):
        # The current state, which may be newer than the worker's last update.
        rows = rows.filter(Exists(visible_cases(None).filter(public_id=OuterRef(end))))
    return dict(rows.order_by().values_list("first_id", "second_id"))


def _root(case: CaseStudy, parents: dict[str, str]) -> str:
    """The first published case of the chain. A cycle of adaptations starts at the first repeated
    case."""
    above = [case.public_id]
    while (parent := parents.get(above[-1])) is not None and parent not in above:
        above.append(parent)
    return above[-1]


def _preorder(root: str, children: dict[str, list[str]]) -> list[tuple[str, str | None, int]]:
    """(case, origin, depth) of all below `root`, each once, origins first."""
    order: list[tuple[str, str | None, int]] = []
    seen: set[str] = set()
    stack: list[tuple[str, str | None, int]] = [(root, None, 0)]
    while stack:
        key, parent, depth = stack.pop()
        if key in seen:
            continue
        seen.add(key)
        order.append((key, parent, depth))
        stack.extend((child, key, depth + 1) for child in reversed(children.get(key, [])))
    return order


def transfer_of(outcomes: list[str]) -> Transfer:
    """The verdict on the outcomes of adoptions, by a documented rule.

    "none": nobody adapted it; "few": fewer than three. Else "most-failed" if at least half did not
    work, "some-failed" if any did not, "all-worked" if all did, else "mixed".
    """
    tally = tally_of(outcomes)
    n, failed = tally.total, tally.did_not_work
    if n == 0:
        verdict = NONE
    elif n < ENOUGH:
        verdict = FEW
    elif 2 * failed >= n:
        verdict = MOST_FAILED
    elif failed:
        verdict = SOME_FAILED
    else:
        verdict = ALL_WORKED if tally.worked == n else MIXED
    return Transfer(**vars(tally), verdict=verdict)


def chain_page(case: CaseStudy, language: str) -> dict[str, Any]:
    """The chain of a published case, in five queries however long it is.

    `lines` has its cases, each with the case it was adapted from (`origin`); `after` is the number
    of lists that end behind it in the nested list, `opens` whether its own adoptions follow.
    `depth` 0: a single case. `of_case`: the adoptions of the case itself. `begins_before`: the
    first case was adapted from a case that is not published.
    """
    parents = _edges()
    root = _root(case, parents)
    children: dict[str, list[str]] = defaultdict(list)
    for child, origin in parents.items():
        children[origin].append(child)
    years = dict(
        visible_cases(None).filter(public_id__in=parents).values_list("public_id", "start_year")
    )
    for siblings in children.values():
        # The oldest first; those without a year last.
        siblings.sort(key=lambda key: (years.get(key) is None, years.get(key) or 0, key))
    order = _preorder(root, children)
    outcomes = dict(
        visible_cases(None)
        .filter(public_id__in=[key for key, *_rest in order])
        .values_list("public_id", "outcome")
    )
    own = {case.public_id}
    for key, parent, _depth in order:
        if parent in own:
            own.add(key)
    shown = order[:MOST_LISTED]
    rows = visible_cases(None).filter(public_id__in=[key for key, *_rest in shown])
    case_by_id = {
        row.public_id: row
        for row in rows.select_related("city", "adapted_from").prefetch_related("texts")
    }
    before = case_by_id[root].adapted_from
    following = [depth for *_rest, depth in shown[1:]] + [0]
    return {
        "case": case,
        "root": case_by_id[root],
        "lines": [
            {
                "case": case_by_id[key],
                "origin": case_by_id[parent] if parent is not None else None,
                "depth": depth,
                "n_adoptions": len(children.get(key, [])),
                "opens": below > depth,
                "after": range(max(depth - below, 0)),
            }
            for (key, parent, depth), below in zip(shown, following, strict=True)
        ],
        "n_cases": len(order),
        "depth": max(depth for *_rest, depth in order),
        "n_countries": len({row.country for row in case_by_id.values()}),
        "transfer": transfer_of([outcomes[key] for key, *_rest in order[1:]]),
        "of_case": transfer_of([outcomes[key] for key in own if key != case.public_id]),
        "begins_before": before is not None and before.status != CaseStatus.PUBLISHED,
        "drawing": draw_chain(
            [
                ChainNode(
                    id=case_by_id[key].public_id,
                    parent=case_by_id[parent].public_id if parent is not None else "",
                    depth=depth,
                    label=_label(case_by_id[key], language),
                    outcome=case_by_id[key].outcome,
                    href=f"#{case_by_id[key].public_id}",
                )
                for key, parent, depth in shown
            ]
        ),
    }


def _label(case: CaseStudy, language: str) -> str:
    return f"{local_place(case, language)} {case.start_year or ''}".strip()
