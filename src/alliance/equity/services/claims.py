"""Challenges to a check or a figure of areas, and the answers, by the mechanism for all posts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from alliance.core import audit, throttle
from alliance.core.errors import Fault, InvalidData, NotAllowed, refuse
from alliance.equity import rules
from alliance.equity.enums import ClaimResult
from alliance.equity.models import AreaSet, CheckLine, Claim, DistributionCheck
from alliance.equity.services.checks import save_method_use
from alliance.network.enums import AwaitsModeration, DiscussedKind, Language
from alliance.network.models import Post, Report
from alliance.network.services.discussion import save_post
from alliance.network.text_checks import choice_faults, text_faults
from alliance.participation.rules import text_warnings
from alliance.web.formatting import colon, quantity

_NOTES = {
    kind: audit.noting(kind, "of.public_id") for kind in (DiscussedKind.CHECK, DiscussedKind.AREAS)
}
LONGEST_CLAIM, LONGEST_NAME, LONGEST_ANSWER = 2_000, 120, 2_000
#: The time within which a city should answer.
ANSWER_WITHIN = dt.timedelta(days=14)
#: How many challenges one network address may submit.
CLAIM_LIMIT = throttle.Limit("challenge-check", most=10, window=dt.timedelta(days=1))


def line_label(line: CheckLine) -> str:
    """A line as a challenge names it, with its figure in the format of the active language."""
    figure = "" if line.value is None else f" ({quantity(line.value, line.unit)})"
    return f"{line.who}{colon()} {line.what}{figure}"


def contest(
    of: DistributionCheck | AreaSet,
    *,
    line: CheckLine | None = None,
    about: str = "",
    text: str,
    name: str = "",
    language: str,
    address: str,
    actor: audit.Actor,
    at: dt.datetime,
) -> Claim:
    """Challenge a line of a check or the whole check, or what areas show `about` an area, with or
    without an account; the same text again returns the existing challenge. Call it outside of a
    transaction.

    A text with contact data or many links waits for a moderator of the network: the city itself
    hides no challenge. Raises InvalidData.
    """
    faults = text_faults("text", text, required=True, longest=LONGEST_CLAIM)
    faults += text_faults("name", name, longest=LONGEST_NAME)
    faults += choice_faults("language", language, Language.values)
    columns: dict[str, Any]
    if isinstance(of, AreaSet):
        kind, columns = DiscussedKind.AREAS, {"area_set": of, "about": about}
        if of.ended_at is not None or not about:
            faults.append(Fault("area", "areas-no-figure"))
    else:
        kind, columns = DiscussedKind.CHECK, {"check_of": of, "line": line}
        if of.opened_at is None or (line is not None and line.check_of_id != of.pk):
            faults.append(Fault("line", "check-no-line"))
        with override(of.language):
            about = line_label(line) if line else ""
    refuse(faults)
    same = Claim.objects.filter(post__text=text.strip(), **columns).first()
    if same is not None:
        return same
    try:
        throttle.take(CLAIM_LIMIT, address, at=at)
    except throttle.Throttled as error:
        raise InvalidData([Fault("text", "too-often", {"most": CLAIM_LIMIT.most})]) from error
    waits = bool(text_warnings(f"{name} {text}"))
    because = AwaitsModeration.WAITS.value
    with transaction.atomic():
        post = Post(
            kind=kind,
            record_id=of.public_id,
            text=text.strip(),
            language=language,
            author=actor.user,
            author_name=name.strip(),
            at=at,
            hidden_at=at if waits else None,
            hidden_because=because if waits else "",
        )
        save_post(post, "write", actor=actor)
        if waits:
            Report.objects.create(post=post, reason=because, at=at)
        made = Claim.objects.create(post=post, **columns | {"about": about})
        _NOTES[kind](made, "challenge", actor=actor, at=at)
    return made


def answer_claim(
    claim: Claim, *, result: str, answer: str, actor: audit.Actor, at: dt.datetime
) -> Claim:
    """Answer for the city, once: what it does, and why. Raises InvalidData, NotAllowed."""
    faults = choice_faults("result", result, ClaimResult.values)
    faults += text_faults("answer", answer, required=True, longest=LONGEST_ANSWER)
    with transaction.atomic():
        rows = Claim.objects.select_for_update(of=("self",))
        current = rows.select_related(
            "post", "check_of__organisation__city", "area_set__organisation__city"
        ).get(pk=claim.pk)
        if not rules.may_edit(actor, current.of):
            raise NotAllowed(_("You need to be an editor of the city’s municipality to do this."))
        if current.answered_at is not None:
            faults.append(Fault("answer", "check-answered"))
        refuse(faults)
        current.result, current.answer = result, answer.strip()
        current.answered_at, current.answered_by = at, actor.user
        current.save()
        _NOTES[DiscussedKind(current.post.kind)](current, "answer", actor=actor, at=at)
        if current.check_of is not None:
            save_method_use(current.check_of, at=at)
    return current
