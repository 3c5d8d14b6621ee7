"""Services for researcher profiles: create, change and delete."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.errors import BrokenRule, Fault, NotAllowed, refuse
from alliance.network.enums import HelpAnswer, HelpReply, Language, Theme
from alliance.network.text_checks import assign_fields, code_faults
from alliance.research.enums import Credit, QuestionState
from alliance.research.models import Collaboration, Researcher, ThesisPeriod, WorkStep
from alliance.research.orcid import read_orcid
from alliance.research.selectors.access import universities_of

MOST_PERIODS = 6


def _assign_orcid(row: Researcher, orcid: str) -> list[Fault]:
    try:
        row.orcid = read_orcid(orcid)
    except BrokenRule as broken:
        return [broken.at("orcid")]
    return []


def _period_faults(where: str, period: ThesisPeriod, today: dt.date) -> list[Fault]:
    if not (period.starts_on and period.ends_on):
        return []
    if period.ends_on < period.starts_on:
        return [Fault(f"{where}ends_on", "last-before-first")]
    return [Fault(f"{where}ends_on", "day-over")] if period.ends_on < today else []


def _assign_profile(
    row: Researcher,
    *,
    organisation: str,
    orcid: str = "",
    agreed: bool,
    periods: Sequence[Mapping[str, Any]] = (),
    teams: Container[str],
    today: dt.date,
    **words: Any,
) -> tuple[list[ThesisPeriod], list[Fault]]:
    """Assign the form values to `row`; returns the thesis periods and the errors."""
    faults = assign_fields(row, words) + _assign_orcid(row, orcid)
    faults += code_faults("themes", row.themes, Theme.values)
    faults += code_faults("languages", row.languages, Language.values)
    if not row.languages:
        faults.append(Fault("languages", "no-languages"))
    if not (row.topic or row.themes):
        faults.append(Fault("themes", "no-interest"))
    if organisation not in teams:
        faults.append(Fault("organisation", "not-your-university"))
    if not agreed:
        faults.append(Fault("agreed", "no-consent"))
    if len(periods) > MOST_PERIODS:
        faults.append(Fault("periods", "too-many", {"most": MOST_PERIODS}))
    rows = []
    for place, period in enumerate(periods):
        rows.append(ThesisPeriod())
        where = f"periods[{place}]."
        faults += assign_fields(rows[-1], period, at=where) + _period_faults(where, rows[-1], today)
    return rows, faults


def faults_of(fields: Mapping[str, Any], teams: Container[str], today: dt.date) -> list[Fault]:
    """The errors in a profile form, for a member of these universities' teams."""
    return _assign_profile(Researcher(), **fields, teams=teams, today=today)[1]


def save_profile(
    *,
    organisation: str,
    actor: audit.Actor,
    at: dt.datetime,
    **fields: Any,
) -> Researcher:
    """Create or change the actor's profile and update the credit of their collaborations.

    `organisation` is a public id, `fields` are values by column.

    Raises InvalidData for the invalid fields, NotAllowed if the actor is in no university team.
    """
    teams = {university.public_id: university for university in universities_of(actor)}
    user = actor.user
    if user is None or not teams:
        raise NotAllowed(_("You need to be in a university’s team. Ask to join one first."))
    with transaction.atomic():
        row = Researcher.objects.select_for_update().filter(user=user).first()
        verb = "update" if row else "create"
        row = row or Researcher(user=user, agreed_at=at)
        rows, faults = _assign_profile(
            row, organisation=organisation, teams=teams, today=at.date(), **fields
        )
        refuse(faults)
        row.organisation, row.changed_at = teams[organisation], at
        row.full_clean(validate_constraints=False)
        row.save()
        row.periods.all().delete()
        for period in rows:
            period.researcher = row
        ThesisPeriod.objects.bulk_create(rows)
        Collaboration.objects.filter(researcher=row).update(**credit_of(row))
        audit.record("researcher", row, verb, actor=actor, at=at)
    return row


def credit_of(researcher: Researcher) -> dict[str, object]:
    """The credit columns of a collaboration, as the researcher chose them."""
    by_name = researcher.credit == Credit.NAME
    return {
        "credit_name": researcher.user.name if by_name else "",
        "credit_orcid": researcher.orcid if by_name else "",
        "organisation": researcher.organisation,
    }


def take_back(researcher: Researcher, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Delete the actor's own profile. Raises NotAllowed."""
    if actor.user is None or actor.user.pk != researcher.user_id:
        raise NotAllowed(_("You can only remove your own page."))
    with transaction.atomic():
        audit.record("researcher", researcher, "delete", actor=actor, at=at)
        remove(researcher, at=at)


def remove(researcher: Researcher, *, at: dt.datetime) -> None:
    """Delete a profile; answers stay, credited as the researcher chose.

    On open questions, a collaboration that was offered or agreed is marked as stopped and loses the
    name and texts; one that was only requested is deleted.
    """
    works = researcher.collaborations.all()
    works.filter(question__state=QuestionState.OPEN, answer=HelpAnswer.CAN).exclude(
        reply=HelpReply.DECLINED
    ).update(left_at=at)
    unanswered = works.filter(answers=None)
    unanswered.filter(left_at=None).delete()
    WorkStep.objects.filter(collaboration__in=unanswered).delete()
    unanswered.update(
        answer=HelpAnswer.CANNOT,
        reply="",
        replied_at=None,
        plan="",
        credit_name="",
        credit_orcid="",
    )
    researcher.delete()
