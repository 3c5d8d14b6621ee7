"""What is written in a row of a table and breaks a rule, told by cell in the language of the page.

A row may be half-written, as any draft: what is missing is asked for when the draft is handed in.
But a code that no list has, a country that there is not, or markup would only be found later, draft
by draft; so they keep the table out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from django.utils.translation import gettext as _

from alliance.core.errors import Fault
from alliance.core.text import canonical_json, markup_fault
from alliance.knowledge.case_document import check_shape, record_of
from alliance.knowledge.case_tables import TableCase, cell_of
from alliance.knowledge.enums import Language
from alliance.knowledge.records import CaseRecord
from alliance.knowledge.services.drafts import MOST_BYTES
from alliance.knowledge.validation import case_faults, known_fault
from alliance.network.plain_texts import choice_faults

#: Columns whose part of a record has another name.
_COLUMNS = {
    "city": "place", "lat": "latitude", "lon": "longitude", "cost.currency": "cost_currency",
    "cost.amount": "cost_amount", "cost.year": "cost_price_year",
    **{f"{name}.value": name for name in ("staff_time", "lead_time", "lifetime")},
    **{f"{name}.unit": f"{name}_unit" for name in ("staff_time", "lead_time", "lifetime")},
}  # fmt: skip
_PARTS = {"se": "standard_error", "period": "period_start", "": "measure"}
_INDEXED = re.compile(r"^(texts|effects|sources)\[(\d+)\]\.?(\w*)$")


def row_checker(cities: frozenset[str]) -> Callable[[TableCase], Iterator[Fault]]:
    """A check of one row, for `read_table`. `cities` are the ids of the cities that are known."""

    def check(case: TableCase) -> Iterator[Fault]:
        document = check_shape(case.document)
        record = record_of(document)
        row = _("row %(row)s") % {"row": case.row}
        text = canonical_json(case.document)
        if len(text) > MOST_BYTES:
            yield Fault(row, "large-case", {"most": MOST_BYTES})
        told = False
        for fault in _record_faults(record, document.original_language, cities):
            if not fault.is_missing:
                told = True
                yield replace(fault, where=_cell(case, record, fault.where))
        # What no rule of a record looks at, such as the name of a new solution.
        if not told and (found := markup_fault(row, text)):
            yield found

    return check


def _record_faults(record: CaseRecord, original: str, cities: frozenset[str]) -> Iterator[Fault]:
    yield from choice_faults("case.original_language", original, Language.values)
    if record.place.city_id is not None:
        yield from known_fault("case.city_id", record.place.city_id, cities)
    # Solutions, measures and units were looked up by all their names when the row was read.
    yield from case_faults(
        record,
        measures=frozenset(effect.measure for effect in record.effects),
        units=frozenset(effect.unit for effect in record.effects),
        solutions=frozenset({record.solution}),
    )


def _cell(case: TableCase, record: CaseRecord, where: str) -> str:
    """The name of the cell that a fault of the record stands in."""
    path = where.removeprefix("case.")
    indexed = _INDEXED.match(path)
    if indexed is None:
        return cell_of(case.row, "city" if path == "city_id" else _COLUMNS.get(path, path))
    part, position, name = indexed[1], int(indexed[2]), indexed[3]
    if part == "texts":
        language = record.texts[position].language
        column = "text_status" if name in {"status", "language"} else name
        return cell_of(case.row, f"{column}_{language}")
    return case.cells[part][position](_PARTS.get(name, name))
