"""The page for the leaders of a city: its decisions, commitments, and feedback, and where it leads.

It reads records of other apps. New kinds of commitments belong into `_owed`, new kinds of decisions
into `DECIDED`.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db.models import OuterRef, Q, Subquery
from django.utils.text import capfirst

from alliance.adoption.enums import DefaultStep, Kind
from alliance.adoption.models import AdoptionStep
from alliance.adoption.selectors.adoptions import public_adoptions
from alliance.cases.models import CaseStudy, Solution
from alliance.cases.selectors.access import visible_cases
from alliance.cases.selectors.localise import ChosenText, chosen_text, local_name
from alliance.core.audit import VISITOR
from alliance.evidence.line_facts import line_facts, main_of
from alliance.evidence.messages.method_results import GROUPS
from alliance.evidence.selectors.verdict_line import VerdictLine, in_words
from alliance.groups.models import ActionItem
from alliance.groups.selectors.groups import readable_minutes
from alliance.indicators.enums import NodeKind, PeerStanding
from alliance.indicators.messages import standing_line
from alliance.indicators.models import Indicator, Score
from alliance.indicators.selectors.access import release_at
from alliance.knowledge.selectors.solutions import with_lines
from alliance.network.bands import size_and_climate
from alliance.network.enums import OrganisationKind, PartnershipSide, SubjectKind
from alliance.network.localise import Localised, localised, own_words
from alliance.network.models import City
from alliance.participation.enums import ProcessState
from alliance.participation.models import Process, Promise
from alliance.participation.services.census import Part, who_took_part
from alliance.participation.services.issuing import with_people
from alliance.thread.selectors.choices import things_of_city

#: Kinds of records on a thread that count as decisions of a city.
DECIDED = (Kind.DECISION.value, Kind.AGREEMENT.value)
#: The number of entries of each kind.
MOST, SOLUTIONS, LIKE = 8, 4, 3


class Owed(NamedTuple):
    """A commitment of a city with its deadline; `of` is the record that it belongs to, at
    `route`."""

    text: Localised
    by: dt.date | None
    is_late: bool
    of: Localised
    route: str
    public_id: str


class Brief(NamedTuple):
    """A solution that a city decided on: its verdict line, the expected effect, and similar
    cities."""

    solution: Solution
    name: ChosenText[Any]
    line: VerdictLine
    like: tuple[str, ...]


def _owed(city: City, today: dt.date, language: str) -> list[Owed]:
    """Unfulfilled promises to residents, tasks of adoptions and action items of public minutes, the
    earliest deadline first; three queries."""
    owed = []
    # Synthetic processes do not count.
    promises = Promise.objects.filter(process__city=city, process__is_synthetic=False, kept_at=None)
    for promise in promises.exclude(process__state=ProcessState.DRAFT).select_related("process"):
        of = promise.process
        owed.append(
            Owed(
                promise.localised_text("text", language)
                if promise.text
                else Localised(capfirst(promise.get_kind_display())),
                promise.due_on,
                promise.due_on < today,
                of.localised_text("title", language),
                "participation:results",
                of.public_id,
            )
        )
    both = PartnershipSide.BOTH
    mine = Q(adoption__adopting_city=city, side__in=[PartnershipSide.ADOPTER, both])
    mine |= Q(adoption__source_city=city, side__in=[PartnershipSide.SOURCE, both])
    steps = AdoptionStep.objects.filter(
        mine, done_at=None, adoption__ended_at=None, adoption__in=public_adoptions(city.public_id)
    )
    for step in steps.select_related("adoption"):
        row = step.adoption
        owed.append(
            Owed(
                own_words(DefaultStep, step.title, row.language, language),
                step.due_on,
                step.due_on is not None and step.due_on < today,
                localised(row.subject_title, row.subject_language or row.language, language),
                "adoption:adoption",
                row.public_id,
            )
        )
    actions = ActionItem.objects.filter(
        organisation__city=city,
        organisation__kind=OrganisationKind.MUNICIPALITY,
        done_at=None,
        minutes__in=readable_minutes(VISITOR),
    ).exclude(minutes__group__is_synthetic=True)
    for item in actions.select_related("minutes"):
        minutes = item.minutes
        owed.append(
            Owed(
                localised(item.text, minutes.language, language),
                item.due_on,
                item.is_overdue(today),
                localised(minutes.title, minutes.language, language),
                "groups:minutes",
                minutes.public_id,
            )
        )
    return sorted(owed, key=lambda entry: (entry.by is None, entry.by or today, entry.text.value))


def _people(parts: Iterable[Part]) -> dict[str, Any]:
    """The groups whose share certainly differs from the census, `more` and `fewer`."""
    groups: dict[str, list[str]] = {"more": [], "fewer": []}
    n = 0
    for part in parts:
        for line in part.lines:
            if line.share is None or line.census is None:
                continue
            n += 1
            if line.share.differs and line.share.difference:
                name = str(GROUPS.get(f"{part.trait}:{line.category}", line.label))
                groups["more" if line.share.difference > 0 else "fewer"].append(name)
    return groups | {"n": n}


def _like(city: City, solutions: Sequence[Solution], language: str) -> dict[int, list[str]]:
    """Cities of its size and climate that tried each of `solutions`; one query."""
    own = size_and_climate(city)
    names: dict[int, list[str]] = defaultdict(list)
    if own is None:
        return names
    cases = visible_cases(VISITOR).filter(solution__in=solutions, is_masked=False)
    rows = cases.exclude(city=city).filter(city__isnull=False).select_related("city")
    for case in rows.order_by("-evidence_points", "public_id"):
        other = case.city
        if other and size_and_climate(other) == own:
            name = local_name(other, language)
            if name not in names[case.solution_id]:
                names[case.solution_id].append(name)
    return names


def _briefs(city: City, language: str) -> list[Brief]:
    """The solutions of its adoptions, with the facts for decision-makers; five queries."""
    rows = public_adoptions().filter(adopting_city=city).exclude(subject_id="").order_by()
    ids = rows.values("subject_id")
    of_cases = CaseStudy.objects.filter(
        public_id__in=ids.filter(subject_kind=SubjectKind.CASE), is_masked=False
    )
    wanted = Q(public_id__in=ids.filter(subject_kind=SubjectKind.SOLUTION))
    wanted |= Q(pk__in=of_cases.values("solution"))
    solutions = list(
        Solution.objects.filter(wanted).prefetch_related("texts").order_by("public_id")[:SOLUTIONS]
    )
    with_lines(solutions)
    like = _like(city, solutions, language) if solutions else {}
    return [
        Brief(
            solution,
            chosen_text(solution.texts.all(), language),
            in_words(line_facts(solution, main_of(solution))),
            tuple(like.get(solution.pk, ())[:LIKE]),
        )
        for solution in solutions
    ]


def _standing(city: City, language: str) -> dict[str, Any]:
    """The indicators on which the city is certainly ahead of comparable cities, or behind; two
    queries."""
    release = release_at(None)
    standings: dict[str, list[str]] = {PeerStanding.LEADING: [], PeerStanding.MUST_DO_MORE: []}
    n = 0
    if release is not None:
        scores = Score.objects.filter(
            release=release, city=city, kind=NodeKind.INDICATOR, node=OuterRef("code")
        )
        common = Indicator.objects.filter(is_common=True)
        rows = common.annotate(standing=Subquery(scores.values("standing")[:1]))
        for row in rows.exclude(standing=None).order_by("position", "code"):
            n += PeerStanding(row.standing).is_place
            if row.standing in standings:
                standings[row.standing].append(local_name(row, language))
    leading, behind = standings[PeerStanding.LEADING], standings[PeerStanding.MUST_DO_MORE]
    return {
        "n": n,
        "line": standing_line(len(leading), len(behind), n),
        "leading": leading,
        "behind": behind,
    }


def leaders_page(city: City, language: str, *, today: dt.date) -> dict[str, Any]:
    """The public context of the page, in at most fifteen queries.

    `people`: for the newest process with published participation, the groups that it reached more
    and less than their share of the census.
    """
    decided = things_of_city(VISITOR, city.public_id, language, DECIDED)
    owed = _owed(city, today, language)
    processes = list(
        with_people(Process.objects.filter(city=city))
        .exclude(state=ProcessState.DRAFT)
        .order_by("-opened_at", "-id")[:MOST]
    )
    asked = next((process for process in processes if process.n_people), None)
    return {
        "city": city,
        "decided": decided[:MOST],
        "n_decided": len(decided),
        "owed": owed[:MOST],
        "n_owed": len(owed),
        "n_late": sum(entry.is_late for entry in owed),
        "processes": processes,
        "asked": asked,
        "people": _people(who_took_part(asked)) if asked else None,
        "standing": _standing(city, language),
        "briefs": _briefs(city, language),
        "today": today,
    }
