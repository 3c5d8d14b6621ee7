"""Editing the catalogue: new indicators, new versions of definitions, and targets."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from alliance.core.errors import NotFound
from alliance.core.forms import ServiceForm
from alliance.indicators import services
from alliance.indicators.forms.defining import CommonSetForm, IndicatorForm, VersionForm
from alliance.indicators.forms.targets import TargetForm
from alliance.indicators.models import DefinitionVersion, Indicator
from alliance.indicators.selectors.access import (
    check_may_write,
    get_definition_for,
    get_indicator_for,
)
from alliance.indicators.selectors.profile import indicators_in_order
from alliance.indicators.services import targets
from alliance.indicators.targets import targets_at
from alliance.network.localise import local_name
from alliance.network.views.actions import PeopleActionView


class NewIndicator(PeopleActionView):
    """Creates an indicator with its first definition, for the secretariat."""

    form_class = IndicatorForm
    template_name = "indicators/define/new.html"
    heading = _("New indicator")
    lead = _(
        "Describe what is measured so that two cities would count it in the same way. "
        "Definitions are never deleted; they change through new versions."
    )
    submit_label = _("Add the indicator")
    success_message = _("The indicator has been added to the catalogue.")
    list_page = (_("Indicators"), "indicators:network")
    object_page = ("", "indicators:indicator")

    def get_object(self, **ids: Any) -> None:
        check_may_write(self.actor)

    def execute(self, form: Any) -> Indicator:
        code = form.cleaned_data["code"]
        key = form.cleaned_data["key"] or code
        return services.create_indicator(code, key, form.record(), **self.by, **form.place())


class CommonSet(PeopleActionView):
    """Chooses the common indicators, for the secretariat."""

    form_class = CommonSetForm
    heading = _("Common indicators")
    lead = _(
        "Choose the indicators that count for all cities. The others keep their pages, "
        "figures and ranks, but are not included in the counts, the index or the choice "
        "of year for the next release."
    )
    submit_label = _("Save the common indicators")
    success_message = _("The common indicators have been saved.")
    list_page = (_("Indicators"), "indicators:network")

    def get_object(self, **ids: Any) -> list[Indicator]:
        check_may_write(self.actor)
        return indicators_in_order()

    def get_initial(self) -> dict[str, Any]:
        return {"codes": [indicator.code for indicator in self.object if indicator.is_common]}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"indicators": self.object, "language": self.language}

    def execute(self, form: Any) -> None:
        services.choose_common_set(form.cleaned_data["codes"], **self.by)


class NewVersion(PeopleActionView):
    """Creates a version of a definition, with a reason, for the secretariat."""

    form_class = VersionForm
    template_name = "indicators/define/version.html"
    heading = _("New version of the definition")
    lead = _(
        "Figures keep the version they are based on. Published releases do not change; "
        "the next release uses the new version."
    )
    submit_label = _("Create the new version")
    success_message = _("The new version now applies.")
    object_page = ("", "indicators:indicator")

    def get_object(self, **ids: Any) -> DefinitionVersion:
        return get_definition_for(self.actor, ids["public_id"], ids["key"])

    def get_title(self) -> str:
        return local_name(self.object.definition.indicator, self.language)

    def get_initial(self) -> dict[str, Any]:
        return {"seen": self.object.number}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"before": self.object}

    def execute(self, form: Any) -> DefinitionVersion:
        definition = self.object.definition
        fields = {name: form.cleaned_data[name] for name in ("reason", "breaks_comparison", "seen")}
        version = services.save_version(
            definition.indicator, definition.key, form.record(), **fields, **self.by
        )
        if version.number == self.object.number:
            raise ValidationError(_("Nothing has changed. Edit the definition before you save."))
        return version

    def get_context_data(self) -> dict[str, Any]:
        return {"name": self.get_title()}


class SetTarget(PeopleActionView):
    """Sets a target of an indicator, for the secretariat; replaces one of the same kind and
    year."""

    form_class: ClassVar[Any] = TargetForm
    heading = _("Set a target")
    lead = _(
        "The new target replaces any target with the same city, basis and year. The old "
        "target stays in the history."
    )
    submit_label = _("Set the target")
    success_message = _("The target now applies.")
    object_page = ("", "indicators:indicator")

    def get_object(self, **ids: Any) -> Indicator:
        check_may_write(self.actor)
        return get_indicator_for(self.actor, ids["public_id"])

    def get_title(self) -> str:
        return local_name(self.object, self.language)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"indicator": self.object}

    def execute(self, form: Any) -> Indicator:
        targets.set_target(form.record(), source=form.source(), **self.by)
        return self.object


class EndTarget(SetTarget):
    """Ends a target."""

    form_class = ServiceForm
    heading = _("End a target")
    lead = _(
        "The target will no longer be compared with figures. Pages for earlier dates will "
        "still show it."
    )
    submit_label = _("End the target")
    success_message = _("The target has ended.")

    def get_object(self, **ids: Any) -> Indicator:
        indicator = super().get_object(**ids)
        rows = targets_at(None).filter(indicator=indicator, pk=ids["target"])
        self.target = rows.first()
        if self.target is None:
            raise NotFound("target", str(ids["target"]))
        return indicator

    def get_form_kwargs(self) -> dict[str, Any]:
        return {}

    def execute(self, form: Any) -> Indicator:
        assert self.target is not None  # found above
        targets.end_target(self.target, **self.by)
        return self.object
