"""The two-minute form in which the team of a city answers what only it knows."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.core.errors import NotFound
from alliance.core.forms import ServiceForm
from alliance.network.localise import local_name
from alliance.network.models import City
from alliance.network.needs_offers_forms import language_choices
from alliance.network.views.actions import PeopleActionView
from alliance.testbeds.fit.reading import get_city
from alliance.testbeds.messages.fit import QUESTIONS
from alliance.testbeds.rules import may_answer_for_city
from alliance.testbeds.services.city_answers import ASKED, answer_for_city


class CityAnswersForm(ServiceForm):
    """A question for each kind of condition, each with a source."""

    language = forms.ChoiceField(label=_("Language of the answers"), choices=language_choices)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for kind in ASKED:
            self.fields[f"{kind}_text"] = forms.CharField(
                label=str(QUESTIONS[kind]),
                required=False,
                widget=forms.Textarea(attrs={"rows": 2, "cols": 62}),
            )
            self.fields[f"{kind}_source"] = forms.CharField(
                label=_("Source: a decision, budget, web page or job title"), required=False
            )

    def field_of(self, where: str) -> str:
        return where.replace(".", "_")

    def as_kwargs(self) -> dict[str, Any]:
        typed = self.cleaned_data
        answers = {
            kind.value: {name: typed.get(f"{kind}_{name}", "") for name in ("text", "source")}
            for kind in ASKED
        }
        return {"language": typed["language"], "answers": answers}


class AnswerForCity(PeopleActionView):
    """Saves the answers of a city, which apply to every solution."""

    form_class: ClassVar[Any] = CityAnswersForm
    service = answer_for_city
    object_page = ("", "knowledge:city")
    heading = _("Local information from your city")
    lead = _(
        "You answer once for all solutions, and it takes two minutes. Your answers are "
        "shown next to the conditions of each solution. Leave blank anything you do not "
        "know."
    )
    success_message = _("Saved. Your answers are shown next to the conditions of each solution.")

    def get_object(self, *args: Any, **ids: Any) -> City:
        city = get_city(ids["public_id"])
        if not may_answer_for_city(self.actor, city):
            raise NotFound("city", city.public_id)
        return city

    def get_title(self) -> str:
        return local_name(self.object, self.language)

    def get_initial(self) -> dict[str, Any]:
        known = {
            f"{condition['kind']}_{name}": condition[name]
            for condition in self.object.conditions
            for name in ("text", "source")
        }
        return {"language": self.language} | known
