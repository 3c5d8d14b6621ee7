"""The rules given data must keep, each fault named by its place and the rule it breaks."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from urllib.parse import urlsplit

import pycountry

from alliance.core import clock
from alliance.core.errors import Fault
from alliance.core.ids import PUBLIC_ID
from alliance.core.money import MoneyError, to_minor, validate_currency
from alliance.core.text import markup_fault
from alliance.knowledge import enums
from alliance.knowledge.records import (
    CaseRecord,
    Cost,
    EffectRecord,
    MethodRecord,
    Quantity,
    SolutionRecord,
    SourceRecord,
)
from alliance.network.enums import OrganisationKind

YEARS = range(1900, 2101)
SDG_TARGET = re.compile(r"^(1[0-7]|[1-9])\.([1-9][0-9]?|[a-d])$")
# User-assigned and reserved ISO codes for "several European countries" and "not disclosed".
COUNTRIES_BESIDE_ISO = frozenset({"EU", "ZZ"})
LONGEST_TEXT = 20_000
# They let a text show another order of letters than it holds. The marks U+200E, U+200F and U+061C
# only join scripts and are taken.
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")


def _one_of(where: str, value: str, choices: Iterable[str]) -> Iterator[Fault]:
    allowed = list(choices)
    if value not in allowed:
        yield Fault(where, f"{value!r} is not one of {', '.join(allowed)}")


def _year(where: str, value: int | None) -> Iterator[Fault]:
    if value is not None and value not in YEARS:
        yield Fault(where, f"{value} is not a year from {YEARS.start} to {YEARS.stop - 1}")


def _begun(where: str, value: int | None, this_year: int, why: str) -> Iterator[Fault]:
    if value is not None and value > this_year:
        yield Fault(where, f"{value} lies ahead of this year, {this_year}; {why}")


def _order(where: str, start: int | None, end: int | None) -> Iterator[Fault]:
    if start is not None and end is not None and end < start:
        yield Fault(where, f"ends in {end}, before it starts in {start}")


def plain_text_fault(value: str) -> str | None:
    """The rule that `value` breaks as plain text, or None: no markup, no control characters."""
    found = _DIRECTION.search(value)
    if found:
        return (
            f"holds U+{ord(found[0]):04X}, which turns the direction of the text around; "
            "plain text only"
        )
    return markup_fault(value)


def _text(where: str, value: str, *, longest: int = LONGEST_TEXT) -> Iterator[Fault]:
    fault = plain_text_fault(value)
    if fault:
        yield Fault(where, fault)
    if len(value) > longest:
        yield Fault(where, f"is {len(value):,} characters long; at most {longest:,}")


def _required_text(where: str, value: str, *, longest: int = LONGEST_TEXT) -> Iterator[Fault]:
    if not value.strip():
        yield Fault(where, "is missing")
    yield from _text(where, value, longest=longest)


def _finite(where: str, value: float | None) -> Iterator[Fault]:
    if value is not None and not math.isfinite(value):
        yield Fault(where, "is not a finite number")


def country_faults(where: str, code: str, *, of_city: bool = False) -> Iterator[Fault]:
    """Faults of an ISO 3166-1 alpha-2 country code.

    A case may also stand under EU (several European countries) or ZZ (the source does not
    disclose the country: a trial kept out for that reason would be knowledge lost); a city not.
    """
    if code in COUNTRIES_BESIDE_ISO and not of_city:
        return
    # The list of countries is read without regard to case; "se" would be a second Sweden.
    if len(code) != 2 or code != code.upper() or pycountry.countries.get(alpha_2=code) is None:
        yield Fault(where, f"{code!r} is not an ISO 3166-1 country code of two letters")


def _public_id(where: str, value: str) -> Iterator[Fault]:
    if not PUBLIC_ID.match(value):
        yield Fault(where, f"{value!r} is not lower-case letters, digits and hyphens, 2 to 80 long")


def _cost(where: str, cost: Cost) -> Iterator[Fault]:
    try:
        validate_currency(cost.currency)
    except MoneyError:
        known = False
        yield Fault(
            f"{where}.currency", f"{cost.currency!r} is not an ISO 4217 currency code of money"
        )
    else:
        known = True
    if not Decimal(cost.amount).is_finite() or cost.amount < 0:
        yield Fault(f"{where}.amount", "must be a number of at least 0")
    elif known:
        yield from _amount(f"{where}.amount", cost)
    yield from _year(f"{where}.year", cost.price_year)


def _amount(where: str, cost: Cost) -> Iterator[Fault]:
    """What keeps an amount from being held in minor units, such as too many decimals."""
    try:
        to_minor(cost.amount, cost.currency)
    except MoneyError as error:
        yield Fault(where, str(error))


def _quantity(where: str, quantity: Quantity, units: Iterable[str]) -> Iterator[Fault]:
    if not math.isfinite(quantity.value) or quantity.value < 0:
        yield Fault(f"{where}.value", "must be a number of at least 0")
    yield from _one_of(f"{where}.unit", quantity.unit, units)


def _interval(where: str, effect: EffectRecord) -> Iterator[Fault]:
    """Faults of the interval of an effect: both ends or none, around the value."""
    low, high = effect.low, effect.high
    if low is None and high is not None:
        yield Fault(f"{where}.low", "is missing while high is given; give both or neither")
    if high is None and low is not None:
        yield Fault(f"{where}.high", "is missing while low is given; give both or neither")
    if low is not None and low > effect.value:
        yield Fault(f"{where}.low", f"{low} is above the value {effect.value}")
    if high is not None and high < effect.value:
        yield Fault(f"{where}.high", f"{high} is below the value {effect.value}")


def _same_effect(where: str, effects: Iterable[EffectRecord]) -> Iterator[Fault]:
    """Effects that tell the same thing as an earlier one, whatever their values."""
    first: dict[tuple[object, ...], int] = {}
    for position, effect in enumerate(effects):
        key = (
            *(effect.measure, effect.unit, effect.design, effect.period_start, effect.period_end),
            " ".join(effect.qualifier.casefold().split()),
        )
        if key in first:
            yield Fault(
                f"{where}[{position}]",
                f"has the measure, unit, qualifier, period and design of effects[{first[key]}]; "
                "an effect is told once, and two are told apart by their qualifier",
            )
        first.setdefault(key, position)


def _effect(
    where: str,
    effect: EffectRecord,
    measures: frozenset[str],
    units: frozenset[str],
    this_year: int,
) -> Iterator[Fault]:
    if effect.measure not in measures:
        yield Fault(f"{where}.measure", f"unknown measure {effect.measure!r}")
    if effect.unit not in units:
        yield Fault(f"{where}.unit", f"unknown unit {effect.unit!r}")
    for name in ("value", "baseline", "low", "high", "standard_error"):
        yield from _finite(f"{where}.{name}", getattr(effect, name))
    yield from _interval(where, effect)
    if effect.standard_error is not None and effect.standard_error <= 0:
        yield Fault(f"{where}.se", "must be above 0; leave it out where it is not known")
    if effect.n is not None and effect.n < 1:
        yield Fault(f"{where}.n", "must be at least 1; leave it out where it is not known")
    yield from _year(f"{where}.period", effect.period_start)
    yield from _year(f"{where}.period", effect.period_end)
    yield from _order(f"{where}.period", effect.period_start, effect.period_end)
    latest = max((y for y in (effect.period_start, effect.period_end) if y), default=None)
    yield from _begun(f"{where}.period", latest, this_year, "an effect is what was found")
    yield from _one_of(f"{where}.design", effect.design, enums.Design.values)
    yield from _one_of(f"{where}.direction", effect.direction, enums.EffectDirection.values)
    if effect.pool_exclusion:
        yield from _one_of(
            f"{where}.pool_exclusion", effect.pool_exclusion, enums.PoolExclusion.values
        )
    yield from _text(f"{where}.qualifier", effect.qualifier, longest=200)
    yield from _text(f"{where}.note", effect.note)


def _source(where: str, source: SourceRecord) -> Iterator[Fault]:
    yield from _required_text(f"{where}.title", source.title, longest=300)
    yield from _text(f"{where}.seen", source.seen)
    try:
        parts = urlsplit(source.url)
    except ValueError:
        yield Fault(f"{where}.url", f"{source.url!r} is not an address")
    else:
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            yield Fault(f"{where}.url", f"{source.url!r} is not an http or https address")
    if len(source.url) > 500:
        yield Fault(f"{where}.url", "is longer than 500 characters")
    yield from _one_of(f"{where}.kind", source.kind, enums.SourceKind.values)


def _languages(where: str, texts: Iterable[object], original: str | None) -> Iterator[Fault]:
    seen: list[str] = []
    for position, text in enumerate(texts):
        language = getattr(text, "language", "")
        yield from _one_of(f"{where}[{position}].language", language, enums.Language.values)
        yield from _one_of(
            f"{where}[{position}].status", getattr(text, "status", ""), enums.TextStatus.values
        )
        if language in seen:
            yield Fault(f"{where}[{position}].language", f"{language!r} is given twice")
        seen.append(language)
    if not seen:
        yield Fault(where, "no text is given")
    elif original is not None and original not in seen:
        yield Fault(where, f"the text in the original language {original!r} is missing")


def _codes(where: str, codes: Iterable[str], choices: Iterable[str]) -> Iterator[Fault]:
    given = list(codes)
    for code in given:
        yield from _one_of(where, code, choices)
    if len(set(given)) != len(given):
        yield Fault(where, "names a code twice")


def _sdg(where: str, codes: Iterable[str]) -> Iterator[Fault]:
    given = list(codes)
    for code in given:
        if not SDG_TARGET.match(code):
            yield Fault(where, f"{code!r} is not an SDG target such as 11.2 or 13.b")
    if len(set(given)) != len(given):
        yield Fault(where, "names a code twice")


def case_faults(
    record: CaseRecord,
    *,
    measures: frozenset[str],
    units: frozenset[str],
    solutions: frozenset[str],
    where: str = "case",
    this_year: int | None = None,
) -> list[Fault]:
    """Every fault of one case. `measures`, `units`, `solutions` are the known names and ids.

    `this_year` is the last year of which anything can be known; by default that of today.
    """
    this_year = this_year or clock.today().year
    faults: list[Fault] = []
    add = faults.extend
    if record.public_id:
        add(_public_id(f"{where}.id", record.public_id))
    if record.solution not in solutions:
        faults.append(Fault(f"{where}.solution", f"unknown solution {record.solution!r}"))
    add(_one_of(f"{where}.kind", record.kind, enums.SolutionKind.values))
    add(_one_of(f"{where}.outcome", record.outcome, enums.Outcome.values))
    add(_one_of(f"{where}.status", record.status, enums.CaseStatus.values))
    add(_codes(f"{where}.reasons", record.reasons, enums.Reason.values))
    add(_required_text(f"{where}.city", record.place.name, longest=120))
    add(country_faults(f"{where}.country", record.place.country))
    for name, value, limit in (
        ("lat", record.place.latitude, 90),
        ("lon", record.place.longitude, 180),
    ):
        add(_finite(f"{where}.{name}", value))
        if value is not None and abs(value) > limit:
            faults.append(Fault(f"{where}.{name}", f"{value} is outside ±{limit}"))
    add(_year(f"{where}.start_year", record.start_year))
    add(_begun(f"{where}.start_year", record.start_year, this_year, "it has no outcome yet"))
    add(_year(f"{where}.end_year", record.end_year))
    add(_order(f"{where}.end_year", record.start_year, record.end_year))
    if record.cost is not None:
        add(_cost(f"{where}.cost", record.cost))
    for name, quantity, allowed in (
        ("staff_time", record.staff_time, enums.StaffUnit.values),
        ("lead_time", record.lead_time, enums.TimeUnit.values),
        ("lifetime", record.lifetime, enums.TimeUnit.values),
    ):
        if quantity is not None:
            add(_quantity(f"{where}.{name}", quantity, allowed))
    add(_languages(f"{where}.texts", record.texts, record.original_language))
    for position, text in enumerate(record.texts):
        place = f"{where}.texts[{position}]"
        add(_required_text(f"{place}.title", text.title, longest=200))
        add(_required_text(f"{place}.summary", text.summary))
        for name in ("problem", "what_worked", "what_did_not", "equity_notes"):
            add(_text(f"{place}.{name}", getattr(text, name)))
    for position, effect in enumerate(record.effects):
        add(_effect(f"{where}.effects[{position}]", effect, measures, units, this_year))
    add(_same_effect(f"{where}.effects", record.effects))
    # A masked case shows none either; its reviewers and the secretariat see them.
    if not record.sources and record.status == enums.CaseStatus.PUBLISHED:
        faults.append(Fault(f"{where}.sources", "a published case needs at least one source"))
    for position, source in enumerate(record.sources):
        add(_source(f"{where}.sources[{position}]", source))
    add(_codes(f"{where}.topics", record.topics, enums.Topic.values))
    add(_codes(f"{where}.themes", record.themes, enums.Theme.values))
    add(_codes(f"{where}.actors", record.actors, OrganisationKind.values))
    add(_sdg(f"{where}.sdg_targets", record.sdg_targets))
    add(_text(f"{where}.adaptation_changes", record.adaptation_changes))
    return faults


def solution_faults(record: SolutionRecord, *, where: str = "solution") -> list[Fault]:
    """Every fault of one solution."""
    faults: list[Fault] = []
    add = faults.extend
    add(_public_id(f"{where}.id", record.public_id))
    add(_one_of(f"{where}.kind", record.kind, enums.SolutionKind.values))
    add(_languages(f"{where}.texts", record.texts, None))
    for position, text in enumerate(record.texts):
        place = f"{where}.texts[{position}]"
        add(_required_text(f"{place}.name", text.name, longest=160))
        add(_text(f"{place}.summary", text.summary))
        add(_text(f"{place}.how_it_works", text.how_it_works))
        for number, item in enumerate(text.prerequisites):
            add(_required_text(f"{place}.prerequisites[{number}]", item, longest=500))
    add(_codes(f"{where}.topics", record.topics, enums.Topic.values))
    add(_codes(f"{where}.themes", record.themes, enums.Theme.values))
    add(_sdg(f"{where}.sdg_targets", record.sdg_targets))
    return faults


def method_faults(
    record: MethodRecord,
    *,
    solutions: frozenset[str],
    cases: frozenset[str],
    where: str = "method",
) -> list[Fault]:
    """Every fault of one engagement method."""
    faults: list[Fault] = []
    add = faults.extend
    add(_public_id(f"{where}.id", record.public_id))
    add(_one_of(f"{where}.kind", record.kind, enums.SolutionKind.values))
    add(_one_of(f"{where}.cost_level", record.cost_level, enums.CostLevel.values))
    add(_one_of(f"{where}.iap2_level", record.iap2_level, enums.Iap2Level.values))
    add(_one_of(f"{where}.mode", record.mode, enums.Mode.values))
    low, high = record.group_size_min, record.group_size_max
    if low is not None and low < 1:
        faults.append(Fault(f"{where}.group_size.min", "must be at least 1"))
    if low is not None and high is not None and high < low:
        faults.append(Fault(f"{where}.group_size.max", f"{high} is below the smallest size {low}"))
    if record.related_solution and record.related_solution not in solutions:
        faults.append(
            Fault(f"{where}.related_solution", f"unknown solution {record.related_solution!r}")
        )
    for case in record.evidence_cases:
        if case not in cases:
            faults.append(Fault(f"{where}.evidence_cases", f"unknown case {case!r}"))
    add(_languages(f"{where}.texts", record.texts, None))
    for position, text in enumerate(record.texts):
        place = f"{where}.texts[{position}]"
        add(_required_text(f"{place}.name", text.name, longest=160))
        add(_required_text(f"{place}.description", text.description))
        add(_text(f"{place}.best_for", text.best_for))
        add(_text(f"{place}.duration", text.duration, longest=80))
        for name in ("strengths", "limits", "evaluation_criteria"):
            for number, item in enumerate(getattr(text, name)):
                add(_required_text(f"{place}.{name}[{number}]", item, longest=500))
    return faults
