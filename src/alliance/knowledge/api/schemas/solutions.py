"""Solutions, methods and the lists of codes as the API gives them."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from ninja import Field, Schema

from alliance.cases import enums
from alliance.knowledge.api.schemas.cases import Evidence, EvidenceDetail, RecordedEffect, SdgTarget
from alliance.network.api.common import LanguageCode, Listing, Names, Page
from alliance.network.enums import Origin


class Tally(Schema):
    total: int
    worked: int
    reported: int = Field(description="Reported as working: no effect was measured.")
    mixed: int
    did_not_work: int


class SolutionLinks(Schema):
    self: str
    page: str = Field(description="The page for readers, in the language asked for.")
    cases: str


class EvidenceBody(Schema):
    """A pool of the measured main effects, a place each; figures in their unit."""

    body: Literal["randomised", "compared", "measured"]
    k: int
    studies: int
    estimate: float
    ci: list[float | None]
    prediction_interval: list[float | None]
    certainty: Literal["very-low", "low", "moderate", "high"]
    steps: dict[str, int]
    caps: list[str]
    weighting: str
    cut_at_100: bool = Field(
        default=False, description="An end of an interval of a percent change was cut at -100."
    )
    signal: int | str = Field(description="2 and 1: useful; -2 and -1: harmful; null: too little.")


class PanelMember(Schema):
    name: str
    organisation: str


class Panel(Schema):
    """Three people who set the word in place of the rule, until the evidence changes."""

    word: enums.Verdict
    members: list[PanelMember]
    reason: str
    language: LanguageCode
    given_on: dt.date
    until: dt.date


class Headline(Schema):
    """What pages say first, in the language asked for; figures in the unit of the verdict."""

    title: str = Field(description="The verdict with its outcome.")
    result: str = Field(description="Size, range and places in a sentence; empty: none recorded.")
    figure: str = Field(description="The size alone; empty where none may be shown.")
    reasons: list[str] = Field(description="Why this verdict, or what is missing for one.")
    disputes: list[str] = Field(description="Why results are disputed.")
    statistic: Literal["mean", "median", "single"] | None = Field(
        description="Of the places; null: no place has a number."
    )
    value: float | None = Field(description="Null: only the range may be shown.")
    low: float | None = Field(
        description="Of a mean: the range to expect in a new city; else of the results."
    )
    high: float | None
    fell: int = Field(description="Places where the figure fell, or is a level below 0.")
    rose: int = Field(description="Places where the figure rose, or is a level above 0.")
    unchanged: int = Field(description="Places that found no difference.")
    other: int = Field(description="Places whose methods are weaker than those of the mean.")
    is_modelled: bool = Field(description="Nobody measured it.")


class OutcomeVerdict(Schema):
    """Whether the solution works for one outcome, by the published rule."""

    verdict: enums.Verdict
    headline: Headline
    measure: str | None = Field(description="Code, see /measures; null: nothing is recorded.")
    unit: str | None
    direction: enums.EffectDirection | None
    since: dt.datetime = Field(description="When the word last changed.")
    rule_version: str
    panel: Panel | None = Field(description="Null where the word is that of the rule.")
    by_rule: enums.Verdict = Field(description="What the rule gives without the word before.")
    held_by: Literal["", "hysteresis", "only-good-news", "only-failures"]
    line: int = Field(description="The line of the rule that fired, from 0.")
    because: list[str]
    cost: float | None = Field(description="Total, of a middling case; null: not known.")
    cost_currency: str | None
    cost_price_year: int | None
    years_to_result: int | None = Field(
        description="From the start of a middling case to its first result; null: not known."
    )
    gained: list[enums.Affected] = Field(
        description="Groups that gained, those that most cases name first; two at most."
    )
    gained_in: list[int] = Field(description="In how many cases each did, in the same order.")
    paid: list[enums.Affected] = Field(
        description="Groups that paid, those that most cases name first; two at most."
    )
    paid_in: list[int] = Field(description="In how many cases each did, in the same order.")
    n_cases: int | None = Field(description="Published cases; null: not counted yet.")
    places: int = Field(description="Places with a published case.")
    places_counted: int = Field(description="Those that measured anything, failed or were harmed.")
    rests_on: Literal["prediction-interval", "mean", "counts"] | None = Field(
        description="What the word rests on; null: nothing is settled."
    )
    units: int = Field(description="Places that count; those of one study count once.")
    conclusive: int
    inconclusive: int = Field(description="Those that could not tell.")
    score: float = Field(description="In how many of the conclusive it worked; mixed: a half.")
    q_outcomes: float | None = Field(description="Probability that it works in most of them.")
    measured_units: int = Field(description="Those that measured this outcome.")
    sister_units: int = Field(description="Those that measured only another of its kind.")
    decided: int
    favourable: int
    no_use: int
    q_no_use: float | None
    cities: int = Field(description="Places that speak for the favourable ones.")
    countries: int
    median: float | None
    ordinary_change: float = Field(description="Size of a change that happens anyway.")
    harm_units: int
    q_harm: float | None
    missing: dict[str, int] | None = Field(
        description="Favourable units, cities and countries that agreeing counts still lack."
    )
    body: EvidenceBody | None
    flags: list[str]


class SolutionSummary(Schema):
    id: str
    kind: enums.SolutionKind
    name: str
    summary: str
    language: LanguageCode = Field(description="Language of name and summary.")
    topics: list[enums.Topic]
    themes: list[enums.Theme]
    sdg_targets: list[SdgTarget]
    evidence: Evidence
    verdict: OutcomeVerdict | None = Field(description="Of its main measure; null without a case.")
    cases: Tally = Field(description="Published cases by outcome.")
    licence: str
    origin: Origin
    from_network: str = Field(description="The network it comes from; empty: this one.")
    updated_at: dt.datetime
    links: SolutionLinks


class SolutionText(Schema):
    status: enums.TextStatus
    name: str
    summary: str
    how_it_works: str
    prerequisites: list[str] = Field(description="Editorial judgement in starter content.")


class SolutionCost(Schema):
    """What it cost somewhere, or its staff, lead time or lifetime, by one source."""

    kind: enums.SolutionCostKind | Literal[""] = Field(description="Of the amount; empty: none.")
    low: float | None = Field(description="In major units; alone: at least so much.")
    typical: float | None
    high: float | None = Field(description="Alone: at most so much.")
    currency: str = Field(description="Empty: a share, as `per` says.")
    price_year: int | None
    per: Names = Field(description="What the amount is for.")
    staff_time: Names
    lead_time: Names
    lifetime: Names
    country: str = Field(description="ISO 3166-1 alpha-2; EU: several; empty: not known.")
    source_title: str
    source_url: str
    seen: str = Field(description="What stands in the source, in English.")
    read: enums.Reading = Field(description="How much of the source was read.")


class NationalScheme(Schema):
    """That a country has the solution as a whole, so that each of its cities has it."""

    country: str = Field(description="ISO 3166-1 alpha-2.")
    since: int | None = Field(description="Null: looked up, there is none. May lie ahead.")
    until: int | None = Field(description="Last year; null: no end is known.")
    what: Names
    source_url: str


class Dispute(Schema):
    """Why results of a case are disputed, in one sentence."""

    case: str
    effects: list[str] = Field(description="Keys of the results.")
    sentence: Names
    source_url: str = Field(description="Empty: the sources of the case say so.")


class PlacedEffect(RecordedEffect):
    """An effect of one case. `left_out` says why it does not speak for its place; null: it does."""

    case: str
    place: str
    country: str
    left_out: str | None


class NoDifference(Schema):
    """A result of the measure told as no difference, without a number: counted, never pooled."""

    case: str
    place: str
    sentence: str
    language: LanguageCode
    design: enums.Design


class Chances(Schema):
    """Chances in one more place; the verdict of the solution says what the evidence allows."""

    p_right_direction: float | None = Field(description="Of a change for the better.")
    p_useful: float | None = Field(description="Of the smallest useful change or more.")
    no_useful_effect: bool | None = Field(
        description="True: the whole interval is smaller than the smallest useful change."
    )
    warnings: list[str]
    equivalence: Literal["too-little", "too-uncertain", "unknown", "some-effect"] | None = Field(
        description="too-little: shown not to do much. A wide interval around 0 is unknown."
    )


class CertaintyStep(Schema):
    """One question of the certainty; `change` is null where it was not assessed."""

    domain: str
    change: int | None
    reason: str
    number: float | None


class Certainty(Schema):
    """How certain a body of evidence is, with each step, its reason and its number."""

    grade: Literal["very-low", "low", "moderate", "high"]
    start: Literal["low", "moderate", "high"]
    steps: list[CertaintyStep]
    caps: list[str]


class NotKnown(Schema):
    """Something that is not known: of `n` places out of `of`, or of the `values` named."""

    code: str
    n: int | None
    of: int | None
    values: list[str]


class CitedVersion(Schema):
    """The version of a case that the figures were computed from."""

    case: str
    place: str
    version: int
    self: str
    page: str


class Outlook(Schema):
    """The pool of a measure and what it promises to one more place.

    Weighted by restricted likelihood with the interval of Hartung and Knapp where every place has
    a standard error, else unweighted. Of two places `warnings` say that they are no basis for a
    decision. Chances and certainty are null for a level or count.
    """

    k: int
    estimate: float
    se: float | None
    ci_low: float | None
    ci_high: float | None
    prediction_low: float | None
    prediction_high: float | None
    prediction_df: float | None
    tau2: float | None
    i2: float | None = Field(description="In percent.")
    q: float | None
    q_p: float | None
    method: str
    interval: str
    weighting: str
    warnings: list[str]
    chances: Chances | None
    smallest_useful: float | None = Field(description="As asked for by `useful`.")
    certainty: Certainty | None
    not_known: list[NotKnown]
    rests_on: list[CitedVersion]


class EffectGroup(Schema):
    """One measure over places, each counted once. Figures are null where too few places are known.

    `ci_*` bounds the mean, `pi_*` the effect to expect in one more place of the same kind. Both are
    null where they would reach what cannot happen (`below-possible`, `level-beyond-possible`): the
    results differ too much to predict a new one.
    """

    key: str = Field(description="Names the group in the parameter `of`.")
    measure: str = Field(description="Code, see /measures.")
    measure_name: str
    unit: str
    unit_name: str
    unit_symbol: str
    direction: enums.EffectDirection
    is_change: bool = Field(description="False: a level or count, whose sign says nothing.")
    grade_rests_on_it: bool
    places: int
    to_check_again: int = Field(description="Of the places, those whose result is to be looked up.")
    median: float | None
    minimum: float | None
    maximum: float | None
    mean: float | None
    ci_low: float | None
    ci_high: float | None
    pi_low: float | None
    pi_high: float | None
    level: float
    weighting: str
    favourable: int | None
    unfavourable: int | None
    zero: int
    warnings: list[str]
    method: str
    method_version: str
    outlook: Outlook | None = Field(description="Null where no place has a result.")
    effects: list[PlacedEffect]
    no_difference: list[NoDifference]


class Failure(Schema):
    case: str
    title: str
    language: LanguageCode
    place: str
    country: str
    outcome: enums.Outcome
    reasons: list[enums.Reason]
    what_did_not: str


class FailureRegister(Schema):
    """Cases that did not work, and those that worked in part. None reported is not none failed."""

    reasons: dict[enums.Reason, int]
    did_not_work: list[Failure]
    mixed: list[Failure]


class Solution(SolutionSummary):
    texts: dict[LanguageCode, SolutionText]
    prerequisite_kinds: list[enums.Prerequisite] = Field(
        description="What each prerequisite of the texts is about; empty where not sorted."
    )
    costs: list[SolutionCost]
    main_measure_chosen: bool = Field(
        description="By editors; else the main measure is the one of most places."
    )
    main_measure: str | None = Field(
        description="As chosen, see /measures; null though chosen: nothing recorded is an outcome."
    )
    main_unit: str | None
    main_measure_why: str = Field(description="In English, for editors.")
    one_off: enums.OneOff | Literal[""] = Field(
        description="Why more places will not try it as it was tried; empty: they can."
    )
    one_off_year: int | None = Field(description="When the only known try ended.")
    one_off_why: str = Field(description="In English, for editors.")
    national_schemes: list[NationalScheme]
    disputes: list[Dispute]
    evidence: EvidenceDetail
    verdicts: list[OutcomeVerdict] = Field(
        description="By outcome; that of the main measure first."
    )
    places: int = Field(description="Places with a published case, each counted once.")
    effects: list[EffectGroup] = Field(description="Best covered measure first.")
    failures: FailureRegister
    methods: list[str] = Field(description="Ids of methods that belong to it.")


class MethodLinks(Schema):
    self: str
    page: str = Field(description="The page for readers, in the language asked for.")


class MethodSummary(Schema):
    id: str
    name: str
    description: str
    language: LanguageCode = Field(description="Language of name and description.")
    topic: enums.Topic
    kind: enums.SolutionKind
    iap2_level: enums.Iap2Level | None = Field(
        description="Editorial judgement; of methods for engaging citizens alone, as is the mode."
    )
    cost_level: enums.CostLevel | None
    mode: enums.Mode | None
    group_size_min: int | None
    group_size_max: int | None
    sources: list[str] = Field(description="Where it is written down: title, publisher and year.")
    related_solution: str | None
    evidence_cases: list[str]
    origin: Origin
    updated_at: dt.datetime
    links: MethodLinks


class MethodText(Schema):
    status: enums.TextStatus
    name: str
    description: str
    strengths: list[str]
    limits: list[str]
    best_for: str
    duration: str
    group_size_typical: str
    evaluation_criteria: list[str]


class Method(MethodSummary):
    texts: dict[LanguageCode, MethodText]


class Measure(Schema):
    code: str
    name: str
    names: Names


class Unit(Schema):
    code: str
    name: str
    symbol: str
    names: Names
    is_relative: bool = Field(description="A share of the measure itself; comparable over sizes.")
    is_change: bool = Field(description="False: a level or count.")


class Term(Schema):
    """A code of a closed list, with its name in the language asked for."""

    code: str
    name: str
    cases: int = Field(description="Published cases that carry it.")


class SolutionPage(Page[SolutionSummary]):
    """Solutions by id."""


class MethodPage(Page[MethodSummary]):
    """Methods by id."""


class MeasureListing(Listing[Measure]):
    """Measures by code."""


class UnitListing(Listing[Unit]):
    """Units by code."""


class TermListing(Listing[Term]):
    """Codes in the order of their list."""


class MethodMeasured(Schema):
    """A measure of one use of a method, with its 95 % interval."""

    measure: enums.MethodMeasure
    group: str | None = Field(description="Of reach, such as `tenure:rents`.")
    value: float
    low: float
    high: float
    n: int = Field(description="People, contributions or units that it stands on.")
    unit: str | None


class MethodUse(Schema):
    id: str
    city: str
    title: str
    language: LanguageCode
    ended_on: dt.date
    synthetic: bool = Field(description="Made up for a demonstration.")
    process: str | None = Field(description="Id of the process; null where staff recorded it.")
    measures: list[MethodMeasured]


class MethodOverCities(Schema):
    """A measure over cities. Null values: fewer than three cities measured it."""

    measure: enums.MethodMeasure
    group: str | None
    unit: str | None
    cities: int
    value: float | None
    low: float | None
    high: float | None


class MethodResults(Schema):
    uses: list[MethodUse] = Field(description="The last one to end comes first.")
    over_cities: list[MethodOverCities]
