"""A participant's own data: traits, email for answers, download, deletion."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core import signing
from django.db import transaction
from django.db.models import F

from alliance.accounts.letters import write_letter
from alliance.core import throttle
from alliance.core.errors import Fault, InvalidData, refuse
from alliance.network.addresses import page_address
from alliance.network.models import Post
from alliance.network.text_checks import text_faults
from alliance.participation import rules
from alliance.participation.enums import Trait
from alliance.participation.models import Contribution, Participant
from alliance.participation.panels import panels
from alliance.participation.services.issuing import withdraw
from alliance.participation.services.processes import locked

_SALT = "alliance.participation.email"
CONFIRM_WITHIN = dt.timedelta(days=3)
#: The replacement of a text that its author deleted, in every language.
DELETED = "–"
MAIL_LIMIT = throttle.Limit("participant-email", most=5, window=dt.timedelta(hours=1))


#: The voluntary traits of participants.
DEMOGRAPHIC_FIELDS = (*Trait.values, "first_time")


def plain_receipt(code: str) -> str:
    """A normalised receipt code: without blanks and hyphens, in lower case."""
    return "".join(code.split()).replace("-", "").lower()


def save_demographics(participant: Participant, *, at: dt.datetime, **answers: str) -> Participant:
    """Save traits of a participant (`DEMOGRAPHIC_FIELDS`); empty means no answer. Raises
    InvalidData, also once the process is over: the next issue would reveal the change."""
    if rules.is_over(participant.process, at):
        raise InvalidData([Fault("participant", "takes-nothing-now")])
    refuse(text_faults("area", answers.get("area", ""), longest=120))
    for name, value in answers.items():
        setattr(participant, name, value.strip())
    participant.full_clean(validate_constraints=False)
    participant.save(update_fields=list(answers))
    return participant


def ask_to_confirm(
    participant: Participant,
    email: str,
    *,
    address: str = "",
    to_vote: bool = False,
    at: dt.datetime,
) -> Participant:
    """Send a confirmation link to an address, `to_vote` or for answers. Nothing else is sent there
    before confirmation. `address`: the network address of the request; empty for staff who enter
    paper forms.

    Raises InvalidData after too many requests from one network address.
    """
    for key in filter(None, (address, email.lower())):
        try:
            throttle.take(MAIL_LIMIT, key, at=at)
        except throttle.Throttled as error:
            raise InvalidData([Fault("email", "too-often", {"most": MAIL_LIMIT.most})]) from error
    token = signing.dumps([participant.public_id, email, participant.email_number], salt=_SALT)
    process, language = participant.process, participant.language
    with transaction.atomic():
        write_letter(
            "confirm_voter" if to_vote else "confirm_participant",
            email,
            language=language,
            title=str(process.localised_text("title", language)),
            url=page_address("participation:email-confirm", language, process.public_id, token),
        )
    return participant


def confirm(token: str, process_id: str, *, at: dt.datetime) -> Participant | None:
    """Confirm the address of a link, once; None if the link is invalid or expired, also if an
    address was confirmed or deleted since it was sent."""
    try:
        # Links from before the number was introduced are valid until they expire.
        public_id, email, number = [*signing.loads(token, salt=_SALT, max_age=CONFIRM_WITHIN), 0][
            :3
        ]
    except (signing.BadSignature, ValueError, TypeError):
        return None
    rows = Participant.objects.filter(public_id=public_id, process__public_id=process_id)
    # One statement: of two simultaneous requests one succeeds.
    taken = rows.filter(email_number=number).update(
        email=email, email_confirmed_at=at, email_number=F("email_number") + 1
    )
    return rows.first() if taken else None


def stop_emails(participant: Participant) -> None:
    """Delete the address, so that no answers are sent any more."""
    participant.email, participant.email_confirmed_at = "", None
    participant.email_number += 1
    participant.save(update_fields=["email", "email_confirmed_at", "email_number"])


def data_of(participant: Participant) -> dict[str, Any]:
    """All data of a participant as JSON values."""
    rows = participant.contributions.select_related("post", "answer").order_by("post_id")
    panel = panels().get(participant.process.kind)
    return {
        **(panel.read_own(participant) if panel and panel.read_own else {}),
        "process": participant.process.public_id,
        "title": participant.process.title,
        "receipt": participant.receipt,
        "since": participant.made_at.isoformat(),
        "channel": participant.channel,
        "language": participant.language,
        "email": participant.email,
        **{name: getattr(participant, name) for name in DEMOGRAPHIC_FIELDS},
        "contributions": [
            {
                "id": row.post.public_id,
                "kind": row.kind,
                "title": row.title,
                "text": row.post.text,
                "place": row.place,
                "point": None if row.latitude is None else [row.latitude, row.longitude],
                "at": row.post.at.isoformat(),
                "shown": row.shown_at is not None and row.post.hidden_at is None,
                "hidden_because": row.post.hidden_because,
                "outcome": row.answer.outcome if row.answer else "",
                "answer": row.answer.reason if row.answer else "",
            }
            for row in rows
        ],
        "supports": list(
            participant.supports.values_list("contribution__post__public_id", flat=True)
        ),
    }


def delete(participant: Participant) -> int:
    """Delete a participant with all her contributions, votes and traits; returns the number of
    texts.

    The place of a proposal that others commented on remains, without her words. Her rows leave the
    files together with those of others; the figures of the last issue remain, which identify
    nobody.
    """
    own = Contribution.objects.filter(participant=participant)
    with transaction.atomic():
        # No issue with her data is published meanwhile.
        locked(participant.process)
        withdraw(participant)
        discussed = own.exclude(comments=None)
        Post.objects.filter(contribution__in=discussed).update(text=DELETED)
        n = discussed.update(title="", place="", latitude=None, longitude=None)
        others = list(own.exclude(pk__in=discussed).values_list("pk", flat=True))
        Post.objects.filter(pk__in=others).delete()
        participant.delete()
    return n + len(others)
