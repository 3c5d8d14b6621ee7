"""Writing solutions, and the measures and units their effects are told in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from django.db import transaction
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _

from alliance.cases import rules
from alliance.cases.enums import Scheme
from alliance.cases.models import (
    Dispute,
    Measure,
    NationalScheme,
    Solution,
    SolutionClassification,
    SolutionCost,
    SolutionText,
    Unit,
)
from alliance.cases.records import (
    COST_COLUMNS,
    DISPUTE_COLUMNS,
    EDITORIAL_COLUMNS,
    SCHEME_COLUMNS,
    SolutionRecord,
)
from alliance.cases.validation import editorial_faults, fact_faults, solution_faults
from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed, refuse
from alliance.evidence.services.grading import regrade, regrade_siblings
from alliance.network.enums import Origin
from alliance.writing.services.texts import write_classifications, write_texts

W = TypeVar("W", Measure, Unit)
#: The parts of what editors say that are rows of their own, each with its columns.
_LINES = {"national_schemes": SCHEME_COLUMNS, "disputes": DISPUTE_COLUMNS}


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
        _set_editorial(solution, record.editorial)
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
        _write_lines(solution, record.editorial)
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


def _set_editorial(solution: Solution, editorial: Mapping[str, Any]) -> None:
    """Set the columns of what editors say. Raises InvalidData for an unknown measure or unit."""
    for name in EDITORIAL_COLUMNS:
        setattr(solution, name, editorial[name])
    solution.main_measure = _term(Measure, "main_measure", slug=editorial["main_measure"])
    solution.main_unit = _term(Unit, "main_unit", code=editorial["main_unit"])


def _write_lines(solution: Solution, editorial: Mapping[str, Any]) -> None:
    solution.national_schemes.all().delete()
    NationalScheme.objects.bulk_create(
        NationalScheme(solution=solution, **scheme) for scheme in editorial["national_schemes"]
    )
    solution.disputes.all().delete()
    Dispute.objects.bulk_create(
        Dispute(solution=solution, position=position, **dispute)
        for position, dispute in enumerate(editorial["disputes"])
    )


def editorial_of(solution: Solution) -> dict[str, Any]:
    """What editors chose and say of a solution, in the shape of `EDITORIAL`."""
    measure, unit = solution.main_measure, solution.main_unit
    return {
        **{name: getattr(solution, name) for name in EDITORIAL_COLUMNS},
        "main_measure": measure.slug if measure else "",
        "main_unit": unit.code if unit else "",
        **{
            name: [model_to_dict(row, columns) for row in getattr(solution, name).all()]
            for name, columns in _LINES.items()
        },
    }


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


def _locked(solution: Solution) -> Solution:
    """The solution as it is now, for a change. Raises NotAllowed for one of another network."""
    solution = Solution.objects.select_for_update(of=("self",)).get(pk=solution.pk)
    if solution.from_address:
        raise NotAllowed(
            _("This content comes from another network. Only that network can correct it.")
        )
    return solution


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
        solution = _locked(solution)
        before = facts_of(solution)
        if before == {"costs": list(costs), "prerequisite_kinds": kinds}:
            return solution
        solution.prerequisite_kinds = kinds
        solution.edited_at = at
        solution.save(update_fields=["prerequisite_kinds", "edited_at", "updated_at"])
        _write_costs(solution, costs)
        audit.record("solution", solution, "set facts", actor=actor, at=at, before=before)
    return solution


def set_solution_editorial(
    solution: Solution, *, actor: audit.Actor, at: dt.datetime, **editorial: Any
) -> Solution:
    """Replace what editors chose and say of a solution: `editorial` has all of `EDITORIAL`.

    The trail keeps what stood there before. With another main measure the verdict is reached again.
    Raises NotAllowed for all but the secretariat, InvalidData.
    """
    if not rules.is_secretariat(actor):
        raise NotAllowed(
            _("Only the secretariat can change the main result and disputes of a solution.")
        )
    refuse([*editorial_faults(editorial), *_of_other_cases(solution, editorial["disputes"])])
    with transaction.atomic():
        solution = _locked(solution)
        before = editorial_of(solution)
        if before == editorial:
            return solution
        _set_editorial(solution, editorial)
        solution.edited_at = at
        solution.save()
        _write_lines(solution, editorial)
        audit.record("solution", solution, "set editorial", actor=actor, at=at, before=before)
        if any(before[name] != editorial[name] for name in before if name.startswith("main_")):
            regrade(solution, at)
    return solution


def _of_other_cases(solution: Solution, disputes: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    """Disputes of cases or results that the solution does not have."""
    keys: dict[str, set[str]] = {}
    for case, key in solution.cases.values_list("public_id", "effects__key"):
        keys.setdefault(case, set()).add(key)
    for number, dispute in enumerate(disputes):
        if dispute["case"] not in keys:
            yield Fault(f"disputes[{number}].case", "unknown", {"value": dispute["case"]})
        for key in set(dispute["effects"]) - keys.get(dispute["case"], set()):
            yield Fault(f"disputes[{number}].effects", "unknown", {"value": key})
