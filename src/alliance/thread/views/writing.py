"""The forms of steps and links."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alliance.adoption.enums import StepKind
from alliance.adoption.models import Step
from alliance.adoption.selectors.steps import get_step_to_change
from alliance.adoption.services import links as services
from alliance.core.errors import NotFound
from alliance.network.localise import local_name
from alliance.network.models import Organisation
from alliance.network.needs_offers_rules import city_of
from alliance.network.selectors.access import get_city_team
from alliance.network.views.actions import PeopleActionView
from alliance.thread.forms import LinkForm, ReasonForm, StepForm
from alliance.thread.selectors.access import get_link_to_change
from alliance.thread.selectors.choices import choices_for
from alliance.thread.selectors.shapes import Key, Node
from alliance.thread.selectors.walk import nodes
from alliance.thread.services import state_link


class ThreadActionView(PeopleActionView):
    """Base of the forms of steps and links, which redirect to the thread of `key`."""

    template_name = "thread/form.html"
    success_message = _("Saved.")

    @property
    def key(self) -> Key:
        """The record whose thread is shown afterwards."""
        return (self.object.kind, self.object.public_id)

    @cached_property
    def team(self) -> Organisation:
        """The municipality on whose behalf the form is submitted."""
        return get_city_team(self.actor, self.request.GET.get("team", ""))

    def get_success_url(self, made: Any = None) -> str:
        return reverse("thread:thread", args=self.key)


class StepActionView(ThreadActionView):
    """Base of the forms of a proposal, decision or workshop of a city."""

    form_class = StepForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"kind": self.object.kind}

    def get_context_data(self) -> dict[str, Any]:
        organisation = self.object.organisation
        return {
            "step": self.object,
            "kind_words": StepKind(self.object.kind).label,
            "city": local_name(organisation.city, self.language),
            "city_id": city_of(organisation).public_id,
            "team": organisation.public_id,
        }


class StepNew(StepActionView):
    """Records a step of the city of `team`."""

    success_message = _("Saved. Now link it to its result.")

    def get_object(self, **ids: Any) -> Step:
        kind = self.request.GET.get("kind", StepKind.DECISION.value)
        if kind not in StepKind.values:
            raise Http404
        return Step(kind=kind, organisation=self.team, language=self.language)

    def get_initial(self) -> dict[str, Any]:
        return {"language": self.language}

    def execute(self, form: Any) -> Step:
        return services.record_step(self.object.organisation, form.words(), **self.by)

    def get_success_url(self, made: Any = None) -> str:
        if made is None:
            return reverse("knowledge:city", args=[city_of(self.object.organisation).public_id])
        return reverse("thread:thread", args=(made.kind, made.public_id))

    def get_context_data(self) -> dict[str, Any]:
        others = [choice for choice in StepKind.choices if choice[0] != self.object.kind]
        return {**super().get_context_data(), "step": None, "other_kinds": others}


class StepChange(StepActionView):
    """Changes a step."""

    def get_object(self, **ids: Any) -> Step:
        return get_step_to_change(self.actor, ids["public_id"])

    def get_initial(self) -> dict[str, Any]:
        return StepForm.initial_of(self.object)

    def execute(self, form: Any) -> Any:
        return services.change_step(self.object, form.words(), **self.by)


class Remove(ThreadActionView):
    """Base of the pages that ask for confirmation before removal."""

    template_name = "thread/remove.html"
    success_message = _("It has been removed.")


class StepRemove(Remove):
    """Removes a step."""

    def get_object(self, **ids: Any) -> Step:
        return get_step_to_change(self.actor, ids["public_id"])

    def execute(self, form: Any) -> str:
        city: str = self.object.city.public_id
        services.remove_step(self.object, **self.by)
        return city

    def get_success_url(self, made: Any = None) -> str:
        return reverse("knowledge:city", args=[made]) if made else super().get_success_url()

    def get_context_data(self) -> dict[str, Any]:
        return {"step": self.object}


class LinkNew(ThreadActionView):
    """Links a record to another one, on behalf of `team`."""

    form_class = LinkForm
    success_message = _("The link is now shown on both pages.")

    def get_object(self, **ids: Any) -> Node:
        asked = self.request.GET
        key = (asked.get("kind", ""), asked.get("id", ""))
        matches = nodes(self.actor, [key], self.language)
        if not matches or matches[0].hides_city:
            raise NotFound("thing", key[1])
        return matches[0]

    def get_initial(self) -> dict[str, Any]:
        return {"language": self.language}

    def get_form_kwargs(self) -> dict[str, Any]:
        city = city_of(self.team).public_id
        return {"choices": {"chosen": choices_for(self.actor, self.key, city, self.language)}}

    def execute(self, form: Any) -> Any:
        fields = {name: form.cleaned_data[name] for name in ("reason", "language")}
        return state_link(self.team, self.key, form.there(), **fields, **self.by)

    def get_context_data(self) -> dict[str, Any]:
        return {"node": self.object, "city": local_name(self.team.city, self.language)}


class LinkActionView(ThreadActionView):
    """Base of the forms of an existing link, with both its ends."""

    def get_object(self, **ids: Any) -> Any:
        link, self.node, self.other = get_link_to_change(
            self.actor, ids["public_id"], self.language
        )
        return link

    @property
    def key(self) -> Key:
        return self.node.key

    def get_context_data(self) -> dict[str, Any]:
        city = local_name(self.object.organisation.city, self.language)
        return {"node": self.node, "other": self.other, "link": self.object, "city": city}


class LinkChange(LinkActionView):
    """Changes the reason of a link."""

    form_class = ReasonForm

    def get_initial(self) -> dict[str, Any]:
        return ReasonForm.initial_of(self.object)

    def execute(self, form: Any) -> Any:
        return services.change_link(self.object, **form.cleaned_data, **self.by)


class LinkRemove(LinkActionView, Remove):
    """Removes a link."""

    def execute(self, form: Any) -> Any:
        return services.remove_link(self.object, **self.by)
