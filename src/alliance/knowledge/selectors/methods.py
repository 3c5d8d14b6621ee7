"""What the pages of methods show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Prefetch, TextChoices

from alliance.core.audit import Actor
from alliance.knowledge.enums import CostLevel, Iap2Level, Mode, Topic
from alliance.knowledge.method_filter import MethodFilter
from alliance.knowledge.models import Method, MethodText
from alliance.knowledge.selectors.access import visible_cases
from alliance.knowledge.selectors.case_list import cases_by_key, strongest_first
from alliance.knowledge.selectors.localise import chosen_text, local_text
from alliance.knowledge.selectors.method_results import results_of
from alliance.knowledge.selectors.register import tallies_by, tally_of
from alliance.knowledge.selectors.solutions import solution_lines, with_tally
from alliance.web.paging import page_of

METHODS_PER_PAGE = 50
CASES_PER_PAGE = 50


def _passes(line: Method, wanted: MethodFilter, *, group: bool = True) -> bool:
    return (
        (not wanted.topic or line.topic in wanted.topic)
        and (not wanted.cost or line.cost_level in wanted.cost)
        and (not wanted.iap2 or line.iap2_level in wanted.iap2)
        # A method for both modes can be held in either.
        and (not wanted.mode or line.mode in wanted.mode or line.mode == Mode.BOTH)
        and (not group or wanted.group is None or line.suits(wanted.group))
    )


def _options(
    methods: Sequence[Method], name: str, choices: Iterable[TextChoices], wanted: MethodFilter
) -> list[dict[str, Any]]:
    """Each choice of a filter; `count` is what would be listed with it and the other filters."""
    return [
        {
            "value": choice.value,
            "label": choice.label,
            "count": sum(
                _passes(method, wanted.with_only(name, (choice.value,))) for method in methods
            ),
            "checked": choice.value in getattr(wanted, name),
        }
        for choice in choices
    ]


def method_lines(actor: Actor | None, language: str, topic: str = "") -> list[Method]:
    """The methods (of a topic) by name, each with the `tally` of the published cases that tell of
    its use; in three queries."""
    texts = MethodText.objects.only(
        "method", "language", "status", "revision", "source_revision", "name", "description",
        "best_for",
    )  # fmt: skip
    methods = Method.objects.filter(topic=topic) if topic else Method.objects.all()
    tallied = with_tally(
        methods.prefetch_related(Prefetch("texts", queryset=texts)),
        tallies_by(visible_cases(actor).filter(methods__in=methods), "methods"),
    )
    return sorted(tallied, key=lambda method: local_text(method, "name", language).value.casefold())


def method_list(
    actor: Actor | None, language: str, wanted: MethodFilter, number: int = 1
) -> dict[str, Any]:
    """Page `number` of the methods that pass `wanted`, by topic and name, with option counts.

    `n_without_group` others have no recorded group size. In three queries. Raises NotFound for a
    page that does not exist.
    """
    topics = Topic.values
    every = sorted(method_lines(actor, language), key=lambda method: topics.index(method.topic))
    pages = Paginator([method for method in every if _passes(method, wanted)], METHODS_PER_PAGE)
    return {
        "page": page_of(pages, number),
        "n_all": len(every),
        "n_without_group": 0
        if wanted.group is None
        else sum(
            not method.has_group_size and _passes(method, wanted, group=False) for method in every
        ),
        "topic": _options(every, "topic", Topic, wanted),
        "cost": _options(every, "cost", CostLevel, wanted),
        "iap2": _options(every, "iap2", Iap2Level, wanted),
        "mode": _options(every, "mode", (Mode.IN_PERSON, Mode.ONLINE), wanted),
    }


def method_page(
    actor: Actor | None, method: Method, language: str, number: int = 1
) -> dict[str, Any]:
    """What the page of `method` shows, with page `number` of its cases, in at most 14 queries.

    `cases` come best known first; `tally` counts all. Raises Http404 for a page that does not
    exist.
    """
    cases = strongest_first(
        visible_cases(actor)
        .filter(methods=method)
        .only("public_id", "outcome", "evidence_points", "start_year")
    )
    page = page_of(Paginator([case.pk for case in cases], CASES_PER_PAGE), number)
    by_key = cases_by_key(visible_cases(actor), page)
    related = (
        solution_lines(actor, language, [method.related_solution_id])
        if method.related_solution_id
        else []
    )
    return {
        **results_of(method, language),
        "method": method,
        "text": chosen_text(method.texts.all(), language),
        "iap2_levels": Iap2Level.values,
        "solution": next(iter(related), None),
        "tally": tally_of(case.outcome for case in cases),
        "cases": [by_key[key] for key in page if key in by_key],
        "page": page,
    }
