"""Keeping the record fresh: saying that a case still holds, and asking its team to look."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.accounts.enums import LinkPurpose
from alliance.accounts.letters import write_letter
from alliance.accounts.models import OneTimeLink, User
from alliance.cases import rules
from alliance.cases.enums import CaseStatus
from alliance.cases.models import CaseStudy
from alliance.cases.selectors.localise import chosen_text
from alliance.cases.selectors.teams import of_team
from alliance.core import audit
from alliance.core.errors import NotAllowed
from alliance.core.ids import new_secret, secret_digest
from alliance.network.access import in_force
from alliance.network.addressees import editors_of
from alliance.network.enums import OrganisationKind, TeamRole
from alliance.network.models import Membership, Organisation
from alliance.writing.services.cases import REVIEW_AFTER, save_version

#: How long before its date of review a team is first asked, and how often at most.
ASK_BEFORE = dt.timedelta(days=30)
ASK_AGAIN = dt.timedelta(days=60)
#: How often at most the secretariat asks a team by hand.
ASK_AGAIN_BY_HAND = dt.timedelta(days=1)
LINK_LASTS = dt.timedelta(days=60)


@dataclass(frozen=True)
class Due:
    """A case in a reminder, with the link that lets its bearer answer once."""

    title: str
    review_by: dt.date
    is_past: bool
    url: str


def confirm_case(case: CaseStudy, *, actor: audit.Actor, at: dt.datetime) -> CaseStudy:
    """Record that what a case says still holds today; it is asked after again in a year."""
    with transaction.atomic():
        current = CaseStudy.objects.select_for_update(of=("self",)).get(pk=case.pk)
        if not rules.may_change_case(actor, current):
            raise NotAllowed(
                "only the team responsible for a case can confirm that it is still correct"
            )
        current.checked_on = at.date()
        current.review_by = at.date() + REVIEW_AFTER
        current.edited_at = at
        current.save(update_fields=["checked_on", "review_by", "edited_at", "updated_at"])
        save_version(current, actor=actor, at=at)
        audit.record(
            "case", current, "confirm", actor=actor, at=at, review_by=current.review_by.isoformat()
        )
    return current


def remind_teams(*, at: dt.datetime) -> int:
    """Write one letter to each editor whose team has cases due for review; how many letters.

    A case is asked after at most once in `ASK_AGAIN`, however often this runs.
    """
    editors = _editors(at)
    teams = {
        team.city_id: team.pk
        for team in Organisation.objects.filter(kind=OrganisationKind.MUNICIPALITY).order_by("-pk")
    }
    for_person: dict[User, list[CaseStudy]] = defaultdict(list)
    asked = _asked_since(at - ASK_AGAIN)
    for case in _due_cases(at).filter(Q(owner__isnull=False) | Q(city__isnull=False)):
        team = case.owner_id or teams.get(case.city_id)
        if case.public_id not in asked and team is not None:
            for user in editors.get(team, []):
                for_person[user].append(case)
    for user, cases in for_person.items():
        with transaction.atomic():
            write_letter("review_due", user, cases=[_due(case, user, at) for case in cases])
    return len(for_person)


def remind_team(team: Organisation, *, actor: audit.Actor, at: dt.datetime) -> int:
    """Ask the editors of one team after its cases that are due, now; how many letters.

    For the secretariat, which may ask again before `ASK_AGAIN` is over, though not twice in a day.
    Raises NotAllowed.
    """
    if not rules.is_secretariat(actor):
        raise NotAllowed(_("Only the secretariat can remind a team."))
    with transaction.atomic():
        # Two clicks at once wait for each other here, so that the second finds what was asked.
        Organisation.objects.select_for_update().get(pk=team.pk)
        asked = _asked_since(at - ASK_AGAIN_BY_HAND)
        due = [case for case in _due_cases(at).filter(of_team(team)) if case.public_id not in asked]
        editors = editors_of(team, at=at) if due else []
        for user in editors:
            write_letter("review_due", user, cases=[_due(case, user, at) for case in due])
        if editors:
            audit.record(
                "team", team, "remind", actor=actor, at=at, cases=len(due), letters=len(editors)
            )
    return len(editors)


def _due_cases(at: dt.datetime) -> QuerySet[CaseStudy]:
    return (
        CaseStudy.objects.filter(
            status=CaseStatus.PUBLISHED, review_by__lte=(at + ASK_BEFORE).date()
        )
        .select_related("owner", "city")
        .prefetch_related("texts")
        .order_by("review_by", "public_id")
    )


def _asked_since(moment: dt.datetime) -> set[str]:
    """The ids of the cases after which somebody was asked by a link made since then."""
    links = OneTimeLink.objects.filter(
        purpose=LinkPurpose.CONFIRM_RECORD, record_kind="case", made_at__gt=moment
    )
    return set(links.values_list("record_id", flat=True))


def _editors(at: dt.datetime) -> dict[int, list[User]]:
    """The active editors of each organisation, by its primary key."""
    editors: dict[int, list[User]] = defaultdict(list)
    members = Membership.objects.filter(
        in_force(at), role=TeamRole.EDITOR, user__is_active=True
    ).select_related("user")
    for member in members.order_by("user_id"):
        editors[member.organisation_id].append(member.user)
    return editors


def _due(case: CaseStudy, user: User, at: dt.datetime) -> Due:
    """The line of a case in the letter of a person, with a link of her own."""
    secret = new_secret()
    OneTimeLink.objects.create(
        purpose=LinkPurpose.CONFIRM_RECORD,
        secret_digest=secret_digest(secret),
        user=user,
        record_kind="case",
        record_id=case.public_id,
        made_at=at,
        expires_at=at + LINK_LASTS,
    )
    with translation.override(user.language):
        path = reverse("knowledge:confirm-by-link", args=[secret])
    text = chosen_text(case.texts.all(), user.language, case.original_language)
    review_by = case.review_by or at.date()
    return Due(
        title=text.text.title,
        review_by=review_by,
        is_past=review_by < at.date(),
        url=settings.BASE_URL + path,
    )


def link_for(secret: str, *, at: dt.datetime) -> OneTimeLink | None:
    """The link of that secret, if it still holds."""
    return (
        OneTimeLink.objects.filter(
            purpose=LinkPurpose.CONFIRM_RECORD,
            secret_digest=secret_digest(secret),
            used_at=None,
            expires_at__gt=at,
            user__is_active=True,
        )
        .select_related("user")
        .first()
    )


def confirm_by_link(link: OneTimeLink, *, actor: audit.Actor, at: dt.datetime) -> CaseStudy:
    """Confirm the case that a link speaks of, and use the link up. A replay raises NotAllowed."""
    with transaction.atomic():
        used = OneTimeLink.objects.filter(pk=link.pk, used_at=None).update(used_at=at)
        if not used:
            raise NotAllowed("this link was used before")
        case = CaseStudy.objects.filter(public_id=link.record_id).first()
        if case is None:
            raise NotAllowed("the case is no longer there")
        return confirm_case(case, actor=actor, at=at)
