"""Fairness checks: the proposal, the table, testimonies, a waiver, publication."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Concatenate, ParamSpec

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.analysis.engagement import share_of
from alliance.cases.enums import MethodMeasure
from alliance.cases.models import Method
from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed, refuse
from alliance.core.made_before import made_before
from alliance.equity import rules
from alliance.equity.enums import Action, By, ClaimResult, Doubt, ExposureKind, HeardIn, Side
from alliance.equity.models import (
    AreaSet,
    CheckLine,
    DistributionCheck,
    Exposure,
    Mitigation,
    Testimony,
)
from alliance.equity.questions import questions_of
from alliance.evidence.services.method_results import Use, as_measure, drop_result, save_result
from alliance.network.enums import Language
from alliance.network.localise import code_of
from alliance.network.models import Organisation
from alliance.network.needs_offers_rules import city_of, speaks_for_city
from alliance.network.text_checks import choice_faults, text_faults
from alliance.participation.models import Process

_note = audit.noting("check")
LONGEST_TITLE, LONGEST_SUMMARY, LONGEST_ANSWER = 160, 2_000, 2_000
LONGEST_WHO, LONGEST_WHAT, LONGEST_UNIT, LONGEST_SOURCE = 120, 300, 40, 200
LONGEST_MITIGATION, LONGEST_THEME, LONGEST_HEARD = 500, 80, 4_000
MOST_LINES, MOST_MITIGATIONS = 60, 20
#: The methods of the catalogue that a check uses: with figures of areas, and without.
BY_FIGURES, BY_WORDS = "distributional-analysis", "equity-impact-questions"
#: How many areas at each end are proposed for the table.
MOST_AREAS = 3
#: How many years after consent a testimony may be stored at most.
MOST_YEARS = 10

Rest = ParamSpec("Rest")


@dataclass(frozen=True)
class About:
    """What the city wants to do, and when it decides."""

    title: str
    language: str
    summary: str
    action: str
    decided_on: dt.date | None = None
    area_set: AreaSet | None = None
    process: Process | None = None


@dataclass(frozen=True)
class LineData:
    """A row of the table. `number` is that of the existing line, None for a new one."""

    side: str
    by: str
    who: str
    what: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    doubt: str = ""
    source: str = ""
    number: int | None = None


@dataclass(frozen=True)
class MitigationData:
    """A mitigation for those who would pay."""

    text: str
    owner: str = ""
    due_on: dt.date | None = None


@dataclass(frozen=True)
class Heard:
    """A testimony as entered."""

    kind: str
    who: str
    place: str
    theme: str
    text: str
    language: str
    heard_on: dt.date | None
    consented_on: dt.date | None
    keep_until: dt.date | None


def _about_faults(about: About, organisation: Organisation) -> list[Fault]:
    faults = text_faults("title", about.title, required=True, longest=LONGEST_TITLE)
    faults += text_faults("summary", about.summary, required=True, longest=LONGEST_SUMMARY)
    faults += choice_faults("action", about.action, Action.values)
    faults += choice_faults("language", about.language, Language.values)
    for name, there in (("area_set", about.area_set), ("process", about.process)):
        if there is not None and there.organisation_id != organisation.pk:
            faults.append(Fault(name, "check-of-other-city"))
    return faults


def start_check(
    organisation: Organisation,
    about: About,
    *,
    subject: tuple[str, str] = ("", ""),
    actor: audit.Actor,
    at: dt.datetime,
    is_synthetic: bool = False,
) -> DistributionCheck:
    """Create a check of a city, which only its team can read until it is published; a form that is
    sent twice creates one.

    `subject`: kind and public id of the solution or case behind it. Raises InvalidData, NotAllowed.
    """
    if not speaks_for_city(organisation) or not rules.may_edit_for(actor, organisation):
        raise NotAllowed(_("You need to be an editor of the city’s municipality to do this."))
    refuse(_about_faults(about, organisation))
    with transaction.atomic():
        # Two copies of a form that arrive at once wait for each other here.
        Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=organisation.pk)
        made = DistributionCheck(
            organisation=organisation,
            city=city_of(organisation),
            subject_kind=subject[0],
            subject_id=subject[1],
            made_by=actor.user,
            made_at=at,
            changed_at=at,
            is_synthetic=is_synthetic,
            **_columns(about),
        )
        made.full_clean(validate_constraints=False, exclude=["organisation", "city"])
        if (before := made_before(made, at=at)) is not None:
            return before
        made.save()
        _note(made, "start", actor=actor, at=at)
    return made


def _columns(about: About) -> dict[str, Any]:
    texts = {"title": about.title.strip(), "summary": about.summary.strip()}
    names = ("language", "action", "decided_on", "area_set", "process")
    return texts | {name: getattr(about, name) for name in names}


def _locked(check: DistributionCheck, actor: audit.Actor) -> DistributionCheck:
    """The check as it is now, locked, if the actor may change it. Raises NotAllowed."""
    rows = DistributionCheck.objects.select_for_update(of=("self",))
    current = rows.select_related("organisation__city", "city").get(pk=check.pk)
    if not rules.may_edit(actor, current):
        raise NotAllowed(_("You need to be an editor of the city’s municipality to do this."))
    return current


def parts_of(check: DistributionCheck) -> rules.Parts:
    """The parts of a check. Three queries unless they were prefetched."""
    return rules.Parts(
        by=frozenset(line.by for line in check.lines.all()),
        n_mitigations=len(check.mitigations.all()),
        n_heard=len(check.heard.all()),
        has_no_figures=bool(check.no_figures),
        is_waived=check.is_waived,
        is_open=check.opened_at is not None,
    )


def _settle(check: DistributionCheck, at: dt.datetime) -> None:
    """Update since when nothing is missing, and save."""
    is_ready = not rules.missing_in(parts_of(check))
    check.ready_at = (check.ready_at or at) if is_ready else None
    check.changed_at = at
    check.save()
    save_method_use(check, at=at)


def save_method_use(check: DistributionCheck, *, at: dt.datetime) -> None:
    """Store a complete check as a use of its method, with those of other cities."""
    name = BY_WORDS if check.no_figures else BY_FIGURES
    method = Method.objects.filter(public_id=name).first()
    if check.ready_at is None or check.is_waived or method is None:
        drop_result("check", check.public_id)
        return
    asked = questions_of(check.action)
    measures = {
        MethodMeasure.ANSWERED: share_of(
            sum(question.code in check.answers for question in asked), len(asked)
        )
    }
    results = list(
        check.claims.filter(answered_at__isnull=False, post__hidden_at=None).values_list(
            "result", flat=True
        )
    )
    if results:
        n_changed = sum(result != ClaimResult.UNCHANGED for result in results)
        measures[MethodMeasure.CHANGED] = share_of(n_changed, len(results))
    use = Use(
        "check",
        check.public_id,
        check.city,
        check.title,
        check.language,
        check.ready_at.date(),
        check.is_synthetic,
    )
    save_result(
        method,
        use,
        [as_measure(name, share) for name, share in measures.items()],
        actor=audit.Actor("fairness check", is_system=True),
        at=at,
    )


def _changing(
    verb: str,
) -> Callable[
    [Callable[Concatenate[DistributionCheck, Rest], None]],
    Callable[Concatenate[DistributionCheck, Rest], DistributionCheck],
]:
    """Decorate a service that changes a check: lock it, update its state and add an audit entry."""

    def wrap(
        change: Callable[Concatenate[DistributionCheck, Rest], None],
    ) -> Callable[Concatenate[DistributionCheck, Rest], DistributionCheck]:
        def act(
            check: DistributionCheck, *args: Rest.args, **kwargs: Rest.kwargs
        ) -> DistributionCheck:
            actor: Any = kwargs["actor"]
            at: Any = kwargs["at"]
            with transaction.atomic():
                current = _locked(check, actor)
                change(current, *args, **kwargs)
                _settle(current, at)
                _note(current, verb, actor=actor, at=at)
            return current

        act.__doc__ = change.__doc__
        act.__name__ = change.__name__
        return act

    return wrap


@_changing("change")
def change_check(
    check: DistributionCheck, about: About, *, actor: audit.Actor, at: dt.datetime
) -> None:
    """Change what the city wants to do. Raises InvalidData, NotAllowed."""
    refuse(_about_faults(about, check.organisation))
    for name, value in _columns(about).items():
        setattr(check, name, value)


@_changing("answer questions")
def answer_questions(
    check: DistributionCheck, answers: Mapping[str, str], *, actor: audit.Actor, at: dt.datetime
) -> None:
    """Save answers to questions, by code; empty ones are open. Answers to questions of another kind
    of action stay. Raises InvalidData naming codes, NotAllowed."""
    asked = {question.code for question in questions_of(check.action)}
    relevant = {code: text for code, text in answers.items() if code in asked}
    faults: list[Fault] = []
    for code, text in relevant.items():
        faults += text_faults(code, text, longest=LONGEST_ANSWER)
    refuse(faults)
    merged = check.answers | {code: text.strip() for code, text in relevant.items()}
    check.answers = {code: text for code, text in merged.items() if text}


@_changing("table")
def write_table(
    check: DistributionCheck,
    *,
    lines: Sequence[LineData],
    mitigations: Sequence[MitigationData],
    no_figures: str = "",
    actor: audit.Actor,
    at: dt.datetime,
) -> None:
    """Save who gains, who pays and the mitigations; omitted rows are deleted.

    `no_figures`: why there are no figures of small areas. Raises InvalidData naming rows,
    NotAllowed.
    """
    faults = text_faults("no_figures", no_figures, longest=LONGEST_ANSWER)
    for name, rows, most in (
        ("lines", lines, MOST_LINES),
        ("mitigations", mitigations, MOST_MITIGATIONS),
    ):
        if len(rows) > most:
            faults.append(Fault(name, "too-many", {"most": most}))
    for place, line in enumerate(lines):
        faults += _line_faults(f"lines[{place}]", line)
    for place, mitigation in enumerate(mitigations):
        where = f"mitigations[{place}]"
        faults += text_faults(
            f"{where}.text", mitigation.text, required=True, longest=LONGEST_MITIGATION
        )
        faults += text_faults(f"{where}.owner", mitigation.owner, longest=LONGEST_WHO)
    refuse(faults)
    check.no_figures = no_figures.strip()
    _write_lines(check, lines)
    check.mitigations.all().delete()
    Mitigation.objects.bulk_create(
        Mitigation(
            check_of=check,
            number=number,
            text=mitigation.text.strip(),
            owner=mitigation.owner.strip(),
            due_on=mitigation.due_on,
        )
        for number, mitigation in enumerate(mitigations, start=1)
    )


def propose_lines(
    check: DistributionCheck, exposure: Exposure, *, actor: audit.Actor, at: dt.datetime
) -> DistributionCheck:
    """Add rows from a figure of the areas about the change or cost of an action: each group with
    its mean and interval, and the areas with the most to gain and to pay.

    Rows about the same are replaced, others stay. Raises InvalidData, NotAllowed.
    """
    areas = check.area_set
    if areas is None or exposure.area_set_id != areas.pk:
        raise InvalidData([Fault("exposure", "check-of-other-city")])
    if exposure.is_level:
        raise InvalidData([Fault("exposure", "check-only-levels")])
    measured = areas.measured.get("exposures", {}).get(exposure.public_id, {})
    if not measured.get("groups"):
        raise InvalidData([Fault("exposure", "check-not-measured")])
    proposed = [*_of_groups(areas, exposure, measured["groups"]), *_of_areas(areas, exposure)]
    lines = {(line.by, line.who, line.what): line for line in map(words_of, check.lines.all())}
    for line in proposed:
        present = lines.get((line.by, line.who, line.what))
        lines[line.by, line.who, line.what] = replace(
            line, number=present.number if present else None
        )
    return write_table(
        check,
        lines=list(lines.values()),
        mitigations=[
            MitigationData(mitigation.text, mitigation.owner, mitigation.due_on)
            for mitigation in check.mitigations.all()
        ],
        no_figures=check.no_figures,
        actor=actor,
        at=at,
    )


def words_of(line: CheckLine) -> LineData:
    """A line as input of `write_table`."""
    return LineData(**{name: getattr(line, name) for name in LineData.__dataclass_fields__})


def _shared(exposure: Exposure, value: float) -> dict[str, Any]:
    """What all rows about a change have in common: less of a burden is a gain."""
    is_gain = (value < 0) == (exposure.kind == ExposureKind.BURDEN)
    return {
        "side": (Side.GAIN if is_gain else Side.COST).value,
        "what": exposure.name,
        "value": _three_digits(value),
        "unit": exposure.unit,
        "source": f"{exposure.source}, {exposure.year}"[:LONGEST_SOURCE],
    }


def _three_digits(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.3g}")


def _of_groups(
    areas: AreaSet, exposure: Exposure, measured: Sequence[Mapping[str, Any]]
) -> Iterator[LineData]:
    names = {
        group.public_id: group.name for group in areas.groups.defer("values", "margins", "hidden")
    }
    for each in measured:
        value, (low, high) = each["mean"], each["interval"]
        if value and each["group"] in names:
            yield LineData(
                by=By.GROUP.value,
                who=names[each["group"]],
                low=_three_digits(low),
                high=_three_digits(high),
                doubt="" if low is not None else Doubt.NO_RANGE.value,
                **_shared(exposure, value),
            )


def _of_areas(areas: AreaSet, exposure: Exposure) -> Iterator[LineData]:
    """The areas with the largest change for the worse and for the better."""
    known = sorted(
        (value, number) for number, value in enumerate(exposure.values) if value is not None
    )
    # If all areas change one way, those that change least do not represent the other.
    most = [pair for pair in known[:MOST_AREAS] if pair[0] < 0]
    most += [pair for pair in known[-MOST_AREAS:] if pair[0] > 0]
    chosen = {number: value for value, number in most}
    for area in areas.areas.filter(number__in=chosen).defer("shape", "outline"):
        yield LineData(
            by=By.AREA.value,
            who=str(area)[:LONGEST_WHO],
            doubt=Doubt.SINGLE_VALUE.value,
            **_shared(exposure, chosen[area.number]),
        )


def _line_faults(where: str, line: LineData) -> list[Fault]:
    faults = choice_faults(f"{where}.side", line.side, Side.values)
    faults += choice_faults(f"{where}.by", line.by, By.values)
    for name, longest in (("who", LONGEST_WHO), ("what", LONGEST_WHAT)):
        faults += text_faults(
            f"{where}.{name}", getattr(line, name), required=True, longest=longest
        )
    for name, longest in (
        ("unit", LONGEST_UNIT),
        ("doubt", LONGEST_WHAT),
        ("source", LONGEST_SOURCE),
    ):
        faults += text_faults(f"{where}.{name}", getattr(line, name), longest=longest)
    known = [value for value in (line.low, line.value, line.high) if value is not None]
    if known != sorted(known):
        faults.append(Fault(f"{where}.low", "check-range"))
    if line.value is None:
        if line.low is not None or line.high is not None:
            faults.append(Fault(f"{where}.value", "missing"))
    elif line.low is None and line.high is None and not line.doubt.strip():
        faults.append(Fault(f"{where}.doubt", "check-doubt"))
    return faults


def _write_lines(check: DistributionCheck, lines: Sequence[LineData]) -> None:
    """Save lines with stable numbers, because challenges refer to them."""
    present = {line.number: line for line in check.lines.all()}
    free = max(present, default=0)
    used_numbers: set[int] = set()
    for words in lines:
        line = present.get(words.number or 0)
        if line is None or line.number in used_numbers:
            free += 1
            line = CheckLine(check_of=check, number=free)
        used_numbers.add(line.number)
        for name in ("side", "by", "value", "low", "high"):
            setattr(line, name, getattr(words, name))
        for name in ("who", "what", "unit", "doubt", "source"):
            setattr(line, name, getattr(words, name).strip())
        line.doubt = code_of(Doubt, line.doubt)
        line.save()
    check.lines.exclude(number__in=used_numbers).delete()


@_changing("waive")
def sign_waiver(
    check: DistributionCheck, *, role: str, because: str, actor: audit.Actor, at: dt.datetime
) -> None:
    """Sign, in a public role, that the city goes on without a table.

    Only people can. With both empty the waiver is withdrawn. Raises InvalidData, NotAllowed.
    """
    if actor.user is None:
        raise NotAllowed(_("A waiver must be signed by a person, not by a program."))
    signs = bool(role.strip() or because.strip()) or not check.is_waived
    faults = text_faults("role", role, required=signs, longest=LONGEST_WHO)
    faults += text_faults("because", because, required=signs, longest=LONGEST_ANSWER)
    refuse(faults)
    check.waived_role, check.waived_because = role.strip(), because.strip()
    check.waived_at = at if signs else None
    check.waived_by = actor.user if signs else None


@_changing("publish")
def publish_check(check: DistributionCheck, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Publish the check, so that everybody may read and challenge it. Raises NotAllowed."""
    check.opened_at = check.opened_at or at


def _heard_faults(heard: Heard, at: dt.datetime) -> list[Fault]:
    faults = choice_faults("kind", heard.kind, HeardIn.values)
    faults += choice_faults("language", heard.language, Language.values)
    faults += text_faults("who", heard.who, required=True, longest=LONGEST_WHO)
    faults += text_faults("place", heard.place, longest=LONGEST_WHO)
    faults += text_faults("theme", heard.theme, longest=LONGEST_THEME)
    faults += text_faults("text", heard.text, required=True, longest=LONGEST_HEARD)
    for name in ("heard_on", "consented_on", "keep_until"):
        if getattr(heard, name) is None:
            faults.append(Fault(name, "missing"))
    for name in ("heard_on", "consented_on"):
        day = getattr(heard, name)
        if day is not None and day > at.date():
            faults.append(Fault(name, "check-not-yet"))
    since, until = heard.consented_on, heard.keep_until
    if since and until:
        last = since + dt.timedelta(days=365 * MOST_YEARS + 3)
        if not at.date() < until <= last:
            faults.append(Fault("keep_until", "check-keep", {"years": MOST_YEARS}))
    return faults


@_changing("hear")
def hear(
    check: DistributionCheck,
    heard: Heard,
    *,
    testimony: Testimony | None = None,
    actor: audit.Actor,
    at: dt.datetime,
) -> None:
    """Add a testimony, or change it, for example after consent to more years.

    Raises InvalidData, NotAllowed.
    """
    faults = _heard_faults(heard, at)
    if testimony is not None and testimony.forgotten_at is not None:
        faults.append(Fault("text", "check-forgotten"))
    refuse(faults)
    row = testimony or Testimony(check_of=check, made_by=actor.user, made_at=at)
    for name in ("kind", "language", "heard_on", "consented_on", "keep_until"):
        setattr(row, name, getattr(heard, name))
    for name in ("who", "place", "theme", "text"):
        setattr(row, name, getattr(heard, name).strip())
    row.save()


def forget_testimony(testimony: Testimony, *, actor: audit.Actor, at: dt.datetime) -> Testimony:
    """Delete the words of a testimony; the fact that there was one stays. Raises NotAllowed."""
    with transaction.atomic():
        check = _locked(testimony.check_of, actor)
        _forget([testimony], at)
        _note(check, "forget testimony", actor=actor, at=at)
    return testimony


def forget_due(*, at: dt.datetime) -> int:
    """Delete the words of testimonies whose last day is over; returns their number."""
    due = Testimony.objects.filter(forgotten_at=None, keep_until__lt=at.date())
    with transaction.atomic():
        rows = list(due.select_related("check_of").select_for_update(of=("self",)))
        _forget(rows, at)
        for check in {row.check_of for row in rows}:
            _note(check, "forget testimony", actor=audit.WORKER, at=at)
    return len(rows)


def _forget(rows: Sequence[Testimony], at: dt.datetime) -> None:
    for row in rows:
        row.text = row.who = row.place = ""
        row.forgotten_at = row.forgotten_at or at
        row.save(update_fields=["text", "who", "place", "forgotten_at"])
