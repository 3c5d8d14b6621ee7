"""Writing solutions, and the measures and units their effects are told in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed, refuse
from alliance.knowledge import rules
from alliance.knowledge.enums import Scheme
from alliance.knowledge.models import (
    Dispute,
    Measure,
    NationalScheme,
    Solution,
    SolutionClassification,
    SolutionCost,
    SolutionText,
    Unit,
)
from alliance.knowledge.records import COST_COLUMNS, EDITORIAL_COLUMNS, SolutionRecord
from alliance.knowledge.services.grading import regrade_siblings
from alliance.knowledge.services.texts import write_classifications, write_texts
from alliance.knowledge.validation import fact_faults, solution_faults
from alliance.network.enums import Origin

W = TypeVar("W", Measure, Unit)


def save_measure(slug: str, **names: str) -> Measure:
    """Create or update a measure that ships; one that the secretariat has edited stays."""
    edited = Measure.objects.filter(slug=slug).exclude(edited_at=None).first()
    edited = edited or _merged(Measure, names.get("name", ""))
    return edited or Measure.objects.update_or_create(slug=slug, defaults=names)[0]


def _merged(model: type[W], name: str) -> W | None:
    """The word that the one of this name was merged into."""
    rows = model._default_manager.exclude(aliases=[])
    return next((row for row in rows if name in row.aliases), None)


def save_unit(code: str, **values: str | bool) -> Unit:
    """Create or update a unit that ships; one that the secretariat has edited stays."""
    edited = Unit.objects.filter(code=code).exclude(edited_at=None).first()
    edited = edited or _merged(Unit, str(values.get("name", "")))
    return edited or Unit.objects.update_or_create(code=code, defaults=values)[0]


def save_solution(
    record: SolutionRecord,
    *,
    actor: audit.Actor,
    at: dt.datetime,
    origin: str = Origin.MEMBERS,
    starter_digest: str = "",
) -> Solution:
    """Create or update the solution of `record.public_id`.

    Raises InvalidData, naming each field and rule, before anything is written.
    """
    faults = solution_faults(record)
    refuse(faults)
    with transaction.atomic():
        solution = Solution.everything.filter(public_id=record.public_id).first() or Solution(
            public_id=record.public_id
        )
        verb = "update" if solution.pk else "create"
        solution.withdrawn_at = None
        solution.kind = record.kind
        solution.prerequisite_kinds = list(record.prerequisite_kinds)
        chosen_before = _chosen(solution)
        _set_editorial(solution, record)
        solution.origin = origin
        solution.starter_digest = starter_digest
        if actor.user is not None:
            solution.edited_at = at
        solution.full_clean()
        solution.save()
        write_texts(
            SolutionText,
            {"solution": solution},
            [
                (
                    text.language,
                    text.status,
                    {
                        "name": text.name,
                        "summary": text.summary,
                        "how_it_works": text.how_it_works,
                        "prerequisites": list(text.prerequisites),
                    },
                )
                for text in record.texts
            ],
        )
        _write_costs(solution, record.costs)
        _write_lines(solution, record)
        write_classifications(
            SolutionClassification,
            {"solution": solution},
            {
                Scheme.TOPIC: record.topics,
                Scheme.THEME: record.themes,
                Scheme.SDG: record.sdg_targets,
            },
        )
        audit.record("solution", solution, verb, actor=actor, at=at)
        if solution.verdicts.exists() and _chosen(solution) != chosen_before:
            regrade_siblings(solution, at)
    return solution


def _chosen(solution: Solution) -> tuple[bool, int | None, int | None]:
    return solution.main_measure_chosen, solution.main_measure_id, solution.main_unit_id


def _term(model: type[W], where: str, **key: str) -> W | None:
    """The measure or unit of a slug or code; None for an empty one. Raises InvalidData."""
    (value,) = key.values()
    if not value:
        return None
    term = model._default_manager.filter(**key).first()
    if term is None:
        raise InvalidData([Fault(where, "unknown", {"value": value})])
    return term


def _set_editorial(solution: Solution, record: SolutionRecord) -> None:
    solution.main_measure = _term(Measure, "solution.main_measure", slug=record.main_measure)
    solution.main_unit = _term(Unit, "solution.main_unit", code=record.main_unit)
    for name in EDITORIAL_COLUMNS:
        setattr(solution, name, getattr(record, name))


def _write_lines(solution: Solution, record: SolutionRecord) -> None:
    solution.national_schemes.all().delete()
    NationalScheme.objects.bulk_create(
        NationalScheme(solution=solution, **scheme) for scheme in record.national_schemes
    )
    solution.disputes.all().delete()
    Dispute.objects.bulk_create(
        Dispute(solution=solution, position=position, **dispute)
        for position, dispute in enumerate(record.disputes)
    )


def _write_costs(solution: Solution, costs: Sequence[Mapping[str, Any]]) -> None:
    solution.costs.all().delete()
    SolutionCost.objects.bulk_create(
        SolutionCost(solution=solution, position=position, **cost)
        for position, cost in enumerate(costs)
    )


def facts_of(solution: Solution) -> dict[str, Any]:
    """What is recorded of its costs, times and kinds of prerequisites, as the form takes it."""
    return {
        "costs": list(solution.costs.values(*COST_COLUMNS)),
        "prerequisite_kinds": solution.prerequisite_kinds,
    }


def set_solution_facts(
    solution: Solution,
    *,
    costs: Sequence[Mapping[str, Any]],
    prerequisite_kinds: Sequence[str],
    actor: audit.Actor,
    at: dt.datetime,
) -> Solution:
    """Replace what a solution costs and takes, and what its prerequisites are about.

    The trail keeps what stood there before. Each line of `costs` has all of `COST_COLUMNS`;
    `prerequisite_kinds` are one for each prerequisite, all empty where they are not sorted.
    Raises NotAllowed for all but the secretariat, InvalidData.
    """
    if not rules.is_secretariat(actor):
        raise NotAllowed(
            _("Only the secretariat can change the costs and requirements of a solution.")
        )
    kinds = list(prerequisite_kinds) if any(prerequisite_kinds) else []
    refuse(fact_faults(costs, kinds))
    with transaction.atomic():
        solution = Solution.objects.select_for_update(of=("self",)).get(pk=solution.pk)
        if solution.from_address:
            raise NotAllowed(
                _("This content comes from another network. Only that network can correct it.")
            )
        before = facts_of(solution)
        if before == {"costs": list(costs), "prerequisite_kinds": kinds}:
            return solution
        solution.prerequisite_kinds = kinds
        solution.edited_at = at
        solution.save(update_fields=["prerequisite_kinds", "edited_at", "updated_at"])
        _write_costs(solution, costs)
        audit.record("solution", solution, "set facts", actor=actor, at=at, before=before)
    return solution
