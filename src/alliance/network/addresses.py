"""Addresses of pages, for emails, the API and discussions."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _


class Discussed(NamedTuple):
    """A kind of record that people discuss: its page, its list, and the anchor of the discussion.

    `tell`: the dotted name of the function that notifies an author without an account of the
    decision on her objection.
    """

    page: str
    board: tuple[Any, str]
    anchor: str = "#discussion"
    objection_notifier: str = ""


DISCUSSED = {
    "need": Discussed("network:need", (_("City needs"), "network:needs")),
    "offer": Discussed("network:offer", (_("City offers"), "network:offers")),
    "case": Discussed("knowledge:case", (_("Questions"), "knowledge:questions"), "#questions"),
    "adoption": Discussed("adoption:adoption", (_("Adoptions"), "adoption:adoptions")),
    "process": Discussed(
        "participation:take-part",
        (_("Take part"), "participation:processes"),
        "#contributions",
        "alliance.participation.services.moderating.notify_objection_decided",
    ),
    "areas": Discussed(
        "equity:areas", (_("How burdens are shared"), "equity:cities"), "#challenges"
    ),
    "topicgroup": Discussed("groups:group", (_("Topic groups"), "groups:groups")),
    "deliverable": Discussed("groups:text", (_("Topic groups"), "groups:groups")),
    "check": Discussed("equity:check", (_("Fairness checks"), "equity:checks"), "#challenges"),
}


def page_address(view: str, language: str, *arguments: object) -> str:
    """The full address of a page in `language`: `page_address("knowledge:city", "fr", id)`."""
    with translation.override(language):
        return f"{settings.BASE_URL}{reverse(view, args=arguments)}"
