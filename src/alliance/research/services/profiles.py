"""A researcher's page: made and changed by herself, by consent, and taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.errors import BrokenRule, Fault, NotAllowed, refuse
from alliance.network.enums import Language, OrganisationKind, Theme, Topic
from alliance.network.models import Organisation
from alliance.network.text_checks import choice_faults, text_faults
from alliance.research.enums import Credit, Level
from alliance.research.models import Collaboration, Researcher, ThesisPeriod
from alliance.research.orcid import read_orcid

LONGEST_ABOUT = 2_000
MOST_PERIODS = 6


@dataclass(frozen=True)
class PeriodWords:
    """Days on which students look for a subject, as typed."""

    level: str
    starts_on: dt.date | None
    ends_on: dt.date | None


@dataclass(frozen=True)
class ProfileWords:
    """What a researcher says of herself."""

    organisation: str
    about: str
    language: str
    languages: tuple[str, ...]
    topic: str = ""
    themes: tuple[str, ...] = ()
    orcid: str = ""
    credit: str = Credit.NAME.value
    agreed: bool = False
    periods: Sequence[PeriodWords] = ()


def universities_of(actor: audit.Actor) -> list[Organisation]:
    """The universities in whose teams the actor is. One query, none for who is in no team."""
    if actor.user is None or not actor.teams:
        return []
    rows = Organisation.objects.filter(
        public_id__in=list(actor.teams), kind=OrganisationKind.UNIVERSITY
    )
    return list(rows.order_by("name", "id"))


def _faults(words: ProfileWords, known: set[str], today: dt.date) -> list[Fault]:
    faults = text_faults("about", words.about, required=True, longest=LONGEST_ABOUT)
    faults += choice_faults("language", words.language, Language.values)
    faults += choice_faults("topic", words.topic, Topic.values) if words.topic else []
    for name, codes, allowed in (
        ("themes", words.themes, Theme.values),
        ("languages", words.languages, Language.values),
    ):
        faults += [fault for code in codes for fault in choice_faults(name, code, allowed)]
    if not words.languages:
        faults.append(Fault("languages", "no-languages"))
    if not (words.topic or words.themes):
        faults.append(Fault("themes", "no-interest"))
    faults += choice_faults("credit", words.credit, Credit.values)
    if words.organisation not in known:
        faults.append(Fault("organisation", "not-your-university"))
    if not words.agreed:
        faults.append(Fault("agreed", "no-consent"))
    try:
        read_orcid(words.orcid)
    except BrokenRule as broken:
        faults.append(broken.at("orcid"))
    if len(words.periods) > MOST_PERIODS:
        faults.append(Fault("periods", "too-many", {"most": MOST_PERIODS}))
    for place, period in enumerate(words.periods):
        faults += _period_faults(f"periods[{place}]", period, today)
    return faults


def _period_faults(where: str, period: PeriodWords, today: dt.date) -> list[Fault]:
    faults = choice_faults(f"{where}.level", period.level, Level.values)
    for name in ("starts_on", "ends_on"):
        if getattr(period, name) is None:
            faults.append(Fault(f"{where}.{name}", "missing"))
    if period.starts_on and period.ends_on:
        if period.ends_on < period.starts_on:
            faults.append(Fault(f"{where}.ends_on", "last-before-first"))
        elif period.ends_on < today:
            faults.append(Fault(f"{where}.ends_on", "day-over"))
    return faults


def save_profile(words: ProfileWords, *, actor: audit.Actor, at: dt.datetime) -> Researcher:
    """Make or change the page of the person who acts. Credit for what she works on follows it.

    Raises InvalidData naming the fields at fault, NotAllowed for who is in no university's team.
    """
    teams = {one.public_id: one for one in universities_of(actor)}
    user = actor.user
    if user is None or not teams:
        raise NotAllowed(_("You need to be in the team of a university. Ask to join first."))
    refuse(_faults(words, set(teams), at.date()))
    with transaction.atomic():
        row = Researcher.objects.select_for_update().filter(user=user).first()
        verb = "update" if row else "create"
        row = row or Researcher(user=user, agreed_at=at)
        row.organisation = teams[words.organisation]
        for name in ("language", "topic", "credit"):
            setattr(row, name, getattr(words, name))
        row.about, row.orcid = words.about.strip(), read_orcid(words.orcid)
        row.themes, row.languages = list(words.themes), list(words.languages)
        row.changed_at = at
        row.full_clean(validate_constraints=False)
        row.save()
        row.periods.all().delete()
        ThesisPeriod.objects.bulk_create(
            ThesisPeriod(
                researcher=row,
                level=one.level,
                starts_on=one.starts_on,
                ends_on=one.ends_on,
            )
            for one in words.periods
            if one.starts_on and one.ends_on
        )
        Collaboration.objects.filter(researcher=row).update(**credit_of(row))
        audit.record("researcher", row, verb, actor=actor, at=at)
    return row


def credit_of(researcher: Researcher) -> dict[str, object]:
    """How a collaboration names a researcher, by column: as she chose."""
    by_name = researcher.credit == Credit.NAME
    return {
        "credit_name": researcher.user.name if by_name else "",
        "credit_orcid": researcher.orcid if by_name else "",
        "organisation": researcher.organisation,
    }


def take_back(researcher: Researcher, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Delete a profile by the wish of its person. Answers stay, with the credit that she chose;
    what she was only asked about goes. Raises NotAllowed."""
    if actor.user is None or actor.user.pk != researcher.user_id:
        raise NotAllowed(_("Only the person of a profile takes it back."))
    with transaction.atomic():
        audit.record("researcher", researcher, "delete", actor=actor, at=at)
        remove(researcher)


def remove(researcher: Researcher) -> None:
    """Delete a profile and what it was only asked about."""
    researcher.collaborations.filter(answers=None).delete()
    researcher.delete()
