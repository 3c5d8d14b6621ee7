"""Step seven: where the case belongs, who acted, and what it was adapted from."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from alliance.knowledge.case_fields import CLASSIFIED
from alliance.knowledge.enums import Theme, Topic
from alliance.knowledge.forms.base import Document, Several, StepForm, words, written_in
from alliance.knowledge.validation import SDG_TARGET
from alliance.network.enums import OrganisationKind
from alliance.web.fields import LongText, ShortText

_CASE_ADDRESS = re.compile(r"/cases/([a-z0-9][a-z0-9-]{1,79})(?:[/?#]|$)")


class ClassificationForm(StepForm):
    """Topics, themes, SDG targets, actors; the case it was adapted from, and the changes."""

    in_text_language = written_in("classification")

    topics = Several(Topic, **words("topics"))
    themes = Several(Theme, **words("themes"))
    sdg_targets = ShortText(**words("sdg_targets"))
    actors = Several(OrganisationKind, **words("actors"))
    adapted_from = ShortText(size=50, **words("adapted_from"))
    adaptation_changes = LongText(max_length=20_000, **words("adaptation_changes"))

    def initial_of(self, document: Document) -> dict[str, Any]:
        return {
            **{row.name: document[row.name] for row in CLASSIFIED},
            "sdg_targets": ", ".join(document["sdg_targets"]),
            "adapted_from": document["adapted_from"] or "",
            "adaptation_changes": document["adaptation_changes"],
        }

    def clean_sdg_targets(self) -> list[str]:
        """The codes, each once, in the order given."""
        codes = [code for code in re.split(r"[\s,;]+", self.cleaned_data["sdg_targets"]) if code]
        wrong = [code for code in codes if not SDG_TARGET.match(code)]
        if wrong:
            raise ValidationError(
                _("“%(code)s” is not an SDG target such as 11.2 or 13.b.") % {"code": wrong[0]}
            )
        return list(dict.fromkeys(codes))

    def clean_adapted_from(self) -> str:
        """The id of a published case, from its address or id; empty where none is given."""
        given = self.cleaned_data["adapted_from"]
        found = _CASE_ADDRESS.search(given)
        public_id = found[1] if found else given
        # What was there before stays, even if that case was withdrawn since: the check tells it.
        is_new = public_id and public_id != self.document["adapted_from"]
        if is_new and self.names.case(public_id) is None:
            raise ValidationError(
                _("“%(text)s” is no published case. Copy the address of its page.")
                % {"text": given}
            )
        return public_id

    def write(self, document: Document) -> None:
        given = self.cleaned_data
        for name in (*(row.name for row in CLASSIFIED), "adaptation_changes"):
            document[name] = given[name]
        document["adapted_from"] = given["adapted_from"] or None
