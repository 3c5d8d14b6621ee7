"""What people may write in a table for a measure, a unit, a solution or a city."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from alliance.knowledge.models import Solution, SolutionText
from alliance.network.models import City


def names_of(records: Iterable[Any], code: str) -> dict[str, str]:
    """Every way a measure or unit may be named, to its name."""
    found: dict[str, str] = {}
    for record in records:
        for name in (getattr(record, code), record.name, record.name_fr, record.name_sv):
            if name:
                found.setdefault(name.casefold(), record.name)
    return found


def solutions_by_name() -> dict[str, str]:
    """Every way a solution may be named, to its id."""
    found = {one: one for one in Solution.objects.values_list("public_id", flat=True)}
    texts = SolutionText.objects.values_list("name", "solution__public_id").order_by("pk")
    for name, public_id in texts:
        found.setdefault(name.casefold(), public_id)
    return found


def cities_by_name() -> dict[str, str]:
    """Every way a city may be named that fits only one, to its id."""
    rows = list(City.objects.values_list("public_id", "name", "name_fr", "name_sv"))
    named: dict[str, set[str]] = {}
    for public_id, *names in rows:
        for name in filter(None, names):
            named.setdefault(name.casefold(), set()).add(public_id)
    found = {name: next(iter(ids)) for name, ids in named.items() if len(ids) == 1}
    return found | {public_id: public_id for public_id, *_names in rows}


def empty_table(language: str) -> str:
    """A table with the columns that most cases need and no row, as spreadsheets open CSV."""
    texts = ("title", "summary", "problem", "what_worked", "what_did_not", "equity_notes")
    columns = (
        *("id", "solution", "place", "country", "city", "start_year", "end_year", "outcome"),
        *("reasons", "topics", "themes", "actors", "original_language"),
        *(f"{name}_{language}" for name in texts),
        *("cost_amount", "cost_currency", "cost_price_year"),
        *("staff_time", "staff_time_unit", "lead_time", "lead_time_unit"),
        *(f"effects.1.{name}" for name in ("measure", "unit", "value", "low", "high", "n")),
        *(f"effects.1.{name}" for name in ("period_start", "period_end", "design", "direction")),
        *(f"sources.1.{name}" for name in ("title", "url", "kind", "independent")),
    )
    # Where numbers have a comma, cells are divided by semicolons.
    return "\ufeff" + ("," if language == "en" else ";").join(columns) + "\r\n"
