"""The form that starts a case: for whom, in which language, and what happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from alliance.cases.enums import Language, Outcome, Scheme
from alliance.cases.models import CaseStudy
from alliance.network.models import City, Organisation
from alliance.writing.forms.base import PartForm
from alliance.writing.forms.place import place_in

#: Failures first: nobody needs to be asked twice to tell of a success.
OUTCOMES = (
    (Outcome.DID_NOT_WORK, gettext_lazy("It did not work")),
    (Outcome.MIXED, gettext_lazy("It worked in part")),
    (Outcome.WORKED, gettext_lazy("It worked")),
)


class StartForm(PartForm):
    """What a new case begins with. `organisations` are those the writer may write for."""

    team = forms.ChoiceField(label=gettext_lazy("Team"))
    outcome = forms.ChoiceField(
        label=gettext_lazy("What happened?"),
        choices=OUTCOMES,
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "The next questions depend on your answer. You can change it later."
        ),
        error_messages={"required": gettext_lazy("Choose one answer. You can change it later.")},
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of your text"),
        choices=Language.choices,
        help_text=gettext_lazy(
            "Translations into the other languages are added after publication."
        ),
    )
    adapted_from = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        organisations: Sequence[Organisation],
        names: Mapping[str, str],
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.organisations = {
            organisation.public_id: organisation for organisation in organisations
        }
        self.fields["team"].choices = [  # type: ignore[attr-defined]
            (public_id, names[public_id]) for public_id in self.organisations
        ]

    @property
    def organisation(self) -> Organisation:
        """The team that was chosen. Call it on a valid form."""
        return self.organisations[self.cleaned_data["team"]]


def first_content(
    *, outcome: str, organisation: Organisation, city: City | None, source: CaseStudy | None
) -> dict[str, Any]:
    """What a new document holds: the team's city and kind, and what a case adapted from it gives.

    `source`: the case that was adapted, with its classifications.
    """
    content: dict[str, Any] = {"outcome": outcome, "actors": [organisation.kind]}
    if city is not None:
        content["place"] = place_in(city)
    if source is not None:
        codes: dict[str, list[str]] = {}
        for row in source.classifications.all():
            codes.setdefault(row.scheme, []).append(row.code)
        content |= {
            "adapted_from": source.public_id,
            "solution": source.solution.public_id,
            "kind": source.kind,
            "topics": codes.get(Scheme.TOPIC, []),
            "themes": codes.get(Scheme.THEME, []),
            "sdg_targets": codes.get(Scheme.SDG, []),
        }
    return content
