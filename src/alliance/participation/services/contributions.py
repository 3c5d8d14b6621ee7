"""What residents write, online or on paper, and what they support."""

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
#: The most characters of a contribution by its kind; that of a statement is its process's own.
LONGEST = {
    ContributionKind.PROPOSAL.value: 3_000,
    ContributionKind.COMMENT.value: 1_000,
    ContributionKind.ANSWER.value: 2_000,
}
#: What residents write by the kind of the process, beside comments; proposals in all others.
WRITTEN = {
    ProcessKind.DIALOGUE.value: ContributionKind.STATEMENT.value,
    ProcessKind.SURVEY.value: ContributionKind.ANSWER.value,
    # What they comment are the paragraphs of the city.
    ProcessKind.TEXT.value: ContributionKind.COMMENT.value,
}
LONGEST_TITLE = LONGEST_PLACE = 160
#: Statements that a city adds at once.
MOST_LINES = 100
CONTRIBUTION_LIMIT = throttle.Limit("contribute", most=20, window=dt.timedelta(days=1))
#: Whatever a cookie says: what one network address may send in.
ADDRESS_LIMIT = throttle.Limit("contribute-from", most=200, window=dt.timedelta(hours=1))
#: So long after the end, forms that came in on time are typed in.
TYPING_IN = dt.timedelta(days=14)


@dataclass(frozen=True)
class ContributionData:
    """A contribution as written. `parent`: the proposal that a comment is about; `place`: an
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
        """The point on a map, None for none. Raises NoPlace."""
        return places.geometry_of(self.drawn, places.POINT) or places.point_in_words(self.place)


def kind_of(process: Process) -> str:
    """What residents write in a process, beside comments."""
    return WRITTEN.get(process.kind, ContributionKind.PROPOSAL.value)


def longest_of(process: Process, kind: str) -> int:
    """The most characters of a contribution of a kind to a process."""
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
    """Take what a resident writes; the same of her again is what is there, at the place it has now.

    `address`: the network address, whose contributions are counted. Others read it at once, or when
    a moderator has said yes (`Process.is_strict`, or where it looks like spam or holds personal
    data). Call it outside of a transaction. Raises InvalidData naming the fields.
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
    """A proposal that is sent again with another place lies there from now on; a name of the place
    that nobody has read yet waits as a text would."""
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
    """Save one text that was checked; as `_save_all`, with its `author`."""
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
    """Save what was checked, each with its author, in a transaction that holds the process: numbers
    go up one by one."""
    last = Contribution.objects.filter(process=process).aggregate(n=Max("number"))["n"] or 0
    # Of what the city writes, every second is known.
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
    """Type in what one person sent on paper or said by phone or at a desk: one participant.

    It counts as what came in online, and is marked. Forms are typed in until some days after the
    end of their phase. Without `needs_text` something else than a text may be what came. Raises
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
            # Somebody of the team has read it.
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
    """Add what the city, a computer, or residents elsewhere wrote: labelled so, as a start.

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
    """As `add_own`, of many texts with who wrote each: all or nothing.

    Answers one contribution for each text: of the same words twice, the one that is there.
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
    """Add statements of the city, or of a computer, one a line: all or nothing.

    What stands there already is not added again. Raises InvalidData naming lines, NotAllowed.
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
    """Stand behind a proposal, once, or no longer. No act is noted. Raises InvalidData."""
    process = Process.objects.prefetch_related("phases").get(pk=contribution.process_id)
    if contribution.kind != ContributionKind.PROPOSAL or not rules.takes_votes(process, at):
        raise InvalidData([Fault("support", "takes-nothing-now")])
    if yes:
        Support.objects.get_or_create(
            contribution=contribution, participant=participant, defaults={"at": at}
        )
    else:
        Support.objects.filter(contribution=contribution, participant=participant).delete()
