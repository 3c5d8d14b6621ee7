"""The chain of adoptions that a case stands in: who adapted it, what was changed, what came out.

The chain begins with the first case that is published and holds everything adapted from it, however
deep. Adoptions that did not work count against how well the first case transfers.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from alliance.charts.chain import ChainNode
from alliance.charts.chain import draw as draw_chain
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


def _edges() -> dict[int, int]:
    """Each published adaptation and what it was adapted from. One query."""
    rows = visible_cases(None).filter(adapted_from__isnull=False).order_by()
    return dict(rows.values_list("pk", "adapted_from_id"))


def _root(case: CaseStudy, parents: dict[int, int]) -> tuple[int, bool]:
    """The first published case of the chain, and whether something not published came before it.

    One query. A ring of adaptations begins where it is met first from below.
    """
    above = [case.pk]
    while (parent := parents.get(above[-1])) is not None and parent not in above:
        above.append(parent)
    shown = set(visible_cases(None).filter(pk__in=above).values_list("pk", flat=True))
    root = above[0]
    for pk in above[1:]:
        if pk not in shown:
            return root, True
        root = pk
    return root, False


def _preorder(root: int, children: dict[int, list[int]]) -> list[tuple[int, int | None, int]]:
    """(case, origin, depth) of all below `root`, each once, origins first."""
    found: list[tuple[int, int | None, int]] = []
    seen: set[int] = set()
    stack: list[tuple[int, int | None, int]] = [(root, None, 0)]
    while stack:
        pk, parent, depth = stack.pop()
        if pk in seen:
            continue
        seen.add(pk)
        found.append((pk, parent, depth))
        stack.extend((child, pk, depth + 1) for child in reversed(children.get(pk, [])))
    return found


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
    """The chain that a published case stands in, in six queries however long it is.

    `lines` holds its cases, each with what it was adapted from (`origin`); `after` is how many
    lists end behind it in the nested list, `opens`: its own adoptions follow. `depth` 0: one case
    alone. `of_case`: the adoptions of the case itself. `begins_before`: the first case was adapted
    from one that is not published (any more).
    """
    parents = _edges()
    root, begins_before = _root(case, parents)
    children: dict[int, list[int]] = defaultdict(list)
    for child, origin in parents.items():
        children[origin].append(child)
    years = dict(visible_cases(None).filter(pk__in=parents).values_list("pk", "start_year"))
    for siblings in children.values():
        # The oldest first; where no year is recorded, last.
        siblings.sort(key=lambda pk: (years.get(pk) is None, years.get(pk) or 0, pk))
    order = _preorder(root, children)
    outcomes = dict(
        visible_cases(None).filter(pk__in=[pk for pk, *_rest in order]).values_list("pk", "outcome")
    )
    own = {case.pk}
    for pk, parent, _depth in order:
        if parent in own:
            own.add(pk)
    shown = order[:MOST_LISTED]
    rows = visible_cases(None).filter(pk__in=[pk for pk, *_rest in shown])
    found = {row.pk: row for row in rows.select_related("city").prefetch_related("texts")}
    following = [depth for *_rest, depth in shown[1:]] + [0]
    return {
        "case": case,
        "root": found[root],
        "lines": [
            {
                "case": found[pk],
                "origin": found[parent] if parent is not None else None,
                "depth": depth,
                "n_adoptions": len(children.get(pk, [])),
                "opens": below > depth,
                "after": range(max(depth - below, 0)),
            }
            for (pk, parent, depth), below in zip(shown, following, strict=True)
        ],
        "n_cases": len(order),
        "depth": max(depth for *_rest, depth in order),
        "n_countries": len({row.country for row in found.values()}),
        "transfer": transfer_of([outcomes[pk] for pk, *_rest in order[1:]]),
        "of_case": transfer_of([outcomes[pk] for pk in own if pk != case.pk]),
        "begins_before": begins_before,
        "drawing": draw_chain(
            [
                ChainNode(
                    id=found[pk].public_id,
                    parent=found[parent].public_id if parent is not None else "",
                    depth=depth,
                    label=_label(found[pk], language),
                    outcome=found[pk].outcome,
                    href=f"#{found[pk].public_id}",
                )
                for pk, parent, depth in shown
            ]
        ),
    }


def _label(case: CaseStudy, language: str) -> str:
    return f"{local_place(case, language)} {case.start_year or ''}".strip()
