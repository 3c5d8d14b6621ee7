"""Forms of steps and links."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from alliance.adoption.enums import Kind, StepKind
from alliance.adoption.models import Link, Step
from alliance.adoption.services.links import LONGEST_REASON, LONGEST_TITLE, StepData
from alliance.core.forms import ServiceForm
from alliance.network.needs_offers_forms import language_choices
from alliance.thread.selectors.shapes import Key
from alliance.web.fields import area, day_field

_PAGES = {
    "needs": Kind.NEED,
    "offers": Kind.OFFER,
    "solutions": Kind.SOLUTION,
    "adoptions": Kind.AGREEMENT,
    "agreements": Kind.AGREEMENT,
    "pilots": Kind.PILOT,
    "indicators": Kind.INDICATOR,
    "cases": Kind.CASE,
    "peer-reviews": Kind.PEER_REVIEW,
    "research/questions": Kind.QUESTION,
    "take-part": Kind.PROCESS,
    "take-part/proposals": Kind.CONTRIBUTION,
    **{f"thread/{kind}": Kind(kind) for kind in Kind.values},
}
_ID = r"(?P<id>[a-z0-9][a-z0-9-]{1,79})"
_ADDRESS = re.compile(rf"^(?:/(?:en|fr|sv))?/(?P<page>[a-z-]+(?:/[a-z-]+)?)/{_ID}/?\Z")


def key_of_address(address: str) -> Key | None:
    """The record whose page or thread is at an address of this installation; None for another
    address."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return None
    if parts.netloc and parts.netloc != urlsplit(settings.BASE_URL).netloc:
        return None
    # A proposal also has an address below its process.
    path = re.sub(r"/take-part/[^/]+/proposals/", "/take-part/proposals/", parts.path)
    match = _ADDRESS.match(path)
    kind = _PAGES.get(match["page"]) if match else None
    return (kind.value, match["id"]) if match and kind else None


class StepForm(ServiceForm):
    """A proposal, decision or workshop of a city, which the services validate."""

    title = forms.CharField(label=_("Title"), required=False, max_length=LONGEST_TITLE)
    happened_on = day_field(label=_("Date"))
    text = forms.CharField(
        label=_("Summary"),
        required=False,
        widget=area(4),
        help_text=_("What was proposed, decided or discussed. This text is public."),
    )
    url = forms.CharField(
        label=_("Link to the document"),
        required=False,
        max_length=500,
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "Enter a link beginning with https://. Leave blank if the document is not online."
        ),
    )
    expected_by = day_field(
        label=_("Date by which an outcome is expected"),
        help_text=_("As stated in the decision. Leave blank if it gives no date."),
    )
    language = forms.ChoiceField(label=_("Language of your text"), choices=language_choices)

    def __init__(self, *args: Any, kind: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kind = kind
        if kind != StepKind.DECISION:
            del self.fields["expected_by"]

    def words(self) -> StepData:
        """The cleaned data as the service expects it."""
        cleaned_data = self.cleaned_data
        return StepData(
            kind=self.kind,
            title=cleaned_data["title"],
            text=cleaned_data["text"].replace("\r\n", "\n"),
            language=cleaned_data["language"],
            happened_on=cleaned_data["happened_on"],
            url=cleaned_data["url"],
            expected_by=cleaned_data.get("expected_by"),
        )

    @staticmethod
    def initial_of(step: Step) -> dict[str, Any]:
        """Initial values from the step."""
        names = ("title", "happened_on", "text", "url", "expected_by", "language")
        return {name: getattr(step, name) for name in names}


class ReasonForm(ServiceForm):
    """The reason of a link."""

    reason = forms.CharField(
        label=_("Type of link"),
        required=False,
        max_length=LONGEST_REASON,
        widget=area(2),
        help_text=_("One sentence. It is shown next to the link, with your team’s name."),
    )
    language = forms.ChoiceField(label=_("Language of your text"), choices=language_choices)

    @staticmethod
    def initial_of(link: Link) -> dict[str, Any]:
        """Initial values from the link."""
        return {"reason": link.reason, "language": link.language}


class LinkForm(ReasonForm):
    """The record to link to: one of the city's own records, or any by its address."""

    chosen = forms.ChoiceField(
        label=_("An item from your city"), required=False, choices=[("", "–")]
    )
    address = forms.CharField(
        label=_("Or a link to its page"),
        required=False,
        max_length=500,
        help_text=_(
            "Copied from the browser. Use this for solutions, indicators and other cities’ work."
        ),
    )
    field_order = ["chosen", "address", "reason", "language"]

    def clean(self) -> dict[str, Any]:
        """Requires exactly one of the two ways, and an address of a record on this installation."""
        cleaned_data = super().clean() or self.cleaned_data
        chosen, address = cleaned_data.get("chosen", ""), cleaned_data.get("address", "")
        if bool(chosen) == bool(address):
            raise ValidationError(_now("Choose an item or enter an address, not both."))
        if address and key_of_address(address) is None:
            self.add_error(
                "address",
                _now(
                    "This address does not lead to a page that can "
                    "be linked. Copy the address of another page."
                ),
            )
        return cleaned_data

    def field_of(self, where: str) -> str:
        """Faults of the other end are shown at the field that was filled in."""
        if where == "there":
            return "address" if self.cleaned_data.get("address") else "chosen"
        return where

    def there(self) -> Key:
        """The chosen record."""
        if address := self.cleaned_data["address"]:
            key = key_of_address(address)
            assert key is not None
            return key
        kind, _slash, public_id = self.cleaned_data["chosen"].partition("/")
        return kind, public_id
