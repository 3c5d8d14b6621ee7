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
    text = LongText(
        label=_("Text"),
        rows=24,
        help_text=_("Leave a blank line between paragraphs. Residents can comment on each one."),
    )
    note = LongText(
        label=_("Your changes, and why"),
        rows=4,
        max_length=texts.LONGEST_NOTE,
        help_text=_("Required once the text is open. Residents see it next to the changes."),
    )


class CommentRow(RowForm):
    """A comment of a paper form."""

    number = forms.IntegerField(label=_("Paragraph number for comment %(row)s"), min_value=1)
    text = LongText(label=_("Comment %(row)s"), rows=3)

    @property
    def is_written(self) -> bool:
        """Whether the comment has a text."""
        return bool(self.cleaned_data.get("text"))


class PaperForm(EnterForm):
    """A person's comments on paper or by phone."""

    groups = {
        "texts": rows_of(
            CommentRow,
            most=40,
            spare=4,
            heading=_("The person’s own words"),
            note=_(
                "Copy the comment word for word, with its paragraph number. Rows without "
                "text are ignored."
            ),
        )
    }

    def comments(self) -> list[tuple[int, str]]:
        """Numbers of paragraphs with their comments; 0 if the number is missing."""
        rows: list[dict[str, Any]] = self.written("texts")
        return [(row.get("number") or 0, row["text"]) for row in rows]
