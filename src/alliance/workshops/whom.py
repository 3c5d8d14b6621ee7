"""Suggested meetings of a participant, with the reasons in words."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from alliance.network.enums import Theme
from alliance.network.localise import local_name
from alliance.workshops.models import Meeting, Registration
from alliance.workshops.texts import localised_text


def meetings_of(own: Registration) -> list[Meeting]:
    """The meetings that neither has declined, with the other participant."""
    rows = own.workshop.meetings.filter(declined_at=None).select_related(
        "first__city", "second__city"
    )
    return [row for row in rows if own.pk in (row.first_id, row.second_id)]


def reason_words(meeting: Meeting, own: Registration) -> list[dict[str, Any]]:
    """Why the reader should meet the other participant: texts with links."""
    side = 0 if meeting.first_id == own.pk else 1
    other = meeting.second if side == 0 else meeting.first
    city = local_name(other.city, get_language() or "en") if other.city else other.name
    reasons = []
    for reason in meeting.reasons:
        gives, gets = reason["giver"] == side, reason["giver"] == 1 - side
        themes = ", ".join(str(Theme(code).label) for code in reason.get("themes", ()))
        words, route, ids = "", "", ""
        if reason["code"] == "offer":
            offer, need = (
                localised_text(reason[name]).value for name in ("offer_title", "need_title")
            )
            route, ids = ("network:offer", reason["offer"]) if gets else ("", "")
            words = _("%(city)s offers “%(offer)s”. Your city needs “%(need)s”.")
            if gives:
                route, ids = "network:need", reason["need"]
                words = _("%(city)s needs “%(need)s”. Your city offers “%(offer)s”.")
            words %= {"city": city, "offer": offer, "need": need}
        elif reason["code"] == "case":
            route, ids = "knowledge:case", reason["case"]
            words = _("%(city)s has tried “%(case)s”.")
            if gives:
                words = _("Wants to learn from your city’s experience: “%(case)s”.")
            words %= {"city": city, "case": localised_text(reason["titles"]).value}
        elif reason["code"] == "tells":
            words = (
                _("Wants to learn from you about: %(themes)s.")
                if gives
                else _("Can tell you about: %(themes)s.")
            ) % {"themes": themes}
        elif reason["code"] == "both":
            words = _("You both want to learn about: %(themes)s.") % {"themes": themes}
        if words:
            reasons.append({"words": words, "href": reverse(route, args=[ids]) if route else ""})
    return reasons


def to_meet(own: Registration) -> list[dict[str, Any]]:
    """The suggested meetings of a participant, with at most three reasons each."""
    suggestions = []
    for meeting in meetings_of(own):
        other = meeting.second if meeting.first_id == own.pk else meeting.first
        why = reason_words(meeting, own)[:3]
        city = local_name(other.city, get_language() or "en") if other.city else ""
        suggestions.append({"id": meeting.public_id, "other": other, "city": city, "why": why})
    return suggestions
