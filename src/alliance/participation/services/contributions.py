"""Contributions of residents, online or on paper, and their support."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from alliance.core import audit, throttle
from alliance.core.clock import hour_of
from alliance.core.errors import Fault, InvalidData, NotAllowed, refuse
from alliance.network.enums import DiscussedKind, Language
from alliance.network.models import Post
from alliance.network.text_checks import choice_faults, text_faults
from alliance.participation import places, rules
from alliance.participation.enums import (
    Author,
    Channel,
    ContributionKind,
    ProcessKind,
    ProcessState,
)
from alliance.participation.models import Contribution, Participant, Process, Support
from alliance.participation.panels import cells_of, is_closed
from alliance.participation.services.processes import locked

KIND = "contribution"
RESIDENT = audit.Actor("resident")
#: The maximum length of a contribution by kind, in characters; for statements see the process.
LONGEST = {
    ContributionKind.PROPOSAL.value: 3_000,
    ContributionKind.COMMENT.value: 1_000,
    ContributionKind.ANSWER.value: 2_000,
}
#: The contributions of residents by kind of process, besides comments; proposals in all others.
WRITTEN = {
    ProcessKind.DIALOGUE.value: ContributionKind.STATEMENT.value,
    ProcessKind.SURVEY.value: ContributionKind.ANSWER.value,
    # They comment on the paragraphs of the city.
    ProcessKind.TEXT.value: ContributionKind.COMMENT.value,
}
LONGEST_TITLE = LONGEST_PLACE = 160
#: How many statements a city can add at once.
MOST_LINES = 100
CONTRIBUTION_LIMIT = throttle.Limit("contribute", most=20, window=dt.timedelta(days=1))
#: How many contributions one network address may submit, whatever its cookies.
ADDRESS_LIMIT = throttle.Limit("contribute-from", most=200, window=dt.timedelta(hours=1))
#: How long after the end paper forms that arrived on time can be entered.
TYPING_IN = dt.timedelta(days=14)


@dataclass(frozen=True)
class ContributionData:
    """A contribution as submitted. `parent`: the proposal that a comment is about; `place`: an
    address, a name or degrees; `drawn`: the point of a proposal on a map, as GeoJSON."""

    text: str
    language: str
    kind: str = ContributionKind.STATEMENT
    title: str = ""
    place: str = ""
    parent: Contribution | None = None
    drawn: str = ""

    @property
    def point(self) -> Any:
        """The point on a map, or None. Raises NoPlace."""
        return places.geometry_of(self.drawn, places.POINT) or places.point_in_words(self.place)


def kind_of(process: Process) -> str:
    """The kind of contributions in a process, besides comments."""
    return WRITTEN.get(process.kind, ContributionKind.PROPOSAL.value)


def longest_of(process: Process, kind: str) -> int:
    """The maximum length of a contribution, in characters."""
    return LONGEST.get(kind, process.statement_length)


def _faults(process: Process, words: ContributionData) -> list[Fault]:
    kinds = (kind_of(process), ContributionKind.COMMENT.value)
    faults = choice_faults("kind", words.kind, kinds)
    longest = longest_of(process, words.kind)
    faults += text_faults("text", words.text, required=True, longest=longest)
    # The title of an answer is its question.
    needs_title = words.kind in (ContributionKind.PROPOSAL, ContributionKind.ANSWER)
    faults += text_faults("title", words.title, required=needs_title, longest=LONGEST_TITLE)
    faults += text_faults("place", words.place, longest=LONGEST_PLACE)
    faults += choice_faults("language", words.language, Language.values)
    if words.kind == ContributionKind.PROPOSAL:
        faults += point_faults(process, "place", lambda: words.point)
    parent = words.parent
    if (words.kind == ContributionKind.COMMENT) != (parent is not None) or (
        parent is not None and parent.process_id != process.pk
    ):
        faults.append(Fault("parent", "no-parent"))
    return faults


def point_faults(process: Process, where: str, read: Callable[[], Any]) -> list[Fault]:
    """The fault of a point that cannot be read, or lies in the sea or outside of the process."""
    try:
        point = read()
        cells = cells_of(process) if point is not None else []
        if cells:
            places.cells_of(point, cells)
    except places.NoPlace as error:
        return [Fault(where, error.code)]
    return []


def contribute(
    process: Process,
    participant: Participant,
    words: ContributionData,
    *,
    address: str = "",
    at: dt.datetime,
) -> Contribution:
    """Submit a resident's contribution; the same text of hers again returns the existing one, moved
    to its new place.

    `address`: the network address, for its limit. It is public at once, or after a moderator's
    approval (`Process.is_strict`, or if it looks like spam or contains personal data). Call it
    outside of a transaction. Raises InvalidData naming the fields.
    """
    refuse(_faults(process, words))
    present = _same(process, participant, words)
    if present is not None:
        _place_again(process, present, words, at)
        return present
    _take(participant, address, at)
    with transaction.atomic():
        current = locked(process)
        if not rules.takes_text(current, at):
            raise InvalidData([Fault("text", "takes-nothing-now")])
        waits = current.is_strict or bool(rules.warnings_of(words))
        return save(current, words, participant=participant, shown_at=None if waits else at, at=at)


def _same(
    process: Process, participant: Participant, words: ContributionData
) -> Contribution | None:
    rows = Contribution.objects.filter(process=process, participant=participant)
    rows = rows.filter(kind=words.kind, parent=words.parent, title=words.title.strip())
    return rows.filter(post__text=words.text.strip()).first()


def _place_again(
    process: Process, present: Contribution, words: ContributionData, at: dt.datetime
) -> None:
    """Move a proposal that is sent again with another place; a new name of the place waits for a
    moderator as a text would."""
    point = words.point if words.kind == ContributionKind.PROPOSAL else None
    if point is None or not rules.takes_text(process, at):
        return
    now: dict[str, Any] = {"latitude": point.y, "longitude": point.x, "place": words.place.strip()}
    if any(getattr(present, name) != value for name, value in now.items()):
        waits = process.is_strict or rules.text_warnings(now["place"])
        if waits and now["place"] not in ("", present.place):
            now["shown_at"] = None
        for name, value in now.items():
            setattr(present, name, value)
        with transaction.atomic():
            present.save(update_fields=list(now))
            audit.record(KIND, present.post, "update", actor=RESIDENT, at=hour_of(at))


def _take(participant: Participant, address: str, at: dt.datetime) -> None:
    for limit, key in ((CONTRIBUTION_LIMIT, participant.pk), (ADDRESS_LIMIT, address)):
        if key:
            try:
                throttle.take(limit, key, at=at)
            except throttle.Throttled as error:
                raise InvalidData([Fault("text", "too-often", {"most": limit.most})]) from error


def save(process: Process, words: ContributionData, **how: Any) -> Contribution:
    """Save a validated text; as `_save_all`, with its `author`."""
    (made,) = _save_all(process, [(words, how.pop("author", Author.RESIDENT))], **how)
    return made


def _save_all(
    process: Process,
    texts: Sequence[tuple[ContributionData, str]],
    *,
    participant: Participant | None,
    at: dt.datetime,
    shown_at: dt.datetime | None,
    channel: str = Channel.ONLINE,
    actor: audit.Actor = RESIDENT,
) -> list[Contribution]:
    """Save validated texts, each with its author, in a transaction that locks the process, so that
    numbers are consecutive."""
    last = Contribution.objects.filter(process=process).aggregate(n=Max("number"))["n"] or 0
    # For texts of the city the exact time is stored.
    at = at if participant is None else hour_of(at)
    posts = [
        Post(
            kind=DiscussedKind.PROCESS,
            record_id=process.public_id,
            text=words.text.strip(),
            language=words.language,
            at=at,
        )
        for words, _author in texts
    ]
    for post in posts:
        post.full_clean(validate_unique=False, validate_constraints=False)
    Post.objects.bulk_create(posts)
    made = []
    for post, (words, author) in zip(posts, texts, strict=True):
        is_statement = words.kind == ContributionKind.STATEMENT
        point = words.point if words.kind == ContributionKind.PROPOSAL else None
        last += is_statement
        made.append(
            Contribution(
                post=post,
                process=process,
                kind=words.kind,
                number=last if is_statement else None,
                participant=participant,
                author=author,
                channel=channel,
                title=words.title.strip(),
                place=words.place.strip(),
                latitude=point.y if point is not None else None,
                longitude=point.x if point is not None else None,
                parent=words.parent,
                shown_at=shown_at,
            )
        )
    Contribution.objects.bulk_create(made)
    details: dict[str, Any] = {"process": process.public_id, "channel": str(channel)}
    audit.record_all(KIND, posts, "write", actor=actor, at=at, **details)
    return made


def enter(
    process: Process,
    texts: Sequence[ContributionData],
    *,
    channel: str,
    traits: dict[str, str] | None = None,
    needs_text: bool = True,
    actor: audit.Actor,
    at: dt.datetime,
) -> Participant:
    """Enter the contributions of one person on paper, by phone or at a counter: one participant.

    They count like those online, and are marked. Forms can be entered until some days after the end
    of their phase. Without `needs_text` something else than a text may have been submitted. Raises
    InvalidData naming fields and rows, NotAllowed.
    """
    if not rules.may_enter(actor, process):
        raise NotAllowed(_("Only the city’s team can enter paper forms."))
    by_hand = [value for value in Channel.values if value != Channel.ONLINE]
    faults = choice_faults("channel", channel, by_hand)
    if needs_text and not texts:
        faults.append(Fault("texts", "form-empty"))
    for place, words in enumerate(texts):
        faults += [
            Fault(f"texts[{place}].{fault.where}", fault.code, fault.params)
            for fault in _faults(process, words)
        ]
    with transaction.atomic():
        current = locked(process)
        is_late = not rules.takes_paper(current, at, TYPING_IN, texts=bool(texts))
        if is_late or (texts and is_closed(current)):
            faults.append(Fault("channel", "takes-nothing-now"))
        refuse(faults)
        participant = Participant.objects.create(
            process=current,
            channel=channel,
            language=texts[0].language if texts else current.language,
            made_at=at,
            entered_by=actor.user,
            **(traits or {}),
        )
        for words in texts:
            # A member of the team has read it.
            save(
                current,
                words,
                participant=participant,
                at=at,
                shown_at=at,
                channel=channel,
                actor=actor,
            )
    return participant


def add_own(
    process: Process,
    words: ContributionData,
    *,
    author: str = Author.OFFICIAL,
    actor: audit.Actor,
    at: dt.datetime,
) -> Contribution:
    """Add a text of the city, a computer, or residents elsewhere, labelled as such, as a start.

    Raises InvalidData, NotAllowed.
    """
    (contribution,) = add_all_own(process, [(words, author)], actor=actor, at=at)
    return contribution


def add_all_own(
    process: Process,
    texts: Sequence[tuple[ContributionData, str]],
    *,
    actor: audit.Actor,
    at: dt.datetime,
) -> list[Contribution]:
    """As `add_own`, for many texts with their authors: all or nothing.

    Returns one contribution for each text: for a duplicate, the existing one.
    """
    if not rules.may_run(actor, process):
        raise NotAllowed(_("You need to be an editor of the city’s municipality to do this."))
    for words, author in texts:
        refuse(_faults(process, words) + choice_faults("author", author, Author.values))
    with transaction.atomic():
        current = locked(process)
        is_open = current.state in (ProcessState.DRAFT, ProcessState.OPEN)
        if not is_open or is_closed(current):
            raise InvalidData([Fault("text", "takes-nothing-now")])
        rows = Contribution.objects.filter(process=current, participant=None)
        there = {row.post.text: row for row in rows.select_related("post").order_by("-post_id")}
        new: dict[str, tuple[ContributionData, str]] = {}
        for entry in texts:
            new.setdefault(entry[0].text.strip(), entry)
        missing = [entry for text, entry in new.items() if text not in there]
        made = _save_all(current, missing, participant=None, at=at, shown_at=at, actor=actor)
        there |= {contribution.post.text: contribution for contribution in made}
    return [there[words.text.strip()] for words, _author in texts]


def add_lines(
    process: Process,
    lines: str,
    *,
    language: str,
    author: str,
    actor: audit.Actor,
    at: dt.datetime,
) -> list[Contribution]:
    """Add statements of the city, or of a computer, one per line: all or nothing.

    Existing ones are not added again. Raises InvalidData naming lines, NotAllowed.
    """
    texts = [line.strip() for line in lines.splitlines() if line.strip()]
    faults = [] if texts else [Fault("lines", "missing")]
    if len(texts) > MOST_LINES:
        faults.append(Fault("lines", "too-many", {"most": MOST_LINES}))
    for number, text in enumerate(texts[:MOST_LINES], start=1):
        for text_fault in text_faults("lines", text, longest=process.statement_length):
            faults.append(Fault("lines", "in-line", {"line": number, "what": text_fault}))
    refuse(faults)
    return add_all_own(
        process, [(ContributionData(text, language), author) for text in texts], actor=actor, at=at
    )


def support(
    contribution: Contribution, participant: Participant, *, yes: bool, at: dt.datetime
) -> None:
    """Support a proposal, once, or withdraw support. The audit trail gets no entry. Raises
    InvalidData."""
    process = Process.objects.prefetch_related("phases").get(pk=contribution.process_id)
    if contribution.kind != ContributionKind.PROPOSAL or not rules.takes_votes(process, at):
        raise InvalidData([Fault("support", "takes-nothing-now")])
    if yes:
        Support.objects.get_or_create(
            contribution=contribution, participant=participant, defaults={"at": at}
        )
    else:
        Support.objects.filter(contribution=contribution, participant=participant).delete()
