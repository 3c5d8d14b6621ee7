"""Step six: where the case can be read about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy

from alliance.knowledge.enums import SourceKind
from alliance.knowledge.forms.base import Choice, words, written_in
from alliance.knowledge.forms.rows import RowForm, RowsForm
from alliance.web.fields import LongText, ShortText

_ANSWERS = {"yes": True, "no": False, "": None}
_WORDS = {answer: word for word, answer in _ANSWERS.items()}


class SourceRow(RowForm):
    """One source: what it is called, where it is, who wrote it."""

    in_text_language = written_in("sources")
    untouched = {"kind": SourceKind.UNKNOWN}

    title = ShortText(max_length=300, size=50, **words("sources.title"))
    url = ShortText(max_length=500, size=50, **words("sources.url"))
    kind = Choice(choices=SourceKind.choices, **words("sources.kind"))
    independent = Choice(
        choices=[
            ("", gettext_lazy("not known")),
            ("yes", gettext_lazy("yes")),
            ("no", gettext_lazy("no")),
        ],
        **words("sources.independent"),
    )
    seen = LongText(rows=2, max_length=20_000, **words("sources.seen"))

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
