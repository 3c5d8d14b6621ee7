"""Pages on which people do something with a record of the knowledge base."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase

from alliance.knowledge.models import CaseStudy
from alliance.knowledge.selectors.access import get_case_for
from alliance.knowledge.selectors.localise import chosen_text
from alliance.knowledge.templatetags.knowledge_words import localised
from alliance.knowledge.views import missing_is_404
from alliance.network.localise import Localised
from alliance.network.views.acting import PeopleAct, PeopleButton


class CaseAct(PeopleAct):
    """What is done with a case. One that was withdrawn answers 410 and tells why."""

    own_page = ("", "knowledge:case")

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponseBase:
        return missing_is_404(super().get)(request, **ids)  # type: ignore[arg-type]

    post = get

    def find(self, *args: Any, **ids: Any) -> CaseStudy:
        return get_case_for(self.actor, ids["public_id"])

    def title(self) -> Localised:
        text = chosen_text(self.found.texts.all(), self.language, self.found.original_language)
        return Localised(text.text.title, text.lang_attr)

    def context(self) -> dict[str, Any]:
        return {"lead": localised(self.title())}


class CaseButton(PeopleButton, CaseAct):
    """A button on the page of a case."""
