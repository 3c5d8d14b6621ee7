"""The chain of adoptions that a case stands in: who adapted it, what was changed, what came out.

The chain begins with the first case that is published and holds everything adapted from it, however
deep. Adoptions that did not work count against how well the first case transfers.
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

#: More are counted, not listed.
MOST_LISTED = 400
#: Fewer adoptions than this are too few to say anything about.
ENOUGH = 3

NONE, FEW, ALL_WORKED, SOME_FAILED, MOST_FAILED, MIXED = (
    "none", "few", "all-worked", "some-failed", "most-failed", "mixed",
)  # fmt: skip


@dataclass(frozen=True)
class Transfer(Tally):
    """What the adoptions of a case say of how well it transfers; `verdict` is a code."""

    verdict: str = NONE

    @property
    def adoptions(self) -> int:
        return self.total


def _edges() -> dict[str, str]:
    """Each published adaptation and the published case that it was adapted from. One query."""
    rows = Tie.objects.filter(relation=Relation.ADAPTED_FROM)
    for end in ("first_id", "second_id"):
        # By now, whatever the worker has not kept yet.
        rows = rows.filter(Exists(visible_cases(None).filter(public_id=OuterRef(end))))
    return dict(rows.order_by().values_list("first_id", "second_id"))


def _root(case: CaseStudy, parents: dict[str, str]) -> str:
    """The first published case of the chain. A ring of adaptations begins where it is met first
    from below."""
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
    """What the outcomes of adoptions say, by a stated rule.

    None: nobody adapted it. Fewer than three: too few to tell. Else "most-failed" where at least
    half did not work, "some-failed" where any did not, "all-worked" where all did, else "mixed".
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
    """The chain that a published case stands in, in five queries however long it is.

    `lines` holds its cases, each with what it was adapted from (`origin`); `after` is how many
    lists end behind it in the nested list, `opens`: its own adoptions follow. `depth` 0: one case
    alone. `of_case`: the adoptions of the case itself. `begins_before`: the first case was adapted
    from one that is not published (any more).
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
        # The oldest first; where no year is recorded, last.
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
