"""A city answers for the facts of its cases; the secretariat asks it to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.accounts.letters import write_letter
from alliance.cases.models import CaseStudy
from alliance.cases.selectors.localise import chosen_text
from alliance.core import audit
from alliance.core.errors import Conflict, NotAllowed
from alliance.network.addressees import editors_of
from alliance.network.models import Organisation
from alliance.network.rules import is_secretariat
from alliance.writing.models import FactAnswer, FactCheckRequest
from alliance.writing.selectors.fact_checks import (
    cases_to_check,
    current_checks,
    fact_states,
    newest_state,
    town_hall,
)

#: How often at most a team is asked.
ASK_AGAIN = dt.timedelta(days=1)


def check_facts(
    case: CaseStudy,
    answers: Mapping[str, tuple[str, str]],
    *,
    revision: int,
    actor: audit.Actor,
    at: dt.datetime,
) -> CaseStudy:
    """Record what the team of its city says of facts of a case: answer and note, by fact.

    The newest answer of the team stands, whoever of it gave it; the trail has the others. Once the
    team has answered for all facts and none is wrong, the case is checked by its city. Raises
    NotAllowed, and Conflict where the case has changed since `revision`, which the answers are to.
    """
    team = town_hall(case)
    if team is None or team.public_id not in actor.teams or actor.user is None:
        raise NotAllowed(_("Only the city’s team can check the facts of this case."))
    with transaction.atomic():
        current = CaseStudy.objects.select_for_update(of=("self",)).get(pk=case.pk)
        if current.revision != revision:
            raise Conflict("case", current.public_id, current.revision)
        state = newest_state(current)
        states = fact_states(state)
        for code, (answer, note) in answers.items():
            current.fact_checks.update_or_create(
                team=team,
                fact=code,
                defaults={
                    "state": states[code],
                    "answer": answer,
                    "note": note if answer == FactAnswer.WRONG else "",
                    "checked_by": actor.user,
                    "checked_at": at,
                },
            )
        checks = current_checks(current, state)
        given = {check.answer for check in checks.values()}
        is_checked = checks.keys() == states.keys() and FactAnswer.RIGHT in given
        current.city_checked_on = (
            at.date() if is_checked and FactAnswer.WRONG not in given else None
        )
        current.save(update_fields=["city_checked_on", "updated_at"])
        audit.record(
            "case", current, "check-facts", actor=actor, at=at,
            answers={code: answer for code, (answer, _note) in sorted(answers.items())},
        )  # fmt: skip
    return current


def forget_changed(case: CaseStudy, state: Mapping[str, Any]) -> None:
    """A case whose facts have changed is no longer checked by its city."""
    if case.city_checked_on and current_checks(case, state).keys() != fact_states(state).keys():
        CaseStudy.objects.filter(pk=case.pk).update(city_checked_on=None)
        case.city_checked_on = None


def ask_team(team: Organisation, *, actor: audit.Actor, at: dt.datetime) -> int:
    """Ask the editors of a city's team to check its cases: how many emails.

    None where it was asked less than a day ago, has no editor or nothing to check. Raises
    NotAllowed.
    """
    if not is_secretariat(actor):
        raise NotAllowed(_("Only the secretariat can ask a city to check its cases."))
    with transaction.atomic():
        # Two clicks at once wait for each other here.
        Organisation.objects.select_for_update().get(pk=team.pk)
        if FactCheckRequest.objects.filter(team=team, asked_at__gt=at - ASK_AGAIN).exists():
            return 0
        cases = list(cases_to_check(team).filter(city_checked_on=None).prefetch_related("texts"))
        editors = editors_of(team, at=at) if cases else []
        for user in editors:
            titles = [
                chosen_text(case.texts.all(), user.language, case.original_language).text.title
                for case in cases
            ]
            with translation.override(user.language):
                url = settings.BASE_URL + reverse("knowledge:team-facts", args=[team.public_id])
            write_letter("facts_asked", user, titles=titles, url=url)
        if editors:
            FactCheckRequest.objects.update_or_create(team=team, defaults={"asked_at": at})
            audit.record("team", team, "ask-facts", actor=actor, at=at, letters=len(editors))
    return len(editors)
