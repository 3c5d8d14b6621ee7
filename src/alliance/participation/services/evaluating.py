"""Evaluation of a process: four measures with their intervals, stored as a result of its method."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from alliance.analysis import engagement
from alliance.analysis.errors import MethodError
from alliance.analysis.prices import ConvertedCost, convert_cost
from alliance.analysis.small_counts import TOTAL, hidden_cells, is_small
from alliance.cases.enums import MethodMeasure
from alliance.cases.models import Method
from alliance.core import audit
from alliance.core.errors import Fault, NotAllowed, refuse
from alliance.core.money import MoneyError, exponent, validate_currency
from alliance.core.prices import default_price_year, load_price_table
from alliance.evidence.messages.method_results import OWN_MEASURES
from alliance.evidence.models.method_results import SCALE
from alliance.evidence.services.method_results import Use, as_measure, drop_result, save_result
from alliance.network import needs_offers_rules
from alliance.network.enums import Language
from alliance.network.models import Organisation
from alliance.network.text_checks import choice_faults, text_faults
from alliance.participation import rules
from alliance.participation.enums import (
    AnswerOutcome,
    FirstTime,
    ProcessKind,
    ProcessState,
    PromiseKind,
    Trait,
)
from alliance.participation.models import Contribution, Evaluation, Issue, Process
from alliance.participation.panels import panels
from alliance.participation.services.census import CODES, read_counts, who_took_part
from alliance.web.formatting import day

_note = audit.noting("process")
#: How long after the end the use of contributions is evaluated.
TWELVE_MONTHS = dt.timedelta(days=365)
MOST_ANSWERS, MOST_PEOPLE = 10, 10_000_000
#: The method of a process whose city has named none, if it is in the catalogue.
METHOD_OF_KIND: Mapping[str, str] = {
    ProcessKind.DIALOGUE: "opinion-mapping-method",
    ProcessKind.PROPOSALS: "idea-platform",
    ProcessKind.BUDGET: "participatory-budget",
    ProcessKind.SURVEY: "resident-survey",
    ProcessKind.TEXT: "text-review-method",
    ProcessKind.CAMPAIGN: "public-commitment",
}


@dataclass(frozen=True)
class EvaluationData:
    """What staff know: the hours, costs, and answers to one question before and after."""

    hours: Decimal | None = None
    rate: Decimal | None = None
    other_costs: Decimal | None = None
    currency: str = ""
    question: str = ""
    before: Sequence[int] = ()
    after: Sequence[int] = ()


@dataclass(frozen=True)
class EventData:
    """An event held elsewhere. `table`: rows of trait, category, number of participants and of
    residents, as in `census`. `own_done` of `own_of`: the method's own measure."""

    title: str
    language: str
    ended_on: dt.date | None
    people: int | None
    table: str = ""
    first_yes: int | None = None
    first_no: int | None = None
    contributions: int | None = None
    acted_on: int | None = None
    own_of: int | None = None
    own_done: int | None = None


def _known_faults(known: EvaluationData) -> list[Fault]:
    faults = text_faults("question", known.question, longest=200)
    for name in ("hours", "rate", "other_costs"):
        value = getattr(known, name)
        if value is not None and value < 0:
            faults.append(Fault(name, "below", {"least": 0}))
    has_cost = known.other_costs is not None or known.hours is not None
    if has_cost:
        try:
            validate_currency(known.currency)
        except MoneyError:
            faults.append(Fault("currency", "no-currency"))
    if known.hours is not None and known.rate is None:
        faults.append(Fault("rate", "missing"))
    if known.before or known.after:
        if len(known.before) != len(known.after) or not 2 <= len(known.before) <= MOST_ANSWERS:
            faults.append(Fault("after", "same-answers"))
        elif any(
            is_small(sum(answers), settings.PRIVACY_FLOOR)
            for answers in (known.before, known.after)
        ):
            faults.append(Fault("before", "few-answers", {"least": settings.PRIVACY_FLOOR}))
        if not known.question.strip():
            faults.append(Fault("question", "missing"))
    return faults


def evaluate(
    process: Process, method: Method, known: EvaluationData, *, actor: audit.Actor, at: dt.datetime
) -> Evaluation:
    """Save the method of a process and what staff know. Raises InvalidData, NotAllowed."""
    if not rules.may_run(actor, process):
        raise NotAllowed(_("You need to be an editor of the city’s municipality to do this."))
    refuse(_known_faults(known))
    with transaction.atomic():
        made, _is_new = Evaluation.objects.update_or_create(
            process=process,
            defaults={
                "organisation": process.organisation,
                "method": method,
                "language": process.language,
                "made_by": actor.user,
                "changed_at": at,
                **_stored(known),
            },
        )
        _note(process, "evaluate", actor=actor, at=at, method=method.public_id)
        process.evaluation = made
        store_process_result(process, actor=actor, at=at)
    return made


def _stored(known: EvaluationData) -> dict[str, Any]:
    return asdict(known) | {"before": list(known.before), "after": list(known.after)}


def record(
    team: Organisation,
    method: Method,
    held: EventData,
    known: EvaluationData,
    *,
    of: Evaluation | None = None,
    actor: audit.Actor,
    at: dt.datetime,
) -> Evaluation:
    """Record a hearing or workshop held elsewhere, or change an existing record (`of`).

    Counts under the privacy floor may be entered; they are never shown. Raises InvalidData naming
    fields and lines, NotAllowed.
    """
    if not needs_offers_rules.may_speak_for(actor, team):
        raise NotAllowed(_("You need to be an editor of the municipality to act for the city."))
    faults = text_faults("title", held.title, required=True, longest=160)
    faults += choice_faults("language", held.language, Language.values)
    if held.ended_on is None:
        faults.append(Fault("ended_on", "missing"))
    elif held.ended_on > at.date():
        faults.append(Fault("ended_on", "not-ended"))
    if not held.people or held.people > MOST_PEOPLE:
        faults.append(Fault("people", "missing"))
    if (held.acted_on or 0) > (held.contributions or 0):
        faults.append(Fault("acted_on", "above", {"most": held.contributions or 0}))
    if held.own_of is not None and method.public_id not in OWN_MEASURES:
        faults.append(Fault("own_of", "no-own-measure"))
    if (held.own_done or 0) > (held.own_of or 0):
        faults.append(Fault("own_done", "above", {"most": held.own_of or 0}))
    if (held.first_yes or 0) + (held.first_no or 0) > (held.people or 0):
        faults.append(Fault("first_yes", "above", {"most": held.people or 0}))
    counts, of_table = _counts(held.table)
    refuse(faults + of_table + _known_faults(known))
    values = {name: value for name, value in asdict(held).items() if name != "table"}
    with transaction.atomic():
        made = of or Evaluation(organisation=team)
        for name, value in {**values, **_stored(known)}.items():
            setattr(made, name, value.strip() if isinstance(value, str) else value)
        made.method, made.counts = method, counts
        made.made_by_id, made.changed_at = actor.user.pk if actor.user else None, at
        made.full_clean(validate_constraints=False)
        made.save()
        audit.record("evaluation", made, "record", actor=actor, at=at, method=method.public_id)
        use = Use(
            "record",
            made.public_id,
            needs_offers_rules.city_of(team),
            made.title,
            made.language,
            held.ended_on or at.date(),
        )
        save_result(method, use, _of_record(made, at), actor=actor, at=at)
    return made


def _counts(table: str) -> tuple[dict[str, dict[str, list[int]]], list[Fault]]:
    """Participants and residents by trait and category, with the faults of rows."""
    if not table.strip():
        return {}, []
    counts, faults = read_counts(table, traits=CODES, numbers=2, shape="reach-line")
    by_trait: dict[str, dict[str, list[int]]] = {}
    for (trait, category), ns in counts.items():
        by_trait.setdefault(trait, {})[category] = ns
    return by_trait, faults


def _reached(counts: Mapping[str, Mapping[str, Sequence[int]]]) -> list[dict[str, Any]]:
    """The representation of each group, except those suppressed as small counts."""
    measures = []
    for trait, lines in counts.items():
        n, whole = sum(line[0] for line in lines.values()), sum(line[1] for line in lines.values())
        cells: dict[Any, float | None] = {(line,): pair[0] for line, pair in lines.items()}
        hidden = hidden_cells(cells | {(TOTAL,): n}, floor=settings.PRIVACY_FLOOR)
        if not n or not whole or (TOTAL,) in hidden:
            continue
        for category, (k, people) in lines.items():
            if (category,) not in hidden and people:
                reach = engagement.reach(k, n, people / whole)
                measures.append(as_measure(MethodMeasure.REACH, reach, group=f"{trait}:{category}"))
    return measures


def _shares(yes: int, no: int) -> list[dict[str, Any]]:
    """The share of first-time participants among those who answered; nothing if few people are
    behind a figure."""
    floor = settings.PRIVACY_FLOOR
    if not yes + no or is_small(yes, floor) or is_small(no, floor):
        return []
    return [as_measure(MethodMeasure.FIRST, engagement.share_of(yes, yes + no))]


def _cost(
    evaluation: Evaluation | None, people: int, country: str, year: int
) -> list[dict[str, Any]]:
    """The cost per participant, in the city's currency; in euro of one year for pooling."""
    if (
        evaluation is None
        or not people
        or (evaluation.hours is None and evaluation.other_costs is None)
    ):
        return []
    amount = (evaluation.hours or 0) * (evaluation.rate or 0) + (evaluation.other_costs or 0)
    if not amount or is_small(people, settings.PRIVACY_FLOOR):
        return []
    cost = engagement.cost_per_participant(float(amount), people)
    to_year = default_price_year()
    minor = int(amount * 10 ** exponent(evaluation.currency))
    converted = convert_cost(
        minor,
        evaluation.currency,
        min(year, to_year),
        country,
        to_currency="EUR",
        to_year=to_year,
        table=load_price_table(),
    )
    if not isinstance(converted, ConvertedCost):
        measure = as_measure(MethodMeasure.COST, cost, unit=evaluation.currency)
        return [{key: it for key, it in measure.items() if key not in ("estimate", "se")}]
    euro = engagement.cost_per_participant(converted.value, people)
    measure = as_measure(
        MethodMeasure.COST, cost, unit=evaluation.currency, unit_pooled=f"EUR {to_year}"
    )
    return [measure | {"estimate": euro.estimate, "se": euro.se}]


def _acted(k: int, n: int) -> list[dict[str, Any]]:
    return [as_measure(MethodMeasure.ACTED, engagement.share_of(k, n))] if n else []


def _learned(evaluation: Evaluation | None) -> list[dict[str, Any]]:
    if evaluation is None or not evaluation.before:
        return []
    try:
        gain = engagement.learned(evaluation.before, evaluation.after)
    except MethodError:
        return []
    return [as_measure(MethodMeasure.LEARNED, gain, unit=f"{SCALE}{len(evaluation.before)}")]


def _of_record(evaluation: Evaluation, at: dt.datetime) -> list[dict[str, Any]]:
    people = evaluation.people or 0
    ended = evaluation.ended_on or at.date()
    is_old = at.date() >= ended + TWELVE_MONTHS
    country = evaluation.organisation.city.country if evaluation.organisation.city else ""
    return [
        *_reached(evaluation.counts),
        *_shares(evaluation.first_yes or 0, evaluation.first_no or 0),
        *_cost(evaluation, people, country, ended.year),
        *(_acted(evaluation.acted_on or 0, evaluation.contributions or 0) if is_old else []),
        *_learned(evaluation),
        *_own(evaluation),
    ]


def _own(evaluation: Evaluation) -> list[dict[str, Any]]:
    if not evaluation.own_of:
        return []
    share = engagement.share_of(evaluation.own_done or 0, evaluation.own_of)
    return [as_measure(MethodMeasure.OWN, share, group=evaluation.method.public_id)]


def acted_on(process: Process, by: dt.datetime) -> tuple[int, int]:
    """How many contributions had been acted on at `by`, and how many there were.

    Done already, promised work that was built, or used in a decision. Two queries.
    """
    rows = Contribution.objects.filter(process=process).to_answer()
    is_decided = process.promises.filter(kind=PromiseKind.DECISION, kept_at__lte=by).exists()
    became = Q(answer__outcome=AnswerOutcome.DONE, answer__at__lte=by)
    will = Q(answer__outcome__in=[AnswerOutcome.ACCEPTED, AnswerOutcome.PARTLY], answer__at__lte=by)
    became |= will & (Q(answer__promise=None) | Q(answer__promise__kept_at__lte=by))
    if is_decided:
        became |= Q(answer__outcome=AnswerOutcome.NOTED, answer__at__lte=by)
    return rows.filter(became).count(), rows.count()


def first_times(issue: Issue | None) -> Counter[str]:
    """How many people of an issue participated for the first time, or not; "" for no answer."""
    place = Issue.COLUMNS.index("first_time")
    counts: Counter[str] = Counter()
    for row in issue.counts if issue else ():
        counts[row[place]] += row[-1]
    return counts


def measures_of(process: Process, at: dt.datetime) -> list[dict[str, Any]]:
    """The measures of a process that has ended, without suppressed small counts.

    The use of contributions is included once 12 months are over.
    """
    evaluation = Evaluation.objects.filter(process=process).first()
    measures = []
    for part in who_took_part(process):
        # Parts of a city are specific to it; across cities only age, sex and home are comparable.
        if part.trait == Trait.AREA:
            continue
        for line in part.lines:
            if line.share is not None and line.census:
                k = round(line.share.value * line.share.n)
                reach = engagement.reach(k, line.share.n, line.census)
                group = f"{part.trait}:{line.category}"
                measures.append(as_measure(MethodMeasure.REACH, reach, group=group))
    issue = process.last_issue
    first = first_times(issue)
    # If few did not answer, they count as no: left out, their number would follow from the
    # difference.
    silent = first[""] if is_small(first[""], settings.PRIVACY_FLOOR) else 0
    measures += _shares(first[FirstTime.YES], first[FirstTime.NO] + silent)
    closed = process.closed_at or at
    people = issue.people if issue else 0
    measures += _cost(evaluation, people, process.city.country, closed.year)
    if at >= closed + TWELVE_MONTHS:
        measures += _acted(*acted_on(process, closed + TWELVE_MONTHS))
    measures += _learned(evaluation)
    panel = panels().get(process.kind)
    if panel and panel.measures:
        measures += panel.measures(process)
    return measures


def not_known(
    process: Process, measures: Sequence[Mapping[str, Any]], at: dt.datetime
) -> list[tuple[str, str]]:
    """The missing ones of the four measures of a process that has ended: name and reason."""
    closed = process.closed_at or at
    n_contributions = acted_on(process, at)[1]
    on = day((closed + TWELVE_MONTHS).date())
    reasons = {
        MethodMeasure.REACH: _("Census data for the area, or data on who took part, is missing."),
        MethodMeasure.FIRST: _("Too few people said whether it was their first time."),
        MethodMeasure.COST: _("The city has not entered its hours and costs."),
        MethodMeasure.ACTED: _("Available on %(day)s, 12 months after the process ends.")
        % {"day": on},
    }
    if not n_contributions:
        del reasons[MethodMeasure.ACTED]
    known = {measure["measure"] for measure in measures}
    return [
        (str(reason.label), why) for reason, why in reasons.items() if reason.value not in known
    ]


def method_of(process: Process) -> Method | None:
    """The method of a process: the one that staff named, else the one for its kind."""
    evaluation = Evaluation.objects.filter(process=process).select_related("method").first()
    if evaluation is not None:
        return evaluation.method
    named = METHOD_OF_KIND.get(process.kind, "")
    return Method.objects.filter(public_id=named).first()


def store_process_result(process: Process, *, actor: audit.Actor, at: dt.datetime) -> bool:
    """Store the measures of a process that has ended as a result of its method."""
    if process.state not in (ProcessState.CLOSED, ProcessState.ANSWERED):
        return False
    method = method_of(process)
    measures = measures_of(process, at)
    if method is None or not measures:
        drop_result("process", process.public_id)
        return False
    ended = (process.closed_at or at).date()
    use = Use(
        "process",
        process.public_id,
        process.city,
        process.title,
        process.language,
        ended,
        process.is_synthetic,
    )
    save_result(method, use, measures, actor=actor, at=at)
    return True


def store_ended_results(*, at: dt.datetime) -> int:
    """Store the results of every process that has ended, for 13 months, since answers and traits
    still change; those of recorded events once 12 months are over. Returns their number."""
    since = at - TWELVE_MONTHS - dt.timedelta(days=30)
    ended = Process.objects.filter(
        state__in=[ProcessState.CLOSED, ProcessState.ANSWERED], closed_at__gte=since
    ).select_related("city", "organisation")
    n = sum(store_process_result(process, actor=audit.WORKER, at=at) for process in ended)
    held = Evaluation.objects.filter(process=None, ended_on__gte=since.date())
    for evaluation in held.select_related("organisation__city", "method"):
        city = needs_offers_rules.city_of(evaluation.organisation)
        use = Use(
            "record",
            evaluation.public_id,
            city,
            evaluation.title,
            evaluation.language,
            evaluation.ended_on or at.date(),
        )
        save_result(evaluation.method, use, _of_record(evaluation, at), actor=audit.WORKER, at=at)
        n += 1
    return n
