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
from alliance.knowledge.case_document import CaseDocument, check_shape
from alliance.knowledge.case_fields import FIELDS
from alliance.knowledge.case_tables import TableCase, cell_of
from alliance.knowledge.enums import Language
from alliance.knowledge.services.drafts import MOST_BYTES
from alliance.knowledge.validation import case_faults, known_fault
from alliance.network.text_checks import choice_faults

#: Columns whose part of a document has another name.
_COLUMNS = {row.path: row.table for row in FIELDS}
_INDEXED = re.compile(r"^(effects|sources)\[(\d+)\]\.?(\w*)$")


def row_checker(cities: frozenset[str]) -> Callable[[TableCase], Iterator[Fault]]:
    """A check of one row, for `read_table`. `cities` are the ids of the cities that are known."""

    def check(case: TableCase) -> Iterator[Fault]:
        document = check_shape(case.document)
        row = _("row %(row)s") % {"row": case.row}
        text = canonical_json(case.document)
        if len(text) > MOST_BYTES:
            yield Fault(row, "large-case", {"most": MOST_BYTES})
        told = False
        for fault in _document_faults(document, cities):
            if not fault.is_missing:
                told = True
                yield replace(fault, where=_cell(case, fault.where))
        # What no rule of a record looks at, such as the name of a new solution.
        if not told and (found := markup_fault(row, text)):
            yield found

    return check


def _document_faults(document: CaseDocument, cities: frozenset[str]) -> Iterator[Fault]:
    yield from choice_faults("case.original_language", document.original_language, Language.values)
    if document.place.city is not None:
        yield from known_fault("case.place.city", document.place.city, cities)
    # Solutions, measures and units were looked up by all their names when the row was read.
    yield from case_faults(
        document,
        measures=frozenset(effect.measure for effect in document.effects),
        units=frozenset(effect.unit for effect in document.effects),
        solutions=frozenset({document.solution}),
    )


def _cell(case: TableCase, where: str) -> str:
    """The name of the cell that a fault of the document stands in."""
    path = where.removeprefix("case.")
    if indexed := _INDEXED.match(path):
        part, position, name = indexed[1], int(indexed[2]), indexed[3]
        return case.cells[part][position](_COLUMNS.get(f"{part}.{name}", name or "measure"))
    if path.startswith("texts."):
        _texts, language, *rest = path.split(".")
        name = rest[0] if rest else "status"
        return cell_of(case.row, f"{'text_status' if name == 'status' else name}_{language}")
    return cell_of(case.row, _COLUMNS.get(path, path))
