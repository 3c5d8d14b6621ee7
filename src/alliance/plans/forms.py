"""The forms of plans."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.core.forms import RowForm, ServiceForm, rows_of
from alliance.participation.forms import EnterForm
from alliance.plans.services import texts
from alliance.web.fields import LongText


class TextForm(ServiceForm):
    """The text of a plan."""

    text = LongText(
        label=_("The text"),
        rows=24,
        help_text=_("Leave an empty line between two paragraphs. Each can be commented."),
    )
    note = LongText(
        label=_("What you changed, and why"),
        rows=4,
        max_length=texts.LONGEST_NOTE,
        help_text=_("Needed once the text is open. Residents read it beside the changes."),
    )


class CommentRow(RowForm):
    """A comment of a form on paper."""

    number = forms.IntegerField(label=_("Paragraph of comment %(row)s"), min_value=1)
    text = LongText(label=_("Comment %(row)s"), rows=3)

    @property
    def is_written(self) -> bool:
        """A comment has words."""
        return bool(self.cleaned_data.get("text"))


class PaperForm(EnterForm):
    """The comments that one person sent on paper or said."""

    groups = {
        "texts": rows_of(
            CommentRow,
            most=40,
            spare=4,
            heading=_("What the person wrote or said"),
            note=_(
                "Word for word, with the number of the paragraph. A row without text is left out."
            ),
        )
    }

    def comments(self) -> list[tuple[int, str]]:
        """Numbers of paragraphs with what was said of each; 0 where the number is missing."""
        rows: list[dict[str, Any]] = self.written("texts")
        return [(row.get("number") or 0, row["text"]) for row in rows]
