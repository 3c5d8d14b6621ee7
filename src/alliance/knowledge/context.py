"""What every page shows to people who do something here: a bar with their own work."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.accounts.enums import NetworkRole
from alliance.cases.rules import is_moderator, is_reviewer, is_secretariat
from alliance.core.audit import Actor
from alliance.network.access import actor_of


def work(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `work_links`, the pages of the signed-in person's work.

    Without the cookie of a session nothing is asked for, so that pages for visitors depend on none.
    """
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not hasattr(request, "user"):
        return {}
    try:
        actor = actor_of(request)
    except DatabaseError:
        # The page that tells of a fault of the database must not fail with it.
        return {}
    links = [
        {
            "href": (href := reverse(f"knowledge:{name}")),
            "label": label,
            "current": request.path.startswith(href),
        }
        for name, label, may in _pages(actor)
        if may
    ]
    return {"work_links": links}


def _pages(actor: Actor) -> list[tuple[str, str, bool]]:
    """Route, word, and whether it is this person's."""
    works = bool(actor.teams) or bool(actor.roles) or actor.elevated
    return [
        ("write", _("Write cases"), bool(actor.teams) or actor.elevated),
        ("review-queue", _("Review"), is_reviewer(actor) or is_secretariat(actor)),
        ("translations", _("Translate"), works),
        ("questions", _("Questions"), bool(actor.teams) or is_moderator(actor)),
        ("desk", _("Secretariat overview"), is_secretariat(actor)),
        (
            "desk-audit",
            _("Audit log"),
            NetworkRole.OPERATOR in actor.roles and not is_secretariat(actor),
        ),
        ("digest", _("Weekly digest"), actor.user is not None),
    ]
