"""What the pages of the network's four topics show."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.cases.enums import Outcome, Scheme, Topic
from alliance.cases.models import CaseClassification, CaseStudy, Method, Solution
from alliance.cases.selectors.access import visible_cases
from alliance.cases.selectors.case_list import with_line_parts
from alliance.cases.selectors.register import count_cases, tally_from
from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.knowledge.selectors.methods import method_lines
from alliance.knowledge.selectors.solutions import solution_lines


@dataclass(frozen=True)
class TopicText:
    """A topic in words. `wanted` are the results that the network's brochure names for it."""

    name: str | Promise
    lead: Promise
    wanted: tuple[Promise, ...]


_TEXTS: dict[str, tuple[Promise, tuple[Promise, ...]]] = {
    Topic.INNOVATION_GATEWAYS: (
        _(
            "How cities welcome and test new solutions: living labs, test districts and "
            "procurement of innovations."
        ),
        (
            _("descriptions of innovation gateways"),
            _("case studies tested in cities"),
            _("a report on best practices"),
        ),
    ),
    Topic.EQUITY: (
        _(
            "Who gains and who pays when a city becomes greener, and how to share the gains "
            "and costs fairly."
        ),
        (
            _("a people-centred concept of sustainability"),
            _("methods for assessing fairness, tested by cities"),
        ),
    ),
    Topic.INDICATORS: (
        _("How a city can see where it is now, and whether it is making progress."),
        (
            _("one common set of indicators"),
            _("an overview of where cities lead and where they need to do more"),
        ),
    ),
    Topic.ENGAGING_CITIZENS: (
        _("How residents are informed, consulted and given a say, and how their habits change."),
        (_("methods of engaging residents, identified and evaluated"),),
    ),
}


def topic_text(code: str) -> TopicText:
    """The words of a topic. Raises KeyError for a code that is no topic."""
    lead, wanted = _TEXTS[code]
    return TopicText(Topic(code).label, lead, wanted)


METHODS_SHOWN = 6
FAILURES_SHOWN = 2
SOLUTIONS_SHOWN = 4


def newest_first(cases: QuerySet[CaseStudy]) -> QuerySet[CaseStudy]:
    """By year of start, newest first; a case without a recorded year comes last."""
    return cases.order_by(F("start_year").desc(nulls_last=True), "public_id")


def cases_of_topic(actor: Actor | None, code: str) -> QuerySet[CaseStudy]:
    """The published cases of a topic."""
    return visible_cases(actor).filter(
        classifications__scheme=Scheme.TOPIC, classifications__code=code
    )


def topic_lines(actor: Actor | None) -> list[dict[str, Any]]:
    """The four topics in their published order, in three queries."""
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    rows = (
        CaseClassification.objects.filter(scheme=Scheme.TOPIC, case__in=visible_cases(actor))
        .order_by()
        .values_list("code", "case__outcome")
        .annotate(Count("id"))
    )
    for code, outcome, number in rows:
        counts[code][outcome] = number
    solutions = dict(
        Solution.objects.filter(classifications__scheme=Scheme.TOPIC)
        .order_by()
        .values_list("classifications__code")
        .annotate(Count("id"))
    )
    methods = dict(Method.objects.order_by().values_list("topic").annotate(Count("id")))
    return [
        {
            "code": code,
            "text": topic_text(code),
            "n_methods": methods.get(code, 0),
            "n_solutions": solutions.get(code, 0),
            "tally": tally_from(counts[code]),
        }
        for code in Topic.values
    ]


def topic_page(actor: Actor | None, code: str, language: str) -> dict[str, Any]:
    """What the page of the topic `code` shows, in at most 15 queries. Raises NotFound.

    `methods` are the `METHODS_SHOWN` of `n_methods` with most cases, with how those ended;
    `register` counts every published case of the topic; `failures` are the newest `FAILURES_SHOWN`
    of those that did not work, `solutions` the `SOLUTIONS_SHOWN` most often tried of `n_solutions`.
    """
    if code not in Topic.values:
        raise NotFound("topic", code)
    cases = cases_of_topic(actor, code)
    failed = newest_first(cases.filter(outcome=Outcome.DID_NOT_WORK))
    solutions = list(
        Solution.objects.filter(classifications__scheme=Scheme.TOPIC, classifications__code=code)
        .order_by()
        .values_list("pk", flat=True)
    )
    methods = method_lines(actor, language, code)
    tried_most = sorted(methods, key=lambda line: -line.tally.total)  # type: ignore[attr-defined]
    return {
        "code": code,
        "text": topic_text(code),
        "methods": tried_most[:METHODS_SHOWN],
        "n_methods": len(methods),
        "solutions": solution_lines(actor, language, solutions, most=SOLUTIONS_SHOWN),
        "n_solutions": len(solutions),
        "register": count_cases(cases),
        "failures": with_line_parts(failed[:FAILURES_SHOWN]),
    }
