"""Events outside of the platform, and links that teams state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from alliance.adoption import rules
from alliance.adoption.enums import Key, Kind, StepKind
from alliance.adoption.models import Link, Step, Tie
from alliance.adoption.rules import PAIRS, kinds_beside
from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed, refuse
from alliance.network import needs_offers_rules
from alliance.network.enums import Language
from alliance.network.models import Organisation
from alliance.network.text_checks import choice_faults, text_faults

LONGEST_TITLE, LONGEST_TEXT, LONGEST_REASON, LONGEST_ADDRESS = 160, 3_000, 300, 500
#: No city record is older; an earlier year is a typing error.
FIRST_YEAR = 1900
STEP, LINK = "thread step", "thread link"


class Place(Protocol):
    """A city of a record."""

    @property
    def public_id(self) -> str: ...


class Thing(Protocol):
    """The properties of an end that a link needs. `hides_city`: its city is hidden."""

    @property
    def kind(self) -> str: ...

    @property
    def key(self) -> Key: ...

    @property
    def hides_city(self) -> bool: ...

    @property
    def cities(self) -> tuple[Place, ...]: ...


@dataclass(frozen=True)
class StepData:
    """The fields of a step that a team enters. `expected_by` is only for decisions."""

    kind: str
    title: str
    text: str
    language: str
    happened_on: dt.date | None
    url: str = ""
    expected_by: dt.date | None = None


# -- steps -----------------------------------------------------------------------------------


def record_step(
    organisation: Organisation, words: StepData, *, actor: audit.Actor, at: dt.datetime
) -> Step:
    """Records a proposal, decision or workshop of the team's city. The same content again returns
    the existing step. Raises InvalidData, NotAllowed.
    """
    _may_speak(actor, organisation)
    _refuse(_step_faults(words, at))
    day = words.happened_on
    assert day is not None
    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        same = Step.objects.filter(
            organisation=organisation,
            kind=words.kind,
            title=words.title.strip(),
            happened_on=day,
        ).first()
        step = same or Step(
            organisation=organisation,
            city=needs_offers_rules.city_of(organisation),
            kind=words.kind,
            stated_by=actor.user,
            stated_at=at,
        )
        return _write(step, words, actor=actor, at=at)


def change_step(step: Step, words: StepData, *, actor: audit.Actor, at: dt.datetime) -> Step:
    """Changes a step except for its kind. Raises InvalidData, NotAllowed."""
    _may_change(actor, step)
    faults = _step_faults(words, at)
    if words.kind != step.kind:
        faults.append(Fault("kind", "stays"))
    _refuse(faults)
    with transaction.atomic():
        current = Step.objects.select_for_update(of=("self",)).get(pk=step.pk)
        return _write(current, words, actor=actor, at=at)


def remove_step(step: Step, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Removes a step with its stated links. Raises NotAllowed."""
    _may_change(actor, step)
    key = (step.kind, step.public_id)
    with transaction.atomic():
        _rows, by_model = Link.objects.filter(_at_end(key)).delete()
        step.delete()
        _note(actor, at, "remove", STEP, key[1], organisation=step.organisation,
              links=by_model.get(Link._meta.label, 0))  # fmt: skip


def _at_end(key: Key) -> Q:
    kind, public_id = key
    return Q(first_kind=kind, first_id=public_id) | Q(second_kind=kind, second_id=public_id)


def _write(step: Step, words: StepData, *, actor: audit.Actor, at: dt.datetime) -> Step:
    verb = "update" if step.pk else "create"
    values = {
        "title": words.title.strip(),
        "text": words.text.strip(),
        "language": words.language,
        "happened_on": words.happened_on,
        "url": words.url.strip(),
        "expected_by": words.expected_by,
    }
    changed = sorted(name for name, value in values.items() if getattr(step, name) != value)
    if not changed:
        return step
    for name, value in values.items():
        setattr(step, name, value)
    step.changed_at = at
    step.full_clean(validate_constraints=False)
    step.save()
    _note(actor, at, verb, STEP, step.public_id, organisation=step.organisation, changed=changed)
    return step


def _step_faults(words: StepData, at: dt.datetime) -> list[Fault]:
    faults = choice_faults("kind", words.kind, StepKind.values)
    faults += text_faults("title", words.title, required=True, longest=LONGEST_TITLE)
    faults += text_faults("text", words.text, longest=LONGEST_TEXT)
    faults += choice_faults("language", words.language, Language.values)
    return [*faults, *_day_faults(words, at.date()), *address_faults(words.url.strip())]


def _day_faults(words: StepData, today: dt.date) -> Iterator[Fault]:
    day, by = words.happened_on, words.expected_by
    if day is None:
        yield Fault("happened_on", "missing")
    elif day.year < FIRST_YEAR:
        yield Fault("happened_on", "too-early", {"year": FIRST_YEAR})
    elif words.kind != StepKind.WORKSHOP and day > today:
        yield Fault("happened_on", "still-to-come")
    if by is not None and words.kind != StepKind.DECISION:
        yield Fault("expected_by", "only-decisions")
    elif by is not None and day is not None and by < day:
        yield Fault("expected_by", "before-decision")


def address_faults(url: str) -> Iterator[Fault]:
    """Faults of a web address at `url`; none for an empty one."""
    if not url:
        return
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        host, parts = None, urlsplit("")
    if parts.scheme != "https" or not host or parts.username is not None:
        yield Fault("url", "not-https-address")
    elif len(url) > LONGEST_ADDRESS:
        yield Fault("url", "long-address", {"most": LONGEST_ADDRESS})
    elif any(sign.isspace() for sign in url):
        yield Fault("url", "not-an-address", {"value": url})
    else:
        yield from text_faults("url", url)


# -- links -----------------------------------------------------------------------------------


def state_link(
    organisation: Organisation,
    here: Key,
    there: Key,
    *,
    seen: Mapping[Key, Thing],
    reason: str,
    language: str,
    actor: audit.Actor,
    at: dt.datetime,
) -> Link:
    """States a link between two records, in either order. One of them must be of the team's city.

    `seen` has those of the two that the actor may see; any other is reported as missing. Raises
    InvalidData naming `here`, `there`, `reason` or `language`, NotAllowed.
    """
    _may_speak(actor, organisation)
    faults = _reason_faults(reason, language)
    faults += [
        Fault(name, "not-seen")
        for name, key in (("here", here), ("there", there))
        if key not in seen
    ]
    if not faults:
        faults += _pair_faults(organisation, seen[here], seen[there], actor)
    _refuse(faults)
    first, second = (here, there) if (here[0], there[0]) in PAIRS else (there, here)
    link = Link(
        organisation=organisation,
        first_kind=first[0],
        first_id=first[1],
        second_kind=second[0],
        second_id=second[1],
        reason=reason.strip(),
        language=language,
        stated_by=actor.user,
        stated_at=at,
        changed_at=at,
    )
    link.full_clean(validate_constraints=False, validate_unique=False)
    try:
        with transaction.atomic():
            link.save()
            ends = (*first, *second, PAIRS[first[0], second[0]].value)
            Tie.of(ends, day=at.date(), is_public=True, link=link).save()
            _note(
                actor, at, "create", LINK, link.public_id, organisation=organisation,
                first=" ".join(first), second=" ".join(second),
            )  # fmt: skip
    except IntegrityError as error:
        raise InvalidData([Fault("there", "linked-already")]) from error
    return link


def change_link(
    link: Link, *, reason: str, language: str, actor: audit.Actor, at: dt.datetime
) -> Link:
    """Changes the reason of a link. Raises InvalidData, NotAllowed."""
    _may_change(actor, link)
    _refuse(_reason_faults(reason, language))
    with transaction.atomic():
        current = Link.objects.select_for_update(of=("self",)).get(pk=link.pk)
        if (current.reason, current.language) == (reason.strip(), language):
            return current
        current.reason, current.language, current.changed_at = reason.strip(), language, at
        current.full_clean(validate_constraints=False, validate_unique=False)
        current.save()
        _note(actor, at, "update", LINK, current.public_id, organisation=link.organisation)
    return current


def remove_link(link: Link, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Removes a link. Raises NotAllowed."""
    _may_change(actor, link)
    public_id = link.public_id
    with transaction.atomic():
        link.delete()
        _note(actor, at, "remove", LINK, public_id, organisation=link.organisation)


def _reason_faults(reason: str, language: str) -> list[Fault]:
    faults = text_faults("reason", reason, required=True, longest=LONGEST_REASON)
    faults += choice_faults("language", language, Language.values)
    return faults


def _pair_faults(
    organisation: Organisation, here: Thing, there: Thing, actor: audit.Actor
) -> Iterator[Fault]:
    if here.key == there.key:
        yield Fault("there", "link-to-itself")
        return
    if (here.kind, there.kind) not in PAIRS and (there.kind, here.kind) not in PAIRS:
        kinds = [Kind(kind).label for kind in kinds_beside(here.kind)]
        yield Fault("there", "not-linkable", {"kinds": kinds})
        return
    for name, node in (("here", here), ("there", there)):
        if node.hides_city:
            yield Fault(name, "link-tells-city")
    city = needs_offers_rules.city_of(organisation).public_id
    cities = {linked_city.public_id for linked_city in (*here.cities, *there.cities)}
    if city not in cities and not actor.elevated:
        yield Fault("there", "not-your-city")


# -- shared by both --------------------------------------------------------------------------


def _refuse(faults: list[Fault]) -> None:
    refuse(faults)


def _may_speak(actor: audit.Actor, organisation: Organisation) -> None:
    if not needs_offers_rules.may_speak_for(actor, organisation):
        raise NotAllowed(_("You need to be an editor of the municipality to act for the city."))


def _may_change(actor: audit.Actor, record: Step | Link) -> None:
    if not rules.may_change(actor, record):
        raise NotAllowed(
            _("Only editors of the city’s municipality and the secretariat can change this.")
        )


def _note(
    actor: audit.Actor,
    at: dt.datetime,
    verb: str,
    kind: str,
    public_id: str,
    *,
    organisation: Organisation,
    **details: object,
) -> None:
    audit.record(
        kind, public_id, verb, actor=actor, at=at, organisation=organisation.public_id, **details
    )
