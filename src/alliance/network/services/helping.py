"""Help between cities: who can help with a need, and the reply of the city of the need."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.accounts.letters import write_letter
from alliance.core import audit
from alliance.core.errors import NotAllowed, NotFound
from alliance.network import needs_offers_rules as rules
from alliance.network.addressees import editors_or_secretariat
from alliance.network.addresses import page_address
from alliance.network.enums import HelpAnswer, HelpReply, NeedState
from alliance.network.localise import local_name
from alliance.network.models import City, Need, NeedHelp, Offer, Organisation
from alliance.network.selectors.needs_offers import of_cities, open_offers
from alliance.network.selectors.needs_offers_pages import needs_for, offers_for
from alliance.network.services.needs_offers import check_may_speak

#: How recently needs and offers must have changed to be matched; the worker may be down as long.
LOOK_BACK = dt.timedelta(days=2)


def answer_need(
    need: Need,
    organisation: Organisation,
    *,
    can: bool,
    actor: audit.Actor,
    at: dt.datetime,
) -> NeedHelp:
    """Record that a city can help with a need of another city, or cannot now.

    The city of the need gets an email about help, once: repeating it changes nothing. Raises
    NotAllowed.
    """
    check_may_speak(actor, organisation)
    city = rules.city_of(organisation)
    with transaction.atomic():
        City.objects.select_for_update(no_key=True).get(pk=city.pk)
        current = Need.objects.select_related("organisation", "city").get(pk=need.pk)
        if current.city_id == city.pk:
            raise NotAllowed(_("A city cannot offer to help with its own need."))
        if current.state != NeedState.OPEN:
            raise NotAllowed(_("The need is no longer open."))
        row = NeedHelp.objects.filter(need=current, city=city).first()
        row = row or NeedHelp(need=current, city=city, organisation=organisation, asked_at=at)
        answer = HelpAnswer.CAN if can else HelpAnswer.CANNOT
        if row.answer == answer or row.reply:
            return row
        row.answer, row.answered_at, row.answered_by = answer, at, actor.user
        row.full_clean(validate_constraints=False)
        row.save()
        _note(row, "offer help" if can else "cannot help", actor=actor, at=at)
        if can:
            _notify_team(row, current.organisation, "help_offered", at=at)
    return row


def decline_help(need: Need, city: str, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Decline help, for the city of a need.

    Raises NotAllowed; NotFound if that city offered none.
    """
    check_may_speak(actor, need.organisation)
    _reply(need, city, HelpReply.DECLINED, actor=actor, at=at)


def take_up_help(need: Need, city: str, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Mark help as accepted, if it was offered; the caller has checked permissions."""
    try:
        _reply(need, city, HelpReply.TAKEN_UP, actor=actor, at=at)
    except NotFound:
        return


def _reply(need: Need, city: str, reply: HelpReply, *, actor: audit.Actor, at: dt.datetime) -> None:
    with transaction.atomic():
        rows = NeedHelp.objects.select_for_update(of=("self",)).filter(
            need=need, city__public_id=city, answer=HelpAnswer.CAN
        )
        row = rows.select_related("need__city", "city", "organisation").first()
        if row is None:
            raise NotFound("city", city)
        if row.reply == reply:
            return
        row.reply, row.replied_at = reply, at
        row.save(update_fields=["reply", "replied_at"])
        _note(row, reply.value, actor=actor, at=at)
        if reply == HelpReply.DECLINED:
            _notify_team(row, row.organisation, "help_declined", at=at)


def ask_matching(*, at: dt.datetime) -> int:
    """Ask the cities whose offers match a need whether they can help; returns how many were asked.

    Each city is asked once about a need. Only recently stated or changed needs and offers are
    compared.
    """
    since = at - LOOK_BACK
    pairs: dict[tuple[int, int], tuple[Need, Offer]] = {}
    needs = Need.objects.filter(state=NeedState.OPEN, changed_at__gte=since)
    for need in needs.select_related("city", "organisation").prefetch_related("tags"):
        for _match, offer in reversed(offers_for(need, at, of_cities)):
            pairs[need.pk, offer.city_id] = need, offer
    offers = open_offers(of_cities(Offer.objects.filter(changed_at__gte=since)), at)
    for offer in offers.select_related("city", "organisation").prefetch_related("tags"):
        for _match, need in needs_for(offer):
            pairs.setdefault((need.pk, offer.city_id), (need, offer))
    known = NeedHelp.objects.filter(need__in={need for need, _city in pairs})
    asked = set(known.values_list("need_id", "city_id"))
    new = [pair for key, pair in pairs.items() if key not in asked]
    for need, offer in new:
        with transaction.atomic():
            row, is_new = NeedHelp.objects.get_or_create(
                need=need,
                city=offer.city,
                defaults={"organisation": offer.organisation, "offer": offer, "asked_at": at},
            )
            if is_new:
                _notify_team(row, offer.organisation, "need_matched", at=at)
    return len(new)


def _note(row: NeedHelp, verb: str, *, actor: audit.Actor, at: dt.datetime) -> None:
    audit.record("need", row.need, verb, actor=actor, at=at, city=row.city.public_id)


def _notify_team(row: NeedHelp, team: Organisation, letter: str, *, at: dt.datetime) -> None:
    """Email the editors of a team, or the secretariat if it has none."""
    people, has_editors = editors_or_secretariat(team, at=at)
    for person in people:
        language = person.language
        write_letter(
            letter,
            person,
            title=row.need.title,
            city=local_name(row.need.city, language),
            helper=local_name(row.city, language),
            team=local_name(team, language),
            has_editors=has_editors,
            url=page_address("network:need", language, row.need.public_id),
        )
