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
from alliance.network.views.acting import PeopleAct
from alliance.thread.forms import LinkForm, ReasonForm, StepForm
from alliance.thread.selectors.access import get_link_to_change
from alliance.thread.selectors.choices import choices_for
from alliance.thread.selectors.shapes import Key, Node
from alliance.thread.selectors.walk import nodes
from alliance.thread.services import state_link


class ThreadAct(PeopleAct):
    """A form of a step or a link; the thread of `key` says what was done."""

    template_name = "thread/form.html"
    said = _("Saved.")

    @property
    def key(self) -> Key:
        """The thing whose thread this is about."""
        return (self.found.kind, self.found.public_id)

    @cached_property
    def team(self) -> Organisation:
        """The municipality in whose name somebody writes."""
        return get_city_team(self.actor, self.request.GET.get("team", ""))

    def address(self, made: Any = None) -> str:
        return reverse("thread:thread", args=self.key)


class StepAct(ThreadAct):
    """A proposal, decision or workshop of a city."""

    form_class = StepForm

    def form_options(self) -> dict[str, Any]:
        return {"kind": self.found.kind}

    def context(self) -> dict[str, Any]:
        organisation = self.found.organisation
        return {
            "step": self.found,
            "kind_words": StepKind(self.found.kind).label,
            "city": local_name(organisation.city, self.language),
            "city_id": city_of(organisation).public_id,
            "team": organisation.public_id,
        }


class StepNew(StepAct):
    """Tell of a step of the city of `team`."""

    said = _("Saved. Now link it to its result.")

    def find(self, **ids: Any) -> Step:
        kind = self.request.GET.get("kind", StepKind.DECISION.value)
        if kind not in StepKind.values:
            raise Http404
        return Step(kind=kind, organisation=self.team, language=self.language)

    def initial(self) -> dict[str, Any]:
        return {"language": self.language}

    def act(self, form: Any) -> Step:
        return services.record_step(self.found.organisation, form.words(), **self.by)

    def address(self, made: Any = None) -> str:
        if made is None:
            return reverse("knowledge:city", args=[city_of(self.found.organisation).public_id])
        return reverse("thread:thread", args=(made.kind, made.public_id))

    def context(self) -> dict[str, Any]:
        others = [choice for choice in StepKind.choices if choice[0] != self.found.kind]
        return {**super().context(), "step": None, "other_kinds": others}


class StepChange(StepAct):
    """Tell of a step otherwise."""

    def find(self, **ids: Any) -> Step:
        return get_step_to_change(self.actor, ids["public_id"])

    def initial(self) -> dict[str, Any]:
        return StepForm.initial_of(self.found)

    def act(self, form: Any) -> Any:
        return services.change_step(self.found, form.words(), **self.by)


class Remove(ThreadAct):
    """Take something away, after one more question."""

    template_name = "thread/remove.html"
    said = _("It has been removed.")


class StepRemove(Remove):
    """Take a step away."""

    def find(self, **ids: Any) -> Step:
        return get_step_to_change(self.actor, ids["public_id"])

    def act(self, form: Any) -> str:
        city: str = self.found.city.public_id
        services.remove_step(self.found, **self.by)
        return city

    def address(self, made: Any = None) -> str:
        return reverse("knowledge:city", args=[made]) if made else super().address()

    def context(self) -> dict[str, Any]:
        return {"step": self.found}


class LinkNew(ThreadAct):
    """Link a thing to another one, in the name of `team`."""

    form_class = LinkForm
    said = _("The link is now shown on both pages.")

    def find(self, **ids: Any) -> Node:
        asked = self.request.GET
        key = (asked.get("kind", ""), asked.get("id", ""))
        matches = nodes(self.actor, [key], self.language)
        if not matches or matches[0].hides_city:
            raise NotFound("thing", key[1])
        return matches[0]

    def initial(self) -> dict[str, Any]:
        return {"language": self.language}

    def form_options(self) -> dict[str, Any]:
        city = city_of(self.team).public_id
        return {"choices": {"chosen": choices_for(self.actor, self.key, city, self.language)}}

    def act(self, form: Any) -> Any:
        fields = {name: form.cleaned_data[name] for name in ("reason", "language")}
        return state_link(self.team, self.key, form.there(), **fields, **self.by)

    def context(self) -> dict[str, Any]:
        return {"node": self.found, "city": local_name(self.team.city, self.language)}


class LinkAct(ThreadAct):
    """A link that stands, with both its ends."""

    def find(self, **ids: Any) -> Any:
        link, self.node, self.other = get_link_to_change(
            self.actor, ids["public_id"], self.language
        )
        return link

    @property
    def key(self) -> Key:
        return self.node.key

    def context(self) -> dict[str, Any]:
        city = local_name(self.found.organisation.city, self.language)
        return {"node": self.node, "other": self.other, "link": self.found, "city": city}


class LinkChange(LinkAct):
    """Give another reason for a link."""

    form_class = ReasonForm

    def initial(self) -> dict[str, Any]:
        return ReasonForm.initial_of(self.found)

    def act(self, form: Any) -> Any:
        return services.change_link(self.found, **form.cleaned_data, **self.by)


class LinkRemove(LinkAct, Remove):
    """Take a link away."""

    def act(self, form: Any) -> Any:
        return services.remove_link(self.found, **self.by)
