"""Tasks of workshops: announcements, missing minutes, and news of a place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.accounts.enums import NetworkRole
from alliance.core.waiting import NEWS_FOR, Asked, Provider, Turn, Waiting, start_of
from alliance.workshops.enums import SeatState, WorkshopState
from alliance.workshops.models import Registration, Workshop
from alliance.workshops.tokens import place_token

ANNOUNCE, ANNOUNCE_OWN, PLACE = "workshop-announce", "workshop-announce-own", "workshop-place"
MINUTES, MINUTES_OWN = "workshop-minutes", "workshop-minutes-own"
#: Days after which missing minutes are no longer a task.
ASKED_FOR = dt.timedelta(days=60)


_KINDS = {
    (True, False): ANNOUNCE,
    (True, True): ANNOUNCE_OWN,
    (False, False): MINUTES,
    (False, True): MINUTES_OWN,
}


def _all(asked: Asked) -> Iterator[Waiting]:
    """Workshops to announce, and places from the waiting list; two queries."""
    if asked.teams is None or asked.teams or asked.has_role(NetworkRole.SECRETARIAT):
        today = asked.at.date()
        over = Q(state=WorkshopState.ANNOUNCED, minutes=None, is_synthetic=False)
        over &= Q(last_day__lt=today, last_day__gte=today - ASKED_FOR)
        rows = Workshop.objects.filter(Q(state=WorkshopState.DRAFT) | over)
        for row in rows.select_related("organisation"):
            is_draft = row.state == WorkshopState.DRAFT
            team = row.organisation.public_id if row.organisation else ""
            if team and asked.teams is not None and team not in asked.teams:
                continue
            if not team and not asked.has_role(NetworkRole.SECRETARIAT):
                continue
            yield Waiting(
                kind=_KINDS[is_draft, bool(team)],
                public_id=row.public_id,
                turn=Turn(team=team) if team else Turn(role=NetworkRole.SECRETARIAT),
                since=row.changed_at if is_draft else start_of(row.last_day),
                route="workshops:manage" if is_draft else "workshops:minutes",
                args=(row.public_id,),
                titles=row.titles,
            )
    places = Registration.objects.filter(
        state=SeatState.IN, user__isnull=False, in_at__gt=asked.at - NEWS_FOR
    ).select_related("workshop")
    if asked.people is not None:
        places = places.filter(user__in=list(asked.people))
    for place in places if asked.people is None or asked.people else ():
        yield Waiting(
            kind=PLACE,
            public_id=place.public_id,
            turn=Turn(person=place.user_id),
            since=place.in_at or place.made_at,
            by=place.workshop.first_day,
            route="workshops:place",
            args=(place_token(place),),
            titles=place.workshop.titles,
        )


PROVIDERS = (
    Provider(
        {
            ANNOUNCE: _("Publish the workshop you prepared"),
            ANNOUNCE_OWN: _("Publish your team’s workshop"),
            MINUTES: _("Write the minutes of a workshop"),
            MINUTES_OWN: _("Write the minutes of your team’s workshop"),
        },
        _all,
        {
            "workshop_in": PLACE,
            "workshop_waiting": PLACE,
            "workshop_meet": PLACE,
        },
        {PLACE: _("You have a place at a workshop")},
        roles={ANNOUNCE: NetworkRole.SECRETARIAT, MINUTES: NetworkRole.SECRETARIAT},
        of_people=frozenset({PLACE}),
    ),
)
