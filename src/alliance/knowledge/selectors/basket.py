"""The cases chosen for a comparison: which they are, what is wrong, and which could join them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alliance.cases.enums import CaseStatus
from alliance.cases.models import CaseStudy, Effect
from alliance.cases.selectors.access import visible_cases
from alliance.cases.selectors.case_list import Localised
from alliance.cases.selectors.localise import chosen_text, local_place
from alliance.core.audit import Actor
from alliance.core.errors import Fault
from alliance.web.formatting import quoted

FEWEST, MOST = 2, 5
#: How many further cases are suggested.
SUGGESTIONS = 8

_IN_ADDRESS = re.compile(r"/cases/([a-z0-9-]+)")


@dataclass(frozen=True)
class Suggestion:
    """A case that could be added: it shares `shared` measures, or the solution."""

    case: CaseStudy
    title: Localised
    place: str
    shared: int
    with_it: str


@dataclass(frozen=True)
class Basket:
    """Cases chosen so far that cannot be compared as asked, with a way on.

    `comparable` is the query that compares the known ones among them, empty where there are too
    few or too many.
    """

    fault: Fault
    chosen: tuple[Suggestion, ...]
    suggestions: tuple[Suggestion, ...]
    comparable: str

    @property
    def status(self) -> int:
        """The HTTP status that fits the fault; to choose a second case is none."""
        return {"no-such-cases": 404, "one-to-compare": 200}.get(self.fault.code, 400)


def read_ids(texts: Iterable[str]) -> tuple[str, ...]:
    """Ids as asked for, in order: ids or addresses of case pages; blanks are left out."""
    ids = []
    for text in texts:
        match = _IN_ADDRESS.search(text)
        word = match.group(1) if match else text.strip()
        if word:
            ids.append(word)
    return tuple(ids)


def query(ids: Iterable[str]) -> str:
    """The query of the address that compares these ids."""
    return "&".join(f"case={public_id}" for public_id in ids)


def fault_of(ids: Sequence[str], known: Sequence[str]) -> Fault | None:
    """The first rule that the choice breaks, worst first."""
    # First: of very many ids not all were looked up.
    if len(ids) > MOST:
        return Fault("case", "too-many-to-compare", {"n": len(ids), "most": MOST})
    unknown = [public_id for public_id in dict.fromkeys(ids) if public_id not in known]
    if unknown:
        return Fault("case", "no-such-cases", {"ids": list(map(quoted, unknown))})
    twice = [counter for counter, times in Counter(ids).items() if times > 1]
    if twice:
        return Fault("case", "chosen-twice", {"ids": list(map(quoted, twice))})
    if len(ids) < FEWEST:
        return Fault("case", "one-to-compare", {"id": ids[0]})
    return None


def counted(case: CaseStudy) -> list[Effect]:
    """The effects of a case that count; they must be loaded."""
    return [effect for effect in case.effects.all() if not effect.pool_exclusion]


def suggestions(
    actor: Actor | None, cases: Sequence[CaseStudy], language: str
) -> tuple[Suggestion, ...]:
    """Cases that share a measure and unit with the chosen ones; then those of their solutions."""
    if not cases:
        return ()
    chosen = {case.pk for case in cases}
    wanted = {(e.measure_id, e.unit_id) for case in cases for e in counted(case)}
    shares: Counter[int] = Counter()
    rows = (
        Effect.objects.filter(
            measure_id__in={measure for measure, _unit in wanted},
            pool_exclusion="",
            case__status=CaseStatus.PUBLISHED,
        )
        .exclude(case_id__in=chosen)
        .order_by("case_id")
        .values_list("case_id", "measure_id", "unit_id")
        .distinct()
    )
    for case_id, measure, unit in rows:
        if (measure, unit) in wanted:
            shares[case_id] += 1
    siblings = (
        visible_cases(actor)
        .filter(solution_id__in={case.solution_id for case in cases})
        .exclude(pk__in=chosen)
        .values_list("pk", flat=True)
    )
    score = Counter(shares)
    # The same solution weighs less than a result that can be put side by side.
    score.update(dict.fromkeys(siblings, 0.5))
    best = sorted(score, key=lambda pk: (-score[pk], pk))[:SUGGESTIONS]
    by_key = {
        case.pk: case for case in visible_cases(actor).filter(pk__in=best).prefetch_related("texts")
    }
    ids = [case.public_id for case in cases]
    return tuple(
        _suggestion(by_key[pk], shares[pk], [*ids, by_key[pk].public_id], language)
        for pk in best
        if pk in by_key
    )


def _suggestion(case: CaseStudy, shared: int, ids: Sequence[str], language: str) -> Suggestion:
    text = chosen_text(case.texts.all(), language, case.original_language)
    return Suggestion(
        case=case,
        title=Localised(text.text.title, text.lang_attr),
        place=local_place(case, language),
        shared=shared,
        with_it=query(ids),
    )


def basket(actor: Actor | None, cases: Sequence[CaseStudy], fault: Fault, language: str) -> Basket:
    """What the page shows instead of a comparison: the fault, the choice so far, a way on."""
    ids = [case.public_id for case in cases]
    return Basket(
        fault=fault,
        chosen=tuple(
            # The link of a chosen case takes it out again.
            _suggestion(
                case, 0, [public_id for public_id in ids if public_id != case.public_id], language
            )
            for case in cases
        ),
        suggestions=suggestions(actor, cases, language) if len(cases) < MOST else (),
        comparable=query(ids) if FEWEST <= len(ids) <= MOST else "",
    )
