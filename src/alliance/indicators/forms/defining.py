"""Forms of the catalogue: an indicator, and a new version of a definition."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.forms.models import fields_for_model
from django.utils.functional import Promise, lazy
from django.utils.text import capfirst, format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from alliance.core.forms import ServiceForm
from alliance.indicators.models import DefinitionVersion, Indicator, IndicatorGroup
from alliance.indicators.models.catalogue import CONTENT_FIELDS, TRANSLATED_FIELDS
from alliance.indicators.selectors.definitions import FIELDS
from alliance.indicators.services.catalogue import content_values, restated
from alliance.network.localise import country_choices, local_field
from alliance.web.formatting import language_name

capfirst_lazy = lazy(capfirst, str)
language_lazy = lazy(language_name, str)
#: Languages by the suffix of field names.
LANGUAGES: dict[str, Any] = {
    "": language_lazy("en"),
    "_fr": language_lazy("fr"),
    "_sv": language_lazy("sv"),
}
HELP: dict[str, Any] = {
    "text": _("Describe what is counted, for whom or what, and how."),
    "notes": _("Explain what readers need to know before they trust or compare the figures."),
    "unit": _(
        "Use a machine-readable form, for example t/capita/year or percent. Leave blank "
        "if the unit is only a label, for example an amount of money. Figures in another "
        "unit cannot be compared with earlier figures."
    ),
    "lower_bound": _(
        "The value that scores 0. If both ends are blank, the cities’ own values set the scale."
    ),
    "upper_bound": _("The value that scores 100."),
    "valid_min": _("Lower values are rejected."),
    "valid_max": _("Higher values are rejected."),
    "least_difference": _("Use the unit of the figures. Smaller differences do not count."),
    "least_coverage": _(
        "Enter a number between 0 and 1, for example 0.8. If fewer cities have figures, "
        "the indicator is left out of the group scores and the index, which also have "
        "their own rules."
    ),
    "not_ranked_because": _("Leave blank if the figures can be ranked."),
    "population": _("For example, residents aged 16 to 74, or households."),
    "counts_trait": _(
        "Select this if the total for a whole city could reveal something sensitive about "
        "people, for example an illness or a fine. Totals of 1 to 9 are then hidden. "
        "Groups of 1 to 9 are always hidden."
    ),
    "scope": _(
        "Figures for cities in other countries are rejected: they need their own definition."
    ),
    "grade": _(
        "Applies to all figures of this type, unless a figure has its own standard error or grade."
    ),
    "sdg_targets": _("Separate several targets with spaces, for example “11.6 3.b”."),
}
#: The fields in the order of the page, by heading.
PARTS: tuple[tuple[Promise, tuple[str, ...]], ...] = (
    (_("Definition and population"), ("text", "population", "notes")),
    (
        _("Unit and type of figures"),
        ("unit_label", "unit", "direction", "scale", "counts_trait", "nature", "decimals",
         "valid_min", "valid_max", "least_difference"),
    ),
    (
        _("Scores and ranking"),
        ("lower_bound", "upper_bound", "bounds_basis", "is_logarithmic", "treatment",
         "least_coverage", "not_ranked_because", "sdg_targets"),
    ),
    (
        _("Source"),
        ("publisher", "dataset", "table_id", "dataset_url", "licence", "scope", "method_class",
         "grade"),
    ),
)  # fmt: skip


def _in_languages(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        yield from (name + suffix for suffix in (LANGUAGES if name in TRANSLATED_FIELDS else ("",)))


def _labels() -> dict[str, Any]:
    labels: dict[str, Any] = {}
    words: dict[str, Any] = {**FIELDS}
    for name, word in words.items():
        labels[name] = capfirst_lazy(word)
        if name in TRANSLATED_FIELDS:
            for suffix, language in LANGUAGES.items():
                labels[name + suffix] = format_lazy("{} ({})", capfirst_lazy(word), language)
    return labels


class DefinitionForm(ServiceForm):
    """All fields of a definition."""

    def __init__(self, *args: Any, before: DefinitionVersion | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        names = [name for _title, several in PARTS for name in _in_languages(several)]
        fields = fields_for_model(
            DefinitionVersion, fields=names, labels=_labels(), help_texts=HELP,
            widgets={name: forms.Textarea(attrs={"rows": 3}) for name in names if _is_long(name)},
        )  # fmt: skip
        fields["sdg_targets"] = forms.CharField(
            label=_labels()["sdg_targets"],
            help_text=HELP["sdg_targets"],
            max_length=200,
            required=False,
        )
        fields["scope"] = forms.ChoiceField(
            label=_labels()["scope"],
            help_text=HELP["scope"],
            choices=[("", _("worldwide")), ("EU", _("Europe")), *country_choices()],
            required=False,
        )
        # Submitted figures are checked against these; an empty field would match anything.
        for name in ("method_class", "population"):
            fields[name].required = True
        self.fields.update({name: fields[name] for name in names})
        self._limit()
        self.before = before
        if before is not None:
            self.initial.update(content_values(before))
            self.initial["sdg_targets"] = " ".join(before.sdg_targets)

    def _limit(self) -> None:
        for name, least, most in (
            ("decimals", 0, 6),
            ("least_difference", 0, None),
            ("least_coverage", 0, 1),
        ):
            validators = self.fields[name].validators
            validators.append(MinValueValidator(least))
            if most is not None:
                validators.append(MaxValueValidator(most))

    @property
    def parts(self) -> list[tuple[Promise, list[forms.BoundField]]]:
        """The fields by heading."""
        return [(title, [self[name] for name in _in_languages(names)]) for title, names in PARTS]

    def clean(self) -> dict[str, Any]:
        """Bounds and other fixed values require their source."""
        cleaned_data = self.cleaned_data
        has_bounds = (
            cleaned_data.get("lower_bound") is not None
            or cleaned_data.get("upper_bound") is not None
        )
        if has_bounds and "bounds_basis" in cleaned_data and not cleaned_data["bounds_basis"]:
            self.add_error("bounds_basis", _("Enter the source."))
        return cleaned_data

    def record(self) -> DefinitionVersion:
        """The unsaved version from the valid form; fields outside the form are copied from the old
        version."""
        values = {
            name: self.cleaned_data[name] for name in CONTENT_FIELDS if name in self.cleaned_data
        }
        for name in _in_languages(TRANSLATED_FIELDS):
            values[name] = values[name].replace("\r\n", "\n")
        values["sdg_targets"] = re.findall(r"[^\s,;]+", values["sdg_targets"])
        if self.before is not None:
            return restated(self.before, **values)
        return DefinitionVersion(**values)


class VersionForm(DefinitionForm):
    """A new version; `seen` is the number of the version that the author started from."""

    reason = forms.CharField(
        label=_("Reason for changing the definition"),
        max_length=400,
        help_text=_("The reason is shown publicly next to the change."),
    )
    breaks_comparison = forms.BooleanField(
        label=_("Earlier figures cannot be compared"),
        required=False,
        help_text=_("Rankings and trends then treat earlier figures separately."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=30_000)


class GroupField(forms.ModelChoiceField):
    """A choice of indicator groups, by name in the reader's language."""

    def label_from_instance(self, obj: Any) -> str:
        return local_field(obj, "name", get_language() or "en")


class CommonSetForm(ServiceForm):
    """The indicators of the common set, by code."""

    codes = forms.MultipleChoiceField(
        label=_("Common indicators"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, data: Any = None, *, indicators: Sequence[Indicator], language: str, **rest: Any
    ) -> None:
        super().__init__(data, **rest)
        cast("forms.MultipleChoiceField", self.fields["codes"]).choices = [
            (indicator.code, local_field(indicator, "name", language)) for indicator in indicators
        ]


class IndicatorForm(DefinitionForm):
    """A new indicator with its first definition."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        validators=[
            RegexValidator(
                r"^[A-Z][A-Z0-9_]+\Z",
                _("Use only capital letters, digits and _, and start with a capital letter."),
            )
        ],
        help_text=_(
            "For example GREEN_300M. It is part of the web address and cannot be changed later."
        ),
    )
    name = forms.CharField(label=format_lazy("{} ({})", _("Name"), LANGUAGES[""]), max_length=160)
    name_fr = forms.CharField(
        label=format_lazy("{} ({})", _("Name"), LANGUAGES["_fr"]), max_length=160, required=False
    )
    name_sv = forms.CharField(
        label=format_lazy("{} ({})", _("Name"), LANGUAGES["_sv"]), max_length=160, required=False
    )
    group = GroupField(
        label=_("Group"), queryset=IndicatorGroup.objects.none(), required=False,
        to_field_name="code", empty_label=_("none"),
    )  # fmt: skip
    key = forms.CharField(
        label=_("Definition key"),
        max_length=80,
        required=False,
        validators=[
            RegexValidator(
                r"^[\w.-]+\Z",
                _("Do not use spaces or any symbols other than points, hyphens and _."),
            )
        ],
        help_text=_(
            "The publisher’s own key, for example SE_SCB_TAXBASE. If you leave "
            "this blank, the code is used."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = IndicatorGroup.objects.all()  # type: ignore[attr-defined]

    @property
    def about(self) -> tuple[forms.BoundField, ...]:
        names = ("code", "name", "name_fr", "name_sv", "group", "key")
        return tuple(self[name] for name in names)

    def place(self) -> dict[str, Any]:
        """The names and the group of the indicator."""
        return {name: self.cleaned_data[name] for name in ("name", "name_fr", "name_sv", "group")}


def _is_long(name: str) -> bool:
    return name.startswith(TRANSLATED_FIELDS) and not name.startswith(("unit_label", "population"))
