"""The forms of needs and offers."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.core.forms import ServiceForm
from alliance.network.enums import Language, NeedState, OfferKind, Theme, Topic
from alliance.network.models import Need, Offer
from alliance.network.selectors.needs_offers import tags_of
from alliance.network.services.needs_offers import (
    LONGEST_OUTCOME,
    LONGEST_TITLE,
    NeedData,
    OfferData,
)
from alliance.web.fields import LongText, ShortText, day_field
from alliance.web.formatting import language_name


def language_choices() -> list[tuple[str, str]]:
    """The languages of texts, with their names in the language of the page."""
    return [(code, language_name(code)) for code in Language.values]


class StatementForm(ServiceForm):
    """The fields that needs and offers share; the services validate them."""

    # The revision at which the form was opened.
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title = ShortText(label=_("Short description"), size=60, max_length=LONGEST_TITLE)
    text = LongText(rows=7)
    language = forms.ChoiceField(label=_("Language of the text"), choices=language_choices)
    topic = forms.ChoiceField(
        label=_("Topic"), required=False, choices=[("", _("not chosen")), *Topic.choices]
    )
    themes = forms.MultipleChoiceField(
        label=_("Themes"),
        required=False,
        choices=Theme,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Needs and offers are matched by theme, topic and SDG target."),
    )
    sdg_targets = ShortText(
        label=_("SDG targets"),
        max_length=200,
        help_text=_("Numbers such as 11.2 or 13.b, separated by commas."),
    )

    def clean_sdg_targets(self) -> tuple[str, ...]:
        """The codes in the order entered, without duplicates."""
        codes = re.split(r"[\s,;]+", self.cleaned_data["sdg_targets"])
        return tuple(dict.fromkeys(code for code in codes if code))

    def shared(self) -> dict[str, Any]:
        """The keyword arguments that both services share."""
        data = self.cleaned_data
        plain = {name: data[name] for name in ("title", "text", "language", "topic")}
        return plain | {"themes": tuple(data["themes"]), "sdg_targets": data["sdg_targets"]}


def _shared_of(statement: Need | Offer) -> dict[str, Any]:
    return {
        "revision": statement.revision,
        "title": statement.title,
        "text": statement.text,
        "language": statement.language,
        "topic": statement.topic,
        "themes": list(tags_of(statement, "theme")),  # type: ignore[arg-type]
        "sdg_targets": ", ".join(tags_of(statement, "sdg")),  # type: ignore[arg-type]
    }


class NeedForm(StatementForm):
    deadline = day_field(
        label=_("Deadline for answers"),
        help_text=_("Leave blank if there is none."),
    )

    field_order = ["title", "text", "language", "deadline", "topic", "themes", "sdg_targets"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].label = _("The need and the reason")
        self.fields["text"].help_text = _(
            "Describe what you have tried and what would be a good answer. The text is public."
        )

    def as_data(self) -> NeedData:
        """The input of the service."""
        return NeedData(**self.shared(), deadline=self.cleaned_data["deadline"])

    @staticmethod
    def initial_of(need: Need) -> dict[str, Any]:
        """The initial values from a need."""
        return _shared_of(need) | {"deadline": need.deadline}


class OfferForm(StatementForm):
    kinds = forms.MultipleChoiceField(
        label=_("Type of help"),
        required=False,
        choices=OfferKind,
        widget=forms.CheckboxSelectMultiple,
    )
    staff_days = forms.IntegerField(
        label=_("Total staff days"),
        required=False,
        min_value=1,
        help_text=_("Leave blank if not decided."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Working languages with partners"),
        required=False,
        choices=language_choices,
        widget=forms.CheckboxSelectMultiple,
    )
    until = day_field(label=_("Valid until"), help_text=_("Leave blank if there is none."))

    field_order = [
        "title", "text", "language", "kinds", "staff_days", "languages", "until", "topic",
        "themes", "sdg_targets",
    ]  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].label = _("Details of the offer, and who it is for")
        self.fields["text"].help_text = _(
            "Describe your experience and what you can share, and when it would not be "
            "suitable. The text is public."
        )

    def as_data(self) -> OfferData:
        """The input of the service."""
        data = self.cleaned_data
        return OfferData(
            **self.shared(),
            kinds=tuple(data["kinds"]),
            languages=tuple(data["languages"]),
            staff_days=data["staff_days"],
            until=data["until"],
        )

    @staticmethod
    def initial_of(offer: Offer) -> dict[str, Any]:
        """The initial values from an offer."""
        return _shared_of(offer) | {
            "kinds": offer.kinds,
            "languages": offer.languages,
            "staff_days": offer.staff_days,
            "until": offer.until,
        }


class StateForm(ServiceForm):
    state = forms.ChoiceField(label=_("Status"), choices=NeedState, widget=forms.RadioSelect)
    outcome = LongText(
        label=_("Result"),
        max_length=LONGEST_OUTCOME,
        help_text=_(
            "Write in the language of the need who helped and what you will do now, or "
            "why no one could help. The text is public. Leave blank if you are reopening "
            "the need."
        ),
    )
