"""What the page of a case shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.conf import settings
from django.db.models import (
    Exists,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    prefetch_related_objects,
)
from django.urls import reverse

from alliance.core.audit import VISITOR
from alliance.core.read_once import memoise, read_once
from alliance.knowledge.case_fields import BY_PATH, JUSTICE, QUANTITIES, Words
from alliance.knowledge.citations import LICENCE_ADDRESSES, CitedCase
from alliance.knowledge.enums import (
    CheckAgain,
    Outcome,
    Reason,
    Scheme,
    Theme,
    Topic,
)
from alliance.knowledge.line_facts import SIDES
from alliance.knowledge.models import (
    Attachment,
    CaseClassification,
    CaseStudy,
    CaseText,
    CaseVersion,
    Effect,
    NullResult,
    Question,
    Review,
    Source,
)
from alliance.knowledge.selectors.access import get_case_for, visible_cases, whole_cases
from alliance.knowledge.selectors.case_list import Localised, localised, with_nulls
from alliance.knowledge.selectors.costs import CostView, cost_view
from alliance.knowledge.selectors.effects import EffectsOfCase, effects_of_case
from alliance.knowledge.selectors.files import published_files
from alliance.knowledge.selectors.grade import GradeView, grade_view
from alliance.knowledge.selectors.localise import (
    ChosenText,
    chosen_text,
    country_name,
    local_place,
)
from alliance.knowledge.selectors.questions import answered_of
from alliance.knowledge.selectors.reviews_public import approvals, reviewed
from alliance.knowledge.selectors.sources import with_state
from alliance.knowledge.selectors.verdict_line import group_words
from alliance.network.enums import Origin

#: So many other cases of the solution are named, of those that worked and of those that did not,
#: measured ones first; the solution page has all.
OTHERS = 1
#: What the line of another case says of it.
_READ_OF_NEIGHBOURS = (
    "id", "public_id", "solution", "adapted_from", "city", "outcome", "evidence_points",
    "original_language",
    "place_name", "place_name_fr", "place_name_sv", "country", "start_year", "end_year",
)  # fmt: skip


#: What rooms above say of few cases: the rows of each, by a name that `beside.py` of the room
#: gives, so that the page of a case asks for them only where there are any.
BESIDE: dict[str, Callable[[CaseStudy | OuterRef], QuerySet[Any]]] = {}


@dataclass(frozen=True)
class Neighbours:
    """The cases that the page of one case leads on to.

    `n` other published cases of the solution there are; of each outcome some are named.
    """

    adapted_from: CaseStudy | None
    adaptations: list[CaseStudy]
    worked: list[CaseStudy]
    not_worked: list[CaseStudy]
    n: int

    @property
    def n_named(self) -> int:
        """How many other cases of the solution are named."""
        return len(self.worked) + len(self.not_worked)


@read_once
def neighbours_of(case: CaseStudy) -> Neighbours:
    """The cases this one is linked with, in two queries however many there are."""
    return _neighbours([case])[case.pk]


def _neighbours(some: Collection[CaseStudy]) -> dict[int, Neighbours]:
    """The cases that each of some is linked with, by their keys, in two queries."""
    read = [field for field in CaseStudy._meta.concrete_fields if field.name in _READ_OF_NEIGHBOURS]
    columns = [field.attname for field in read]
    cases = visible_cases(None).order_by().values_list(*columns)
    by_link = Q(adapted_from__in=some)
    if parents := [case.adapted_from_id for case in some if case.adapted_from_id]:
        by_link |= Q(pk__in=parents)
    # A solution has hundreds of cases, of which few are named: the others stay rows.
    alike = cases.filter(solution_id__in={case.solution_id for case in some})
    linked = alike.union(cases.filter(by_link))
    pk, points, outcome, solution, source = map(
        columns.index, ("id", "evidence_points", "outcome", "solution_id", "adapted_from_id")
    )
    rows = sorted(linked, key=lambda row: (row[points] is None, -(row[points] or 0), row[pk]))
    by_solution: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    by_source: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for row in rows:
        by_solution[row[solution]].append(row)
        by_source[row[source]].append(row)
    by_pk = {row[pk]: row for row in rows}

    def made(some: Iterable[tuple[Any, ...]]) -> list[CaseStudy]:
        return [CaseStudy.from_db("default", columns, row) for row in some]

    def told_of(case: CaseStudy) -> Neighbours:
        own = case.pk
        siblings = by_solution[case.solution_id]

        def ended(*how: Outcome) -> list[CaseStudy]:
            others = (
                row
                for ending in how
                for row in siblings
                if row[outcome] == ending and row[pk] != own
            )
            return made(islice(others, OTHERS))

        parent = by_pk.get(case.adapted_from_id)
        return Neighbours(
            adapted_from=made([parent])[0] if parent else None,
            adaptations=made(by_source[own]),
            worked=ended(Outcome.WORKED, Outcome.REPORTED),
            not_worked=ended(Outcome.DID_NOT_WORK, Outcome.MIXED),
            # A case that visitors may not read is not among them.
            n=len(siblings) - (own in by_pk),
        )

    neighbours = {case.pk: told_of(case) for case in some}
    named = [
        other
        for links in neighbours.values()
        for other in (links.adapted_from, *links.adaptations, *links.worked, *links.not_worked)
        if other
    ]
    prefetch_related_objects(named, "texts")
    return neighbours


@dataclass(frozen=True)
class Amount:
    """A recorded quantity with the word of its unit."""

    value: float
    unit: str


@dataclass(frozen=True)
class RecordedQuantity:
    """A quantity as pages call it; `amount` None: not recorded. `is_usual`: most cases have it."""

    title: str
    amount: Amount | None
    is_usual: bool


@dataclass(frozen=True)
class CaseFacts:
    """What every page that shows a whole case tells of it, in one language.

    Texts are in the language of `text`.
    """

    case: CaseStudy
    text: ChosenText[CaseText]
    solution: Localised
    place: str
    country: str
    cost: CostView
    quantities: tuple[RecordedQuantity, ...]
    grade: GradeView

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it did not wholly work, in words."""
        return tuple(str(Reason(code).label) for code in self.case.reasons)

    @property
    def affected(self) -> list[tuple[Words, str]]:
        """Who gained and who paid, where a group is named: each side with its groups in words."""
        sides = ((BY_PATH[side].label, getattr(self.case, side)) for side in SIDES)
        return [(label, group_words(codes)) for label, codes in sides if codes]

    @property
    def justice(self) -> list[tuple[Words, str]]:
        """The four dimensions of justice as questions, each with its answer, empty where open."""
        return [(row.ask, getattr(self.text.text, row.name)) for row in JUSTICE]

    @property
    def check_again(self) -> tuple[str, ...]:
        """What is to be checked again, in words."""
        return tuple(str(CheckAgain(code).label) for code in self.case.check_again)

    @property
    def is_starter(self) -> bool:
        """Whether it shipped with the program and no team has taken it over."""
        return self.case.origin == Origin.STARTER

    @property
    def nulls(self) -> tuple[NullResult, ...]:
        """Its results without a number, which are no difference."""
        return tuple(self.case.null_results)


@dataclass(frozen=True)
class CasePage(CaseFacts):
    """A case in one language. Where it is masked its sources, too, are not shown."""

    lead: str
    account: str
    effects: EffectsOfCase
    effects_language: str
    actors: list[CaseClassification]
    sources: tuple[Source, ...]
    topics: list[CaseClassification]
    themes: list[CaseClassification]
    sdg_targets: tuple[str, ...]
    licence_url: str
    cited: CitedCase
    neighbours: Neighbours
    adaptation_changes: Localised
    reviewed: list[Review]
    questions: Iterable[Question]
    files: Iterable[Attachment]
    #: The names in BESIDE that have something to say of it.
    beside: frozenset[str]


# A full stop after these ends no sentence.
_ABBREVIATIONS = ("St.", "Dr.", "No.", "e.g.", "i.e.", "approx.", "ca.", "bl.a.", "t.ex.", "env.")


def first_sentence(text: str) -> str:
    """The first sentence of `text`; all of it where no end of a sentence is found."""
    words = text.split(" ")
    for number, word in enumerate(words[:-1]):
        following = words[number + 1].lstrip("“«\"'(")
        ends = word.endswith((".", "!", "?", ".”", ".»", '."', ".)"))
        # "J. Smith": an initial is no end either.
        if (
            ends
            and word not in _ABBREVIATIONS
            and not (len(word) == 2 and word[0].isupper())
            and following[:1]
            and (following[0].isupper() or following[0].isdigit())
        ):
            return " ".join(words[: number + 1])
    return text


def prefetch(cases: Iterable[CaseStudy]) -> None:
    """Load all parts of `cases` that pages read, in a fixed number of queries.

    One of them, for results without a number, only where a case has some.
    """
    loaded = list(cases)
    with_nulls(loaded)
    prefetch_related_objects(
        loaded,
        "texts",
        "solution__texts",
        Prefetch(
            "classifications", queryset=CaseClassification.objects.select_related("organisation")
        ),
        Prefetch(
            "effects", queryset=Effect.objects.select_related("measure", "unit", "baseline_unit")
        ),
        Prefetch("sources", queryset=with_state(Source.objects.all())),
    )


@read_once
def _with_parts(case: CaseStudy) -> CaseStudy:
    prefetch([case])
    return case


def read_ahead(public_ids: Iterable[str]) -> None:
    """Read the cases whose pages visitors will ask for, in as many queries as one takes; only
    inside of `reading_once`."""
    cases = list(whole_cases(VISITOR).filter(public_id__in=public_ids))
    prefetch(cases)
    neighbours, versions = _neighbours(cases), _newest_versions(cases)
    for case in cases:
        memoise(get_case_for, case, VISITOR, case.public_id, "read")
        memoise(_with_parts, case, case)
        memoise(neighbours_of, neighbours[case.pk], case)
        memoise(_newest_version, versions[case.pk], case)


def quantities(case: CaseStudy) -> tuple[RecordedQuantity, ...]:
    """The quantities of a case in the order of the register."""
    recorded = []
    for quantity in QUANTITIES:
        amount = None
        if held := quantity.of(case):
            unit = str(quantity.units(held["unit"]).label) if held["unit"] else ""
            amount = Amount(held["value"], unit)
        recorded.append(RecordedQuantity(str(quantity.title), amount, quantity.value.is_usual))
    return tuple(recorded)


def case_facts(case: CaseStudy, language: str) -> CaseFacts:
    """What pages tell of a case, in `language` as far as that goes; its parts must be loaded."""
    solution = chosen_text(case.solution.texts.all(), language)
    return CaseFacts(
        case=case,
        text=chosen_text(case.texts.all(), language, case.original_language),
        solution=Localised(solution.text.name, solution.lang_attr),
        place=local_place(case, language),
        country=country_name(case.country, language),
        cost=cost_view(case, language),
        quantities=quantities(case),
        grade=grade_view(case, language),
    )


def _address(name: str, *arguments: object) -> str:
    return settings.BASE_URL + reverse(f"knowledge:{name}", args=arguments)


@read_once
def _newest_version(case: CaseStudy) -> CaseVersion:
    if last := _newest_versions([case]).get(case.pk):
        return last
    raise LookupError(f"published case {case.public_id} has no version")


def _newest_versions(cases: Collection[CaseStudy]) -> dict[int, CaseVersion]:
    """The newest version of each case, by its key, with `has_files`, `has_questions`, `has_reviews`
    and each of BESIDE: most have none. One query."""
    case = OuterRef("case")
    newer = CaseVersion.objects.filter(case=case, number__gt=OuterRef("number"))
    newest = CaseVersion.objects.filter(~Exists(newer), case__in=cases).defer("snapshot")
    rows = newest.annotate(
        has_files=Exists(published_files(case)),
        has_questions=Exists(answered_of(OuterRef("case__public_id"))),
        has_reviews=Exists(approvals(case)),
        **{f"has_{name}": Exists(of_case(case)) for name, of_case in BESIDE.items()},
    )
    return {row.case_id: row for row in rows.order_by()}


def _citable(
    case: CaseStudy,
    last: CaseVersion,
    text: ChosenText[CaseText],
    language: str,
    keywords: tuple[str, ...],
) -> CitedCase:
    if case.published_at is None:
        raise LookupError(f"case {case.public_id} is not published")
    return CitedCase(
        public_id=case.public_id,
        title=text.text.title,
        abstract=text.text.summary,
        language=text.language,
        publisher=case.from_network or settings.NETWORK_NAME,
        url=_address("case", case.public_id),
        version_url=_address("case-version", case.public_id, last.number),
        version=str(last.number),
        at=last.at.date(),
        first_published=case.published_at.date(),
        digest=last.digest,
        licence=case.licence,
        place=local_place(case, language),
        country=case.country,
        latitude=case.latitude,
        longitude=case.longitude,
        start_year=case.start_year,
        end_year=case.end_year,
        keywords=keywords,
        sources=tuple((source.title, source.url) for source in case.sources.all()),
    )


def _codes(case: CaseStudy, scheme: Scheme) -> list[CaseClassification]:
    return [row for row in case.classifications.all() if row.scheme == scheme]


def cite_case(case: CaseStudy, language: str) -> CitedCase:
    """What a citation of the newest version of `case` says, in `language` where it has a text."""
    case = _with_parts(case)
    text = chosen_text(case.texts.all(), language, case.original_language)
    return _citable(case, _newest_version(case), text, language, _keywords(case))


def _keywords(case: CaseStudy) -> tuple[str, ...]:
    return tuple(str(Theme(row.code).label) for row in _codes(case, Scheme.THEME)) + tuple(
        str(Topic(row.code).label) for row in _codes(case, Scheme.TOPIC)
    )


def case_page(case: CaseStudy, language: str) -> CasePage:
    """Everything the page of a published case shows, in `language` as far as that goes."""
    case = _with_parts(case)
    facts = case_facts(case, language)
    last = _newest_version(case)
    cited = _citable(case, last, facts.text, language, _keywords(case))
    summary = facts.text.text.summary
    lead = first_sentence(summary)
    return CasePage(
        **vars(facts),
        lead=lead,
        # One sentence is not told twice on a page.
        account=summary.removeprefix(lead).strip(),
        effects=effects_of_case(case.effects.all(), language),
        effects_language="" if case.original_language == language else case.original_language,
        actors=_codes(case, Scheme.ACTOR),
        sources=tuple(case.sources.all()),
        topics=_codes(case, Scheme.TOPIC),
        themes=_codes(case, Scheme.THEME),
        sdg_targets=tuple(row.code for row in _codes(case, Scheme.SDG)),
        licence_url=LICENCE_ADDRESSES.get(case.licence, ""),
        cited=cited,
        neighbours=neighbours_of(case),
        adaptation_changes=localised(case.adaptation_changes, case.original_language, language),
        reviewed=reviewed(case) if last.has_reviews else [],  # type: ignore[attr-defined]
        questions=answered_of(case.public_id) if last.has_questions else [],  # type: ignore[attr-defined]
        files=published_files(case) if last.has_files else [],  # type: ignore[attr-defined]
        beside=frozenset(name for name in BESIDE if getattr(last, f"has_{name}")),
    )
