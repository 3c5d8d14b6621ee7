"""The steps of writing a case, in their order, and where each part of a document is asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.knowledge.case_fields import BY_PATH, SHAPES, part_fields
from alliance.knowledge.forms.base import StepForm
from alliance.knowledge.forms.classification import ClassificationForm
from alliance.knowledge.forms.cost import CostForm
from alliance.knowledge.forms.place import PlaceForm
from alliance.knowledge.forms.results import EffectRow, ResultsForm
from alliance.knowledge.forms.rows import row_name
from alliance.knowledge.forms.sources import SourceRow, SourcesForm
from alliance.knowledge.forms.story import OutcomeForm, StoryForm
from alliance.web import formatting

CHECK = "check"

STEPS: dict[str, Promise] = {
    "place": gettext_lazy("Place and solution"),
    "story": gettext_lazy("The story"),
    "outcome": gettext_lazy("Outcome and reasons"),
    "results": gettext_lazy("Results"),
    "cost": gettext_lazy("Cost, time, people"),
    "sources": gettext_lazy("Sources"),
    "classification": gettext_lazy("Topics and origin"),
    CHECK: gettext_lazy("Check and hand in"),
}

FORMS: dict[str, type[StepForm]] = {
    "place": PlaceForm,
    "story": StoryForm,
    "outcome": OutcomeForm,
    "results": ResultsForm,
    "cost": CostForm,
    "sources": SourcesForm,
    "classification": ClassificationForm,
}


@dataclass(frozen=True)
class FieldAt:
    """Where something is asked for: the step, the field of its form ("" for the step as a whole).

    `label` names it for people, with its row or its language where needed.
    """

    step: str
    field: str
    label: str

    @property
    def anchor(self) -> str:
        """The id of the field on the page of its step."""
        return f"id_{self.field}" if self.field else "main"


# The field that a part of a document is asked for by.
_FIRST = {
    **{part: part_fields(part)[0] for part in SHAPES if part},
    "place": BY_PATH["place.city"],
}
_ROW = re.compile(r"^(effects|sources)\[(\d+)\](?:\.(\w+))?$")
_SENT_ROW = re.compile(r"^(effects|sources)-(\d+)-(\w+)$")
_TEXT = re.compile(r"^texts\.(\w+)(?:\.(\w+))?$")
_ROW_FORMS: dict[str, tuple[str, Any, str]] = {
    "effects": ("results", EffectRow, "measure"),
    "sources": ("sources", SourceRow, "title"),
}


def _label(step: str, field: str) -> str:
    return str(FORMS[step].base_fields[field].label)


def _row_at(part: str, number: int, name: str) -> FieldAt:
    step, form, first = _ROW_FORMS[part]
    known = BY_PATH.get(f"{part}.{name}")
    field = known.field if known else name
    row = row_name(number + 1)
    if field not in form.base_fields:
        return FieldAt(step, f"{part}-{number}-{first}", row)
    label = f"{row}, {form.base_fields[field].label}"
    return FieldAt(step, f"{part}-{number}-{field}", label)


def _text_at(language: str, name: str, own: str) -> FieldAt:
    row = BY_PATH.get(f"texts.{name or 'title'}", _FIRST["texts"])
    label = _label(row.step, row.field)
    if language == own or name not in ("", row.name):
        return FieldAt(row.step, row.field, label)
    localised = _("%(field)s, in %(language)s") % {
        "field": label,
        "language": formatting.language_name(language),
    }
    return FieldAt(row.step, "", localised)


def field_at(where: str, *, text_language: str) -> FieldAt:
    """Where a path of a fault or a remark is asked for, such as `case.effects[0].period`.

    What no step asks for leads to the last one.
    """
    path = where.removeprefix("case").removeprefix(".")
    row = _ROW.match(path)
    if row:
        return _row_at(row[1], int(row[2]), row[3] or "")
    text = _TEXT.match(path)
    if text:
        return _text_at(text[1], text[2] or "", text_language)
    if path in ("effects", "sources"):
        step = _ROW_FORMS[path][0]
        return FieldAt(step, "", str(STEPS[step]))
    asked = BY_PATH.get(path) or _FIRST.get(path)
    if asked is not None and asked.step:
        return FieldAt(asked.step, asked.field, _label(asked.step, asked.field))
    return FieldAt(CHECK, "", _("The case"))


def typed(step: str, sent: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """(label, text) of everything that somebody typed into a step, to be shown back.

    `sent` holds a list of values by field; what is no field of the step is left out.
    """
    form: Any = FORMS[step]
    found = []
    for name, values in sent.items():
        label = ""
        row = _SENT_ROW.match(name)
        if row and row[1] in _ROW_FORMS and row[3] in _ROW_FORMS[row[1]][1].base_fields:
            label = _row_at(row[1], int(row[2]), row[3]).label
        elif name in form.base_fields:
            label = str(form.base_fields[name].label)
        text = "\n".join(value for value in values if value.strip())
        if label and text:
            found.append((label, text))
    return found
