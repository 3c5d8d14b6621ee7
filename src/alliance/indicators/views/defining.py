"""Writing the catalogue: a new indicator, and a new version of what a definition says."""

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
from alliance.network.views.acting import PeopleAct


class NewIndicator(PeopleAct):
    """A new indicator with its first definition, by the secretariat."""

    form_class = IndicatorForm
    template_name = "indicators/define/new.html"
    heading = _("New indicator")
    lead = _(
        "Describe what is measured so that two cities would count it in the same way. "
        "Definitions are never deleted; they change through new versions."
    )
    submit = _("Add the indicator")
    said = _("The indicator has been added to the catalogue.")
    list_page = (_("Indicators"), "indicators:network")
    own_page = ("", "indicators:indicator")

    def find(self, **ids: Any) -> None:
        check_may_write(self.actor)

    def act(self, form: Any) -> Indicator:
        code = form.cleaned_data["code"]
        key = form.cleaned_data["key"] or code
        return services.create_indicator(code, key, form.record(), **self.by, **form.place())


class CommonSet(PeopleAct):
    """Which indicators all cities are counted by, by the secretariat."""

    form_class = CommonSetForm
    heading = _("Common indicators")
    lead = _(
        "Choose the indicators that count for all cities. The others keep their pages, "
        "figures and ranks, but are not included in the counts, the index or the choice "
        "of year for the next release."
    )
    submit = _("Save the common indicators")
    said = _("The common indicators have been saved.")
    list_page = (_("Indicators"), "indicators:network")

    def find(self, **ids: Any) -> list[Indicator]:
        check_may_write(self.actor)
        return indicators_in_order()

    def initial(self) -> dict[str, Any]:
        return {"codes": [one.code for one in self.found if one.is_common]}

    def form_options(self) -> dict[str, Any]:
        return {"indicators": self.found, "language": self.language}

    def act(self, form: Any) -> None:
        services.choose_common_set(form.cleaned_data["codes"], **self.by)


class NewVersion(PeopleAct):
    """A new version of a definition, with a reason, by the secretariat."""

    form_class = VersionForm
    template_name = "indicators/define/version.html"
    heading = _("New version of the definition")
    lead = _(
        "Figures keep the version they are based on. Published releases do not change; "
        "the next release uses the new version."
    )
    submit = _("Create the new version")
    said = _("The new version now applies.")
    own_page = ("", "indicators:indicator")

    def find(self, **ids: Any) -> DefinitionVersion:
        return get_definition_for(self.actor, ids["public_id"], ids["key"])

    def title(self) -> str:
        return local_name(self.found.definition.indicator, self.language)

    def initial(self) -> dict[str, Any]:
        return {"seen": self.found.number}

    def form_options(self) -> dict[str, Any]:
        return {"before": self.found}

    def act(self, form: Any) -> DefinitionVersion:
        definition = self.found.definition
        given = {name: form.cleaned_data[name] for name in ("reason", "breaks_comparison", "seen")}
        version = services.save_version(
            definition.indicator, definition.key, form.record(), **given, **self.by
        )
        if version.number == self.found.number:
            raise ValidationError(_("Nothing has changed. Edit the definition before you save."))
        return version

    def context(self) -> dict[str, Any]:
        return {"name": self.title()}


class SetTarget(PeopleAct):
    """A target of an indicator, by the secretariat; one of the same kind and year gives way."""

    form_class: ClassVar[Any] = TargetForm
    heading = _("Set a target")
    lead = _(
        "The new target replaces any target with the same city, basis and year. The old "
        "target stays in the history."
    )
    submit = _("Set the target")
    said = _("The target now applies.")
    own_page = ("", "indicators:indicator")

    def find(self, **ids: Any) -> Indicator:
        check_may_write(self.actor)
        return get_indicator_for(self.actor, ids["public_id"])

    def title(self) -> str:
        return local_name(self.found, self.language)

    def form_options(self) -> dict[str, Any]:
        return {"indicator": self.found}

    def act(self, form: Any) -> Indicator:
        targets.set_target(form.record(), source=form.source(), **self.by)
        return self.found


class EndTarget(SetTarget):
    """A target that holds no longer."""

    form_class = ServiceForm
    heading = _("End a target")
    lead = _(
        "The target will no longer be compared with figures. Pages for earlier dates will "
        "still show it."
    )
    submit = _("End the target")
    said = _("The target has ended.")

    def find(self, **ids: Any) -> Indicator:
        found = super().find(**ids)
        rows = targets_at(None).filter(indicator=found, pk=ids["target"])
        self.target = rows.first()
        if self.target is None:
            raise NotFound("target", str(ids["target"]))
        return found

    def form_options(self) -> dict[str, Any]:
        return {}

    def act(self, form: Any) -> Indicator:
        assert self.target is not None  # found above
        targets.end_target(self.target, **self.by)
        return self.found
