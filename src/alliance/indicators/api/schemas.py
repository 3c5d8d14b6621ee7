"""API schemas of indicators. Null means "not recorded" or "no data", never 0."""

from __future__ import annotations

import datetime as dt
from typing import Any, get_args

from ninja import Field, Schema

from alliance.indicators import enums
from alliance.network.api.common import LanguageQuery, Listing, Names, Page, PageQuery

AS_OF = Field(
    "",
    max_length=40,
    description="Answer as it was known at the end of this day (2026-06-30), or at this moment.",
    json_schema_extra={"example": "2026-11-24"},
)


class AsOfQuery(LanguageQuery):
    as_of: str = AS_OF


class AsOfPageQuery(PageQuery):
    as_of: str = AS_OF


class Group(Schema):
    code: str
    names: Names
    parent: str | None


class IndicatorLinks(Schema):
    self: str
    figures: str
    page: str = Field(description="The page for readers, in the language asked for.")


class IndicatorSummary(Schema):
    """An indicator in a list."""

    id: str
    code: str
    name: str
    names: Names
    group: str | None = Field(description="The code of its group.")
    definitions: list[str] = Field(description="Keys of its definitions, which do not compare.")
    links: IndicatorLinks


class IndicatorPage(Page[IndicatorSummary]):
    """A page of the catalogue, in its order."""


class Texts(Schema):
    en: str | None
    fr: str | None
    sv: str | None


def texts_of(record: Any, name: str) -> dict[str, str | None]:
    """A text of a record in its three languages."""
    names = {"en": name, "fr": f"{name}_fr", "sv": f"{name}_sv"}
    return {language: getattr(record, name) or None for language, name in names.items()}


def answer_of(schema: type[Schema], record: Any, **other: Any) -> dict[str, Any]:
    """The values of `schema` read from a record with the same field names, except for `other`.

    An empty text becomes null if the field is nullable.
    """
    for name, field in schema.model_fields.items():
        if name not in other:
            if field.annotation is Texts:
                other[name] = texts_of(record, name)
            else:
                value = getattr(record, name)
                may_lack = type(None) in get_args(field.annotation)
                other[name] = None if may_lack and value == "" else value
    return other


class Version(Schema):
    """A version of a definition. The highest number applies; earlier ones are retained."""

    number: int
    recorded_at: dt.datetime
    reason: str | None
    breaks_comparison: bool = Field(
        description="Figures under earlier versions do not compare with those under this one."
    )
    text: Texts
    notes: Texts = Field(description="Doubts and limits that readers must know.")
    unit: str | None = Field(description="As pint reads it; null for a plain label.")
    unit_label: Names
    direction: enums.IndicatorDirection
    scale: enums.Scale
    nature: enums.Nature
    lower_bound: float | None = Field(description="The poor end of the scale of scores.")
    upper_bound: float | None = Field(description="The good end of the scale of scores.")
    bounds_basis: Texts
    valid_min: float | None
    valid_max: float | None
    decimals: int
    least_difference: float | None = Field(description="Differences below this are none.")
    not_ranked_because: Texts
    sdg_targets: list[str]
    population: Texts = Field(description="Of whom or what: the population or denominator.")
    publisher: str
    licence: str
    scope: str | None = Field(
        description="The country whose cities it can count; EU for a European source, null for any."
    )
    method_class: enums.MethodClass | None
    grade: enums.Quality | None = Field(
        description="Declared of all figures of that kind of source, where they have no own error."
    )
    dataset: str | None = Field(description="The publisher's table.")
    table_id: str | None
    dataset_url: str | None


class Definition(Schema):
    """A way of measuring an indicator."""

    key: str
    current: Version
    versions: list[Version]


class Target(Schema):
    """A target: its value and year, who set it and its basis."""

    definition: str | None = Field(
        description="In whose unit it is; null for another quantity than the figures here."
    )
    city: str | None
    country: str | None = Field(description="Of all cities of this country; null for any.")
    kind: enums.TargetKind | None
    value: float | None
    words: str | None = Field(description="Where it is no number, such as “net zero”.")
    unit: str | None = Field(description="Where it is not that of the definition.")
    year: int | None
    basis: Texts
    rule: str | None
    is_computed: bool
    baseline_year: int | None
    baseline: str | None
    binding_on: str | None
    source: str | None
    source_url: str | None
    recorded_at: dt.datetime


class Sibling(Schema):
    """Whether figures under two definitions may be shown side by side."""

    left: str
    right: str | None = Field(
        description="The same as `left`: in two countries. Null: there is none elsewhere."
    )
    verdict: enums.SiblingVerdict
    clause: str = Field(description="What differs by kind, such as “population; currency”.")
    differs: Texts
    advice: Texts


class Indicator(IndicatorSummary):
    """An indicator with its definitions as of the requested date."""

    definitions: list[Definition]  # type: ignore[assignment]
    measures: list[str] = Field(description="Measures of effects that act on it.")
    denominator: str | None
    targets: list[Target] = Field(description="Those that hold, the ones that count first.")
    siblings: list[Sibling]


class Figure(Schema):
    """A figure with its series, unit, status, source, licence and date of knowledge."""

    city: str
    city_name: str
    country: str
    indicator: str
    definition: str
    definition_version: int
    boundary: enums.Boundary
    sex: str
    age: str
    income: str
    area: str
    period: str
    value: float | None
    unit: str
    status: enums.Status
    standard_error: float | None
    quality: str | None
    declared_grade: enums.Quality | None = Field(
        description="Of all figures of that kind of source; counts where neither of the two does."
    )
    method_class: enums.MethodClass | None
    method: str | None
    source: str | None
    source_url: str | None
    publisher: str
    licence: str
    recorded_at: dt.datetime
    as_of: dt.datetime


class FigurePage(Page[Figure]):
    """A page of the figures, by series and period."""


class Revision(Schema):
    """A figure that superseded an earlier one."""

    city: str
    indicator: str
    period: str
    old_value: float | None
    new_value: float | None
    old_status: enums.Status
    new_status: enums.Status
    at: dt.datetime
    by: str | None = Field(description="The organisation that brought the new figure.")
    how: enums.BatchKind
    reason: str | None


class RevisionPage(Page[Revision]):
    """A page of the log of revisions, the newest first."""


class ComparedFigure(Schema):
    city: str
    city_name: str
    value: float | None
    unit: str | None
    period: str | None
    definition: str | None
    boundary: enums.Boundary | None
    status: enums.Status | None
    rank: int | None = Field(description="1 is best; values too close to tell apart share one.")
    rank_high: int | None = Field(description="The last rank it may have.")
    error_basis: enums.ErrorBasis | None = Field(
        description="Where the error of the figure is from, by which ranks go."
    )


class Comparison(Schema):
    """Cities in order on an indicator, whose figures are comparable."""

    indicator: str
    as_of: dt.datetime
    figures: list[ComparedFigure]


class Release(Schema):
    """A release: data, definitions, method and seed frozen, with the scores computed from them."""

    id: str
    name: str
    year: int
    as_of: dt.datetime
    published_at: dt.datetime | None
    seed: int
    draws: int
    scores: str = Field(description="Address of its scores.")


class ReleaseListing(Listing[Release]):
    """Published releases, the newest first."""


class ReleaseScore(Schema):
    """The score of a city on an indicator, a group or the index."""

    city: str
    kind: enums.NodeKind
    node: str
    definition: str | None
    boundary: str | None
    value: float | None
    value_low: float | None
    value_high: float | None
    period: str | None
    age: int | None = Field(description="Years by which the figure is older than the release.")
    status: str | None
    score: float | None = Field(description="0 to 100, higher is better.")
    score_low: float | None
    score_high: float | None
    rank: int | None
    rank_low: int | None
    rank_high: int | None
    n_ranked: int
    ranked_set: int | None = Field(
        description="Scores of a node with the same number were ranked together."
    )
    ranked_value: float | None = Field(description="The figure, divided where it is ranked so.")
    ranked_error: float | None = Field(description="Its standard error, by which ranks go.")
    error_basis: enums.ErrorBasis | None
    p_top_quarter: float | None
    percentile: float | None
    percentile_low: float | None
    percentile_high: float | None
    peer_group: str | None
    k: int = Field(description="How many other cities among its peers have a score.")
    standing: enums.PeerStanding
    not_ranked: str | None = Field(description="Why it has a value but no rank.")
    trend: enums.TrendLabel
    slope: float | None = Field(description="Score points a year.")
    slope_low: float | None
    slope_high: float | None


class ReleaseScorePage(Page[ReleaseScore]):
    """A page of the scores of a release, by city and node."""
