"""Joining the network: a request, confirmed by a link, on which the secretariat decides."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from disposable_email_domains import blocklist
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from alliance.accounts.letters import write_letter
from alliance.core import audit, throttle
from alliance.core.errors import Fault, InvalidData, NotAllowed, refuse
from alliance.core.ids import new_secret, secret_digest, slug
from alliance.network import rules
from alliance.network.access import has_confirmed
from alliance.network.addresses import page_address
from alliance.network.enums import JOINING, Language, TeamRole
from alliance.network.localise import is_country
from alliance.network.models import City, JoinRequest, Organisation
from alliance.network.services.invitations import invite
from alliance.network.services.records import free_id, save_organisation
from alliance.network.text_checks import choice_faults, text_faults

#: How long the link in the email can confirm the address.
LINK_LASTS = dt.timedelta(days=3)
#: The secretariat promises an answer within this time.
ANSWER_WITHIN = dt.timedelta(days=10)
#: How long decided requests are stored.
DECIDED_RETENTION = dt.timedelta(days=90)
LONGEST = {"name": 160, "reference": 200, "place": 120, "person": 120, "purpose": 1_000}
LONGEST_REASON = 1_000

DAY = dt.timedelta(days=1)
CLIENT_LIMIT = throttle.Limit("join-from-address", most=10, window=DAY)
#: Nobody's mailbox can be flooded by others who enter its address.
EMAIL_LIMIT = throttle.Limit("join-to-email", most=3, window=DAY)

# The applicant's name stays out of the audit trail, which is permanent.
_note = audit.noting("join request", about="group")


def ask_to_join(
    *,
    name: str,
    kind: str,
    reference: str,
    country: str,
    place: str,
    person: str,
    email: str,
    language: str,
    purpose: str,
    client: str,
    actor: audit.Actor,
    at: dt.datetime,
) -> str:
    """Request to join. The address gets a link; the secretariat sees the request once it is used.

    A request of this address that the secretariat already has is not added again. `client` is the
    network address of the request. With an email address that the actor has confirmed, the request
    is confirmed at once, and the secret of its link is returned; otherwise the result is always
    empty, so that it reveals nothing about the address. Raises InvalidData, Throttled.
    """
    texts = {
        "name": name.strip(),
        "reference": reference.strip(),
        "place": place.strip(),
        "person": person.strip(),
        "purpose": purpose.strip(),
    }
    email = email.strip()
    faults = [
        fault
        for where, text in texts.items()
        for fault in text_faults(where, text, required=True, longest=LONGEST[where])
    ]
    faults += choice_faults("kind", kind, [code for code, _label in JOINING])
    faults += choice_faults("language", language, Language.values)
    faults += [] if is_country(country) else choice_faults("country", country, [])
    refuse(faults + _email_faults(email))
    throttle.take(CLIENT_LIMIT, client, at=at)
    throttle.take(EMAIL_LIMIT, email.casefold(), at=at)
    secret = new_secret()
    is_mine = actor.user is not None and has_confirmed(actor.user, email)
    with transaction.atomic():
        request = JoinRequest(
            kind=kind,
            country=country,
            email=email,
            language=language,
            secret_digest=secret_digest(secret),
            sent_at=at,
            expires_at=at + LINK_LASTS,
            **texts,
        )
        request.group = request.public_id
        before = JoinRequest.objects.filter(
            email__iexact=email, confirmed_at__isnull=False, decided_at=None
        )
        present = next(
            (join_request for join_request in before if _is_same(join_request, request)), None
        )
        if present is not None:
            # The previous link is stored nowhere: this one replaces it.
            present.secret_digest = request.secret_digest
            present.save(update_fields=["secret_digest"])
            _write(present, secret)
        else:
            request.full_clean(validate_constraints=False)
            request.save()
            if is_mine:
                _confirm(request, secret, actor=actor, at=at)
            else:
                # Nothing that was typed: the reader may not be the applicant.
                write_letter(
                    "join_confirm",
                    email,
                    language=language,
                    link=page_address("network:join-own", language, secret),
                    expires_at=request.expires_at,
                )
    return secret if is_mine else ""


def confirm(request: JoinRequest, secret: str, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Confirm the address by the link; repeating it changes nothing. Raises NotAllowed."""
    with transaction.atomic():
        current = _locked(request)
        if current.confirmed_at is not None:
            return
        if current.expires_at <= at:
            raise NotAllowed(_("This link has expired. Send the request again."))
        _confirm(current, secret, actor=actor, at=at)


def withdraw(request: JoinRequest, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Delete a request by its link, whatever was decided."""
    with transaction.atomic():
        current = _locked(request)
        if current.confirmed_at is not None:
            _note(current, "withdraw", actor=actor, at=at)
        current.delete()


def decide(
    group: Sequence[JoinRequest],
    *,
    organisation: Organisation | None,
    roles: Mapping[str, str],
    reason: str,
    actor: audit.Actor,
    at: dt.datetime,
) -> Organisation | None:
    """Decide on all open requests of a group: an invitation with a role, or a rejection, for each.

    `organisation`: the one they belong to; None creates it from the first request. `roles` by the
    id of each request, "" for a rejection, which needs a `reason`. Everybody gets an email. Raises
    NotAllowed, InvalidData naming `reason` or the id of a request.
    """
    if not rules.is_secretariat(actor):
        raise NotAllowed(_("Only the secretariat can decide who joins the network."))
    reason = reason.strip()
    with transaction.atomic():
        ids = [join_request.pk for join_request in group]
        rows = JoinRequest.objects.select_for_update(of=("self",)).filter(pk__in=ids)
        current = [row for row in rows if row.is_open]
        if not current:
            raise NotAllowed(_("A decision has already been made on this request."))
        faults = text_faults("reason", reason, longest=LONGEST_REASON)
        for join_request in current:
            role = roles.get(join_request.public_id, "")
            faults += choice_faults(join_request.public_id, role, TeamRole.values) if role else []
        declined = [
            join_request for join_request in current if not roles.get(join_request.public_id)
        ]
        if declined and not reason:
            faults.append(Fault("reason", "missing"))
        refuse(faults)
        team = organisation
        if team is None and len(declined) < len(current):
            team = _make(current[0], actor=actor, at=at)
        for join_request in current:
            join_request.decided_at, join_request.decided_by = at, actor.user
            join_request.role = roles.get(join_request.public_id, "")
            if join_request.role and team is not None:
                join_request.organisation = team
                _let_in(join_request, team, actor=actor, at=at)
            else:
                join_request.reason = reason
                write_letter(
                    "join_declined",
                    join_request.email,
                    language=join_request.language,
                    name=join_request.person,
                    organisation=join_request.name,
                    reason=reason,
                )
            join_request.full_clean(validate_constraints=False)
            join_request.save()
            _note(join_request, "accept" if join_request.role else "reject", actor=actor, at=at)
    return team


def forget_old(*, at: dt.datetime) -> int:
    """Delete requests that were not confirmed in time or decided long ago; returns their number."""
    old = JoinRequest.objects.filter(
        Q(confirmed_at=None, expires_at__lte=at) | Q(decided_at__lt=at - DECIDED_RETENTION)
    )
    return old.delete()[0]


def roles_to_propose(group: Sequence[JoinRequest], *, has_editors: bool) -> dict[str, str]:
    """The proposed role by id of each request: the first is editor of a team without editors."""
    first = TeamRole.MEMBER if has_editors else TeamRole.EDITOR
    return {
        join_request.public_id: str(first if number == 0 else TeamRole.MEMBER)
        for number, join_request in enumerate(group)
    }


def organisations_with_name(request: JoinRequest) -> list[Organisation]:
    """The organisations in its country that have its name in some language."""
    wanted = slug(request.name)
    return [
        organisation
        for organisation in Organisation.objects.filter(country=request.country)
        if wanted
        and wanted
        in {slug(organisation.name), slug(organisation.name_fr), slug(organisation.name_sv)}
    ]


def city_of(request: JoinRequest) -> City | None:
    """The city that it names, if the network has exactly one of that name in its country."""
    wanted = slug(request.place)
    cities = [
        city
        for city in City.objects.filter(country=request.country)
        if wanted in {slug(name) for name in (city.name, city.name_fr, city.name_sv, *city.aliases)}
    ]
    return cities[0] if len(cities) == 1 else None


def _email_faults(email: str) -> list[Fault]:
    try:
        validate_email(email)
    except ValidationError:
        return [Fault("email", "not-an-email")]
    domain = email.rpartition("@")[2].casefold().rstrip(".")
    parts = domain.split(".")
    # Such services also issue names below their own domain.
    above = {".".join(parts[start:]) for start in range(len(parts) - 1)}
    return [Fault("email", "throw-away-address", {"value": domain})] if above & blocklist else []


def _locked(request: JoinRequest) -> JoinRequest:
    return JoinRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)


def _confirm(request: JoinRequest, secret: str, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Pass it on to the secretariat, grouped with other requests of the same organisation."""
    request.confirmed_at = at
    try:
        _group(request)
    except IntegrityError:
        # Another request was confirmed in the same instant: now it is visible.
        _group(request)
    _note(request, "request", actor=actor, at=at)
    _write(request, secret)


def _group(request: JoinRequest) -> None:
    """Save it, confirmed, in the group of its organisation, or as the first of a new group.

    IntegrityError: such a group was created since the query.
    """
    others = JoinRequest.objects.filter(
        confirmed_at__isnull=False, decided_at=None, country=request.country
    ).exclude(pk=request.pk)
    first = next((other for other in others if _is_same(other, request)), None)
    if first is None:
        request.name_key, request.reference_key = slug(request.name)[:160], _key(request)[:200]
    else:
        request.group, request.name_key, request.reference_key = first.group, "", ""
    with transaction.atomic():
        request.save(update_fields=["confirmed_at", "group", "name_key", "reference_key"])


def _write(request: JoinRequest, secret: str) -> None:
    """Email the applicant that the secretariat has it, until when it decides, and how to withdraw
    it."""
    assert request.confirmed_at is not None
    write_letter(
        "join_waiting",
        request.email,
        language=request.language,
        name=request.person,
        organisation=request.name,
        answer_by=(request.confirmed_at + ANSWER_WITHIN).date(),
        link=page_address("network:join-own", request.language, secret),
    )


def _let_in(
    request: JoinRequest, team: Organisation, *, actor: audit.Actor, at: dt.datetime
) -> None:
    try:
        invite(
            team,
            role=request.role,
            email=request.email,
            language=request.language,
            is_answer=True,
            actor=actor,
            at=at,
        )
    except InvalidData as error:
        raise InvalidData(
            [Fault(request.public_id, fault.code, fault.params) for fault in error.faults]
        ) from error


def _make(request: JoinRequest, *, actor: audit.Actor, at: dt.datetime) -> Organisation:
    return save_organisation(
        free_id(Organisation, request.name),
        name=request.name,
        kind=request.kind,
        country=request.country,
        city=city_of(request),
        actor=actor,
        at=at,
    )


def _is_same(join_request: JoinRequest, other: JoinRequest) -> bool:
    """Whether both concern the same organisation: by its name, or by its reference."""
    if join_request.country != other.country:
        return False
    names, references = (
        {slug(join_request.name), slug(other.name)},
        {_key(join_request), _key(other)},
    )
    return (len(names) == 1 and "" not in names) or (len(references) == 1 and "" not in references)


def _key(request: JoinRequest) -> str:
    """A web address without variations that lead to the same page, or a bare number."""
    text = request.reference.casefold()
    if "." in text and " " not in text:
        parts = urlsplit(text if "//" in text else f"//{text}")
        return parts.netloc.removeprefix("www.") + parts.path.rstrip("/")
    return re.sub(r"[^0-9a-z]", "", text)
