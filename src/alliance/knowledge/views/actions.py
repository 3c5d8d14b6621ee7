"""Pages on which people do something with a record of the knowledge base."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase

from alliance.knowledge.models import CaseStudy
from alliance.knowledge.selectors.access import get_case_for
from alliance.knowledge.selectors.localise import chosen_text, localised
from alliance.knowledge.views import missing_is_404
from alliance.network.localise import Localised
from alliance.network.views.actions import PeopleActionView, PeoplePostView


class CaseActionView(PeopleActionView):
    """What is done with a case. One that was withdrawn answers 410 and tells why."""

    object_page = ("", "knowledge:case")

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponseBase:
        return missing_is_404(super().get)(request, **ids)  # type: ignore[arg-type]

    post = get

    def get_object(self, *args: Any, **ids: Any) -> CaseStudy:
        return get_case_for(self.actor, ids["public_id"])

    def get_title(self) -> Localised:
        text = chosen_text(self.object.texts.all(), self.language, self.object.original_language)
        return Localised(text.text.title, text.lang_attr)

    def get_context_data(self) -> dict[str, Any]:
        return {"lead": localised(self.get_title())}


class CasePostView(PeoplePostView, CaseActionView):
    """A button on the page of a case."""
