"""Cases, solutions and methods as the API gives them.

Null means "not recorded", never 0 and never no. Codes come from the closed lists of the codebook.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from types import GenericAlias
from typing import Annotated, Any

from ninja import Field, Schema
from pydantic import create_model

from alliance.cases import enums
from alliance.cases.case_fields import (
    BY_PATH,
    OF_COST,
    OF_EFFECTS,
    OF_NULLS,
    OF_SOURCES,
    OF_TEXTS,
    QUANTITIES,
    STORED,
    TYPES,
    CaseField,
)
from alliance.network.api.common import LanguageCode, Listing, Page
from alliance.network.enums import OrganisationKind, Origin
from alliance.network.text_checks import SDG_TARGET

SdgTarget = Annotated[str, Field(pattern=SDG_TARGET.pattern)]


class Quantity(Schema):
    value: float
    unit: str


def _fields(
    fields: Iterable[CaseField], *, base: type[Schema] = Schema, by: str = "table", **described: str
) -> Any:
    """`base` with fields of the register, null where not recorded; `by`: whose names they have."""
    definitions: dict[str, Any] = {}
    for row in fields:
        kind: Any = row.vocabulary or TYPES[row.kind]
        if row.kind == "list":
            kind = GenericAlias(list, (row.vocabulary or str,))
        elif not row.is_required and (row.is_nullable or row.vocabulary):
            kind = kind | None
        name = getattr(row, by)
        definitions[name] = (kind, Field(description=described.get(name)))
    return create_model("Fields", __base__=base, **definitions)


#: What lists tell of a case too, and what only the case tells; its origin is published apart.
IN_SUMMARY = tuple(
    BY_PATH[name]
    for name in ("solution", "kind", "start_year", "end_year", "outcome", "reasons", "review_by")
)
IN_DETAIL = tuple(
    row for row in STORED if row.is_open and row not in IN_SUMMARY and row.name != "adapted_from"
)
_Summary: Any = _fields(
    IN_SUMMARY,
    end_year="Null also where it goes on.",
    reasons="Why it did not work, or not in full.",
    review_by="When somebody should look at it again.",
)
_Detail: Any = _fields(
    IN_DETAIL,
    running="Whether it still runs; null: not known.",
    running_year="Year as of which that is known.",
    running_source="Where that can be read.",
    gained="Groups of people that gained.",
    paid="Groups of people that paid or lost something.",
    check_again="What is to be looked up before the case is taken as settled.",
)


_Texts: Any = _fields(OF_TEXTS, equity_notes="Editorial judgement in starter content.")
RecordedEffect: Any = _fields(
    OF_EFFECTS,
    measure="Code, see /measures.",
    unit="Code, see /units.",
    qualifier="Which part of the place or period; empty: the whole.",
    pool_exclusion="Why it is never counted together with others; null: it counts.",
    range_low="Lowest value over models, sites or readings: no interval.",
    is_main="Marked as the main result of the case.",
    check_again="Why it is to be looked up again; null: nothing is known to be open.",
    has_late_plan="Its plan was registered when the data were there already.",
    has_failed_check="A check of the method says that what it rests on may not hold.",
    has_deviation="It was not carried out as planned.",
    pilot="Public id of the pilot of this platform it came of; empty: of none.",
    baseline_unit="Code, see /units; null: that of the effect.",
    se_rule="How the standard error was taken from the source or derived from what it says.",
    study="Study it comes from; one study counts as one place.",
    sample="People or sites that were measured; those of one name are pooled once.",
    key="Names it within its case, and stays when it changes.",
    qualifier_fr="`qualifier` in French; empty: not translated.",
    qualifier_sv="`qualifier` in Swedish; empty: not translated.",
    note_fr="`note` in French; empty: not translated.",
    note_sv="`note` in Swedish; empty: not translated.",
)
_Nulls: Any = _fields(
    OF_NULLS,
    measure="Code, see /measures.",
    qualifier="Which part of the place or period; empty: the whole.",
    sentence="The result in a sentence, in the language of the case. There is no number.",
    sentence_fr="`sentence` in French; empty: not translated.",
    sentence_sv="`sentence` in Swedish; empty: not translated.",
    is_main="Marked as the main result of the case.",
    key="Names it within its case, and stays when it changes.",
)
_Sources: Any = _fields(
    OF_SOURCES,
    independent="Written by others than those who ran or sold the measure.",
    seen="The words that were read.",
)
_quantities: Any = {quantity.name: (Quantity | None, ...) for quantity in QUANTITIES}
_Quantities: Any = create_model("Quantities", __base__=Schema, **_quantities)


class CasePlace(Schema):
    name: str = Field(description="The place as the case tells it.")
    country: str = Field(description="ISO 3166-1, or EU (several countries) or ZZ (not disclosed).")
    city: str | None = Field(description="Id of the city, where the place is one city.")
    latitude: float | None
    longitude: float | None


class Evidence(Schema):
    points: int | None = Field(description="0 to 5; null: not graded, as no effect can be used.")
    max_points: int
    rule_version: str | None


class GradeLine(Schema):
    """How one line of the published rule came out; `met` is null where that is not known."""

    code: str
    points: int
    met: bool | None
    params: dict[str, int | str]


class EvidenceDetail(Evidence):
    lines: list[GradeLine]


class CaseLinks(Schema):
    self: str
    page: str = Field(description="The page for readers, in the language asked for.")
    versions: str
    solution: str


class CaseSummary(_Summary):
    id: str
    solution_name: str
    title: str
    summary: str
    language: LanguageCode = Field(description="Language of title and summary.")
    place: CasePlace
    topics: list[enums.Topic]
    themes: list[enums.Theme]
    sdg_targets: list[SdgTarget]
    evidence: Evidence
    licence: str
    origin: Origin
    from_network: str = Field(description="The network it comes from; empty: this one.")
    version: int = Field(description="Number of the published version.")
    city_checked_on: dt.date | None = Field(
        description="When the team of its city had answered for all its facts; null: it has not."
    )
    published_at: dt.datetime | None
    updated_at: dt.datetime
    links: CaseLinks


class CaseText(_Texts):
    status: enums.TextStatus


class Effect(RecordedEffect):
    """One result. `low` and `high` bound a 95 % interval."""

    position: int
    measure_name: str
    unit_name: str
    unit_symbol: str


class NullResult(_Nulls):
    """A result told as no difference, without a number: never to be read as 0."""

    position: int
    measure_name: str


class CaseSource(_Sources):
    position: int


class Money(Schema):
    amount: float = Field(description="In major units of the currency.")
    currency: str
    price_year: int | None


class ConvertedMoney(Money):
    """A cost in another currency and price year, and the data and method that it rests on."""

    price_factor: float
    exchange_factor: float
    deflator_country: str
    deflator_sources: list[str]
    rate_sources: list[str]
    table_version: str
    method: str
    method_version: str


class MoneyPerInhabitant(Money):
    population: int


class CostNotComparable(Schema):
    """What is missing to put a cost beside others."""

    field: str
    code: str
    params: dict[str, int | str]


_Cost: Any = _fields(
    (row for row in OF_COST if row.name not in Money.model_fields),
    base=Money,
    by="name",
    kind="What it is; one handed out, a loss or a part is never compared.",
    covers="What it covers, in the language of the case.",
    covers_fr="`covers` in French; empty: not translated.",
    covers_sv="`covers` in Swedish; empty: not translated.",
    is_computed="Worked out and not published as such.",
)


class RecordedCost(_Cost):
    """A cost as the case records it."""


class CaseAmount(RecordedCost):
    """A further amount of a case, which is not compared with those of others."""

    position: int


class CaseCost(Schema):
    """The total cost: as recorded, and in the currency and prices that costs are compared in."""

    recorded: RecordedCost | None
    converted: ConvertedMoney | None
    not_comparable: CostNotComparable | None
    per_inhabitant: MoneyPerInhabitant | None
    per_inhabitant_not_comparable: CostNotComparable | None


class Actor(Schema):
    kind: OrganisationKind
    organisation: str | None = Field(description="Id of the organisation, where it is known.")


class CaseFileLinks(Schema):
    content: str


class CaseFile(Schema):
    """A file that was published with the case."""

    id: str
    title: str
    file_name: str
    media_type: str = Field(description="Told from the content of the file.")
    size: int = Field(description="In bytes.")
    sha256: str
    alt_text: str = Field(description="What a picture shows; empty where the page shows none.")
    credit: str = Field(description="Who made the picture.")
    licence: str = Field(description="Under which others may use the picture.")
    published_at: dt.datetime
    links: CaseFileLinks


class VersionStamp(Schema):
    number: int
    at: dt.datetime
    digest: str = Field(description="SHA-256 of the canonical JSON of the snapshot.")


class Case(CaseSummary, _Detail, _Quantities):
    original_language: LanguageCode
    texts: dict[LanguageCode, CaseText]
    evidence: EvidenceDetail
    effects: list[Effect]
    nulls: list[NullResult] = Field(description="Results told as no difference, without a number.")
    amounts: list[CaseAmount] = Field(description="Amounts beside what it cost, never compared.")
    sources: list[CaseSource]
    files: list[CaseFile]
    cost: CaseCost
    actors: list[Actor]
    adapted_from: str | None = Field(description="Id of the case that this one was adapted from.")
    current_version: VersionStamp


class CaseVersionLinks(Schema):
    self: str
    case: str


class CaseVersion(VersionStamp):
    links: CaseVersionLinks


class CaseVersionDetail(CaseVersion):
    snapshot: dict[str, Any] = Field(
        description="The whole case as it was published. Canonical JSON: sorted keys, no spaces."
    )


class CasePage(Page[CaseSummary]):
    """Cases by id."""


class CaseVersionListing(Listing[CaseVersion]):
    """Versions, newest first."""
