"""Step six: where the case can be read about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy

from alliance.knowledge.enums import SourceKind
from alliance.knowledge.forms.base import Choice
from alliance.knowledge.forms.rows import RowForm, RowsForm
from alliance.web.fields import LongText, ShortText

_ANSWERS = {"yes": True, "no": False, "": None}
_WORDS = {answer: word for word, answer in _ANSWERS.items()}


class SourceRow(RowForm):
    """One source: what it is called, where it is, who wrote it."""

    in_text_language = frozenset({"seen"})
    untouched = {"kind": SourceKind.UNKNOWN}

    title = ShortText(label=gettext_lazy("Title"), max_length=300, size=50)
    url = ShortText(
        label=gettext_lazy("Address"),
        max_length=500,
        size=50,
        help_text=gettext_lazy("Begins with https:// or http://."),
    )
    kind = Choice(label=gettext_lazy("Who published it"), choices=SourceKind.choices)
    independent = Choice(
        label=gettext_lazy("Written by others than those who ran or sold it"),
        choices=[
            ("", gettext_lazy("not known")),
            ("yes", gettext_lazy("yes")),
            ("no", gettext_lazy("no")),
        ],
    )
    seen = LongText(
        label=gettext_lazy("What you read there"),
        rows=2,
        max_length=20_000,
        help_text=gettext_lazy("The sentence or figure that the case rests on, and the page."),
    )

    @classmethod
    def initial_of(cls, part: Mapping[str, Any], names: Any) -> dict[str, Any]:
        return {
            **{name: part[name] for name in ("title", "url", "kind", "seen")},
            "independent": _WORDS[part["independent"]],
        }

    def part(self) -> dict[str, Any] | None:
        if self.is_empty():
            return None
        given = self.cleaned_data
        return {
            **{name: given[name] for name in ("title", "url", "seen")},
            "kind": given["kind"] or SourceKind.UNKNOWN.value,
            "independent": _ANSWERS[given["independent"]],
        }


class SourcesForm(RowsForm):
    """The sources of a case."""

    part = "sources"
    row_form = SourceRow
