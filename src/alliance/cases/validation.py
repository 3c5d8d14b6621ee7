"""The rules given data must keep, each fault named by its place and the rule it breaks."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pycountry

from alliance.analysis.effect_spread import PERCENT_CHANGE, STANDARDISED, Z_95
from alliance.cases import enums
from alliance.cases.case_document import (
    EFFECT_WORDS,
    LONGEST_LEAD,
    TEXT_FIELDS,
    CaseDocument,
    CostPart,
    EffectPart,
    NullPart,
    Place,
    QuantityPart,
    SourcePart,
)
from alliance.cases.case_fields import QUANTITIES
from alliance.cases.records import COST_WORDS, MethodRecord, SolutionRecord
from alliance.core import clock
from alliance.core.errors import Fault
from alliance.core.ids import PUBLIC_ID
from alliance.core.money import MoneyError, to_minor, validate_currency
from alliance.network.enums import OrganisationKind
from alliance.network.text_checks import choice_faults, target_faults, text_faults

YEARS = range(1900, 2101)
# User-assigned and reserved ISO codes for "several European countries" and "not disclosed".
COUNTRIES_BESIDE_ISO = frozenset({"EU", "ZZ"})
LONGEST_TEXT = 20_000
#: The longest of the texts of a case that are one line.
_LONGEST = {"title": 200, "lead": LONGEST_LEAD}
LONGEST_URL = 500
#: Units of changes that start from something in another unit.
NO_START = frozenset({*PERCENT_CHANGE, "difference in percent, as reported", *STANDARDISED})
#: Units of shares begin so, and end at 100 but for these, which are compared with something else.
SHARE = "percent of "
YARDSTICKS = frozenset(
    {"percent of prediction", "percent of target", "percent of the control group"}
)  # fmt: skip
#: How many times as wide as its standard error says an interval may be, or as narrow: published
#: intervals are lopsided. What is farther off is a range of something else.
FARTHEST = 2.0

_choice_faults = choice_faults
_text = partial(text_faults, longest=LONGEST_TEXT)
_required_text = partial(text_faults, required=True, longest=LONGEST_TEXT)


def known_fault(where: str, value: str, known: Collection[str]) -> Iterator[Fault]:
    """The fault of a name or an id that is none of those known."""
    if value not in known:
        yield Fault(where, "unknown", {"value": value}) if value else Fault(where, "not-chosen")


def _year(where: str, value: int | None) -> Iterator[Fault]:
    if value is not None and value not in YEARS:
        years = {"first": YEARS.start, "last": YEARS.stop - 1}
        yield Fault(where, "not-a-year", {"value": value, **years})


def year_faults(where: str, value: int | None, this_year: int | None = None) -> Iterator[Fault]:
    """Faults of a year in which something was measured: no such year, or one to come."""
    this_year = this_year or clock.today().year
    yield from _year(where, value)
    if value is not None and value > this_year:
        yield Fault(where, "ahead", {"value": value, "now": this_year})


def _order(where: str, start: int | None, end: int | None) -> Iterator[Fault]:
    if start is not None and end is not None and end < start:
        yield Fault(where, "ends-first", {"start": start, "end": end})


def _finite(where: str, value: float | None) -> Iterator[Fault]:
    if value is not None and not math.isfinite(value):
        yield Fault(where, "no-number")


def country_faults(where: str, code: str, *, of_city: bool = False) -> Iterator[Fault]:
    """Faults of an ISO 3166-1 alpha-2 country code.

    A case may also stand under EU (several European countries) or ZZ (the source does not
    disclose the country: a trial kept out for that reason would be knowledge lost); a city not.
    """
    if code in COUNTRIES_BESIDE_ISO and not of_city:
        return
    # The list of countries is read without regard to case; "se" would be a second Sweden.
    if len(code) != 2 or code != code.upper() or pycountry.countries.get(alpha_2=code) is None:
        yield Fault(where, "not-a-country", {"value": code}) if code else Fault(where, "no-country")


def _public_id(where: str, value: str) -> Iterator[Fault]:
    if not PUBLIC_ID.match(value):
        yield Fault(where, "not-an-id", {"value": value})


def _cost(where: str, cost: CostPart) -> Iterator[Fault]:
    try:
        validate_currency(cost.currency)
    except MoneyError as error:
        known = False
        if cost.currency:
            yield error.at(f"{where}.currency")
        else:
            yield Fault(f"{where}.currency", "no-currency")
    else:
        known = True
    amount = cost.amount
    if amount is None or not math.isfinite(amount) or amount < 0:
        yield Fault(f"{where}.amount", "negative")
    elif known:
        yield from _amount(f"{where}.amount", amount, cost.currency)
    yield from _year(f"{where}.price_year", cost.price_year)
    if cost.kind:
        yield from _choice_faults(f"{where}.kind", cost.kind, enums.CostKind.values)
    for name in ("covers", "covers_fr", "covers_sv"):
        yield from _text(f"{where}.{name}", getattr(cost, name), longest=300)
    if cost.source:
        yield from _address(f"{where}.source", cost.source)


def _amount(where: str, amount: float, currency: str) -> Iterator[Fault]:
    """What keeps an amount from being held in minor units, such as too many decimals."""
    try:
        to_minor(amount, currency)
    except MoneyError as error:
        yield error.at(where)


def _quantity(where: str, quantity: QuantityPart, units: Iterable[str]) -> Iterator[Fault]:
    value = quantity.value
    if value is None or not math.isfinite(value) or value < 0:
        yield Fault(f"{where}.value", "negative")
    yield from _choice_faults(f"{where}.unit", quantity.unit, units)


def _interval(where: str, effect: EffectPart) -> Iterator[Fault]:
    """Faults of the interval of an effect: both ends or none, around the value."""
    low, high = effect.low, effect.high
    if low is None and high is not None:
        yield Fault(f"{where}.low", "half-interval")
    if high is None and low is not None:
        yield Fault(f"{where}.high", "half-interval")
    value = effect.value
    if value is not None and low is not None and low > value:
        yield Fault(f"{where}.low", "above-value", {"end": low, "value": value})
    if value is not None and high is not None and high < value:
        yield Fault(f"{where}.high", "below-value", {"end": high, "value": value})


def _range(where: str, effect: EffectPart) -> Iterator[Fault]:
    """Faults of a range that is no interval: both ends or none, around the value."""
    low, high, value = effect.range_low, effect.range_high, effect.value
    if (low is None) != (high is None):
        yield Fault(f"{where}.{'range_low' if low is None else 'range_high'}", "half-range")
    if value is not None and low is not None and low > value:
        yield Fault(f"{where}.range_low", "above-value", {"end": low, "value": value})
    if value is not None and high is not None and high < value:
        yield Fault(f"{where}.range_high", "below-value", {"end": high, "value": value})


def _possible(where: str, effect: EffectPart) -> Iterator[Fault]:
    """Numbers that cannot happen: a change by less than -100 %, a share outside 0 to 100 %."""
    is_share = effect.unit.startswith(SHARE)
    if not is_share and effect.unit not in PERCENT_CHANGE:
        return
    least = 0 if is_share else -100
    most = 100 if is_share and effect.unit not in YARDSTICKS else math.inf
    for name in ("value", "low", "high", "range_low", "range_high"):
        number = getattr(effect, name)
        if number is not None and number < least:
            yield Fault(f"{where}.{name}", "below", {"least": least})
        elif number is not None and math.isfinite(number) and number > most:
            yield Fault(f"{where}.{name}", "above", {"most": most})


def _baseline(
    where: str, effect: EffectPart, units: frozenset[str], this_year: int
) -> Iterator[Fault]:
    """Faults of the value before: in which unit, of which year, read where."""
    details = (effect.baseline_unit, effect.baseline_year, effect.baseline_source)
    if effect.baseline is None and any(details):
        yield Fault(f"{where}.baseline", "no-number")
    if effect.baseline_unit:
        yield from known_fault(f"{where}.baseline_unit", effect.baseline_unit, units)
    elif effect.baseline is not None and effect.unit in NO_START:
        yield Fault(f"{where}.baseline_unit", "baseline-unit", {"unit": effect.unit})
    yield from year_faults(f"{where}.baseline_year", effect.baseline_year, this_year)
    if effect.baseline_source:
        yield from _address(f"{where}.baseline_source", effect.baseline_source)


def _standard_error(where: str, effect: EffectPart) -> Iterator[Fault]:
    """Faults of the standard error, and of an interval beside it that it cannot be of."""
    if effect.se_rule:
        yield from _choice_faults(
            f"{where}.se_rule", effect.se_rule, enums.StandardErrorRule.values
        )
        if effect.se is None:
            yield Fault(f"{where}.se", "no-number")
    low, high = effect.low, effect.high
    if low is None or high is None:
        return
    if (low, high) == (effect.range_low, effect.range_high):
        yield Fault(f"{where}.low", "range-as-interval")
    elif effect.se is not None and effect.se > 0:
        ratio = (high - low) / (2 * Z_95 * effect.se)
        if not 1 / FARTHEST <= ratio <= FARTHEST:
            yield Fault(f"{where}.low", "interval-of-no-error", {"se": effect.se})


def _main_result(where: str, document: CaseDocument) -> Iterator[Fault]:
    """Marks of a main result beyond the first, and on a result that is not counted."""
    marked = [
        (name, position, result)
        for name in ("effects", "nulls")
        for position, result in enumerate(getattr(document, name))
        if result.is_main
    ]
    for name, position, result in marked:
        excluded = getattr(result, "pool_exclusion", None)
        if excluded and excluded != enums.PoolExclusion.NEW_MEASURE:
            yield Fault(f"{where}.{name}[{position}].is_main", "main-not-counted")
    for name, position, _result in marked[1:]:
        yield Fault(f"{where}.{name}[{position}].is_main", "main-twice", {"row": marked[0][1] + 1})


def _result_keys(where: str, document: CaseDocument) -> Iterator[Fault]:
    """Keys of an unusual shape, and those that an earlier result has."""
    first: dict[str, int] = {}
    for name in ("effects", "nulls"):
        for position, result in enumerate(getattr(document, name)):
            if not result.key:
                continue
            path = f"{where}.{name}[{position}].key"
            yield from _public_id(path, result.key)
            if result.key in first:
                yield Fault(path, "in-row", {"value": result.key, "row": first[result.key] + 1})
            first.setdefault(result.key, position)


def _period(where: str, result: EffectPart | NullPart, this_year: int) -> Iterator[Fault]:
    """Faults of the years that a result is of."""
    for name in ("period_start", "period_end"):
        yield from year_faults(f"{where}.{name}", getattr(result, name), this_year)
    yield from _order(f"{where}.period_end", result.period_start, result.period_end)


def _null(where: str, null: NullPart, measures: frozenset[str], this_year: int) -> Iterator[Fault]:
    """Faults of a result that was no difference."""
    yield from known_fault(f"{where}.measure", null.measure, measures)
    yield from _required_text(f"{where}.sentence", null.sentence)
    for name in ("sentence_fr", "sentence_sv"):
        yield from _text(f"{where}.{name}", getattr(null, name))
    yield from _text(f"{where}.qualifier", null.qualifier, longest=200)
    yield from _choice_faults(f"{where}.design", null.design, enums.Design.values)
    yield from _period(where, null, this_year)
    if null.source:
        yield from _address(f"{where}.source", null.source)


def _same_effect(where: str, effects: Iterable[EffectPart]) -> Iterator[Fault]:
    """Effects that tell the same thing as an earlier one, whatever their values."""
    first: dict[tuple[object, ...], int] = {}
    for position, effect in enumerate(effects):
        key = (
            *(effect.measure, effect.unit, effect.design, effect.period_start, effect.period_end),
            " ".join(effect.qualifier.casefold().split()),
        )
        if key in first:
            yield Fault(f"{where}[{position}]", "same-effect", {"row": first[key] + 1})
        first.setdefault(key, position)


def _effect(
    where: str,
    effect: EffectPart,
    measures: frozenset[str],
    units: frozenset[str],
    this_year: int,
) -> Iterator[Fault]:
    yield from known_fault(f"{where}.measure", effect.measure, measures)
    yield from known_fault(f"{where}.unit", effect.unit, units)
    if effect.value is None:
        yield Fault(f"{where}.value", "no-number")
    for name in ("value", "baseline", "low", "high", "range_low", "range_high", "se"):
        yield from _finite(f"{where}.{name}", getattr(effect, name))
    yield from _interval(where, effect)
    yield from _range(where, effect)
    yield from _possible(where, effect)
    yield from _standard_error(where, effect)
    yield from _baseline(where, effect, units, this_year)
    if effect.se is not None and effect.se <= 0:
        yield Fault(f"{where}.se", "not-above-0")
    if effect.n is not None and effect.n < 1:
        yield Fault(f"{where}.n", "below-1")
    yield from _period(where, effect, this_year)
    yield from _choice_faults(f"{where}.design", effect.design, enums.Design.values)
    yield from _choice_faults(f"{where}.direction", effect.direction, enums.EffectDirection.values)
    if effect.pool_exclusion:
        yield from _choice_faults(
            f"{where}.pool_exclusion", effect.pool_exclusion, enums.PoolExclusion.values
        )
    if effect.check_again:
        yield from _choice_faults(
            f"{where}.check_again", effect.check_again, enums.CheckAgain.values
        )
    if effect.source:
        yield from _address(f"{where}.source", effect.source)
    for name in ("study", "sample"):
        yield from _text(f"{where}.{name}", getattr(effect, name), longest=160)
    for name in EFFECT_WORDS:
        longest = 200 if name.startswith("qualifier") else LONGEST_TEXT
        yield from _text(f"{where}.{name}", getattr(effect, name), longest=longest)


def _address(where: str, url: str) -> Iterator[Fault]:
    try:
        parts = urlsplit(url)
    except ValueError:
        yield Fault(where, "not-an-address", {"value": url})
    else:
        if not url:
            yield Fault(where, "no-address")
        elif parts.scheme not in {"http", "https"} or not parts.netloc:
            yield Fault(where, "not-a-web-address", {"value": url})
    if len(url) > LONGEST_URL:
        yield Fault(where, "long-address", {"most": LONGEST_URL})


def _source(where: str, source: SourcePart) -> Iterator[Fault]:
    yield from _required_text(f"{where}.title", source.title, longest=300)
    yield from _text(f"{where}.seen", source.seen)
    if source.url:
        yield from _address(f"{where}.url", source.url)
    elif not source.seen.strip():
        yield Fault(f"{where}.url", "no-address-or-words")
    yield from _choice_faults(f"{where}.kind", source.kind, enums.SourceKind.values)


def _languages(where: str, texts: Iterable[object], original: str | None) -> Iterator[Fault]:
    seen: list[str] = []
    for position, text in enumerate(texts):
        language = getattr(text, "language", "")
        yield from _choice_faults(f"{where}[{position}].language", language, enums.Language.values)
        yield from _choice_faults(
            f"{where}[{position}].status", getattr(text, "status", ""), enums.TextStatus.values
        )
        if language in seen:
            yield Fault(f"{where}[{position}].language", "given-twice", {"value": language})
        seen.append(language)
    if not seen:
        yield Fault(where, "no-texts")
    elif original is not None and original not in seen:
        yield Fault(where, "no-original")


def _codes(where: str, codes: Iterable[str], choices: Iterable[str]) -> Iterator[Fault]:
    all_codes = list(codes)
    for code in all_codes:
        yield from _choice_faults(where, code, choices)
    if len(set(all_codes)) != len(all_codes):
        yield Fault(where, "code-twice")


def _sdg(where: str, codes: Iterable[str]) -> Iterator[Fault]:
    all_codes = list(codes)
    yield from target_faults(where, all_codes)
    if len(set(all_codes)) != len(all_codes):
        yield Fault(where, "code-twice")


def _place(where: str, place: Place) -> Iterator[Fault]:
    yield from _required_text(f"{where}.name", place.name, longest=120)
    yield from country_faults(f"{where}.country", place.country)
    for name, limit in (("latitude", 90), ("longitude", 180)):
        value = getattr(place, name)
        yield from _finite(f"{where}.{name}", value)
        if value is not None and abs(value) > limit:
            yield Fault(f"{where}.{name}", "beyond", {"value": value, "most": limit})


def _running(where: str, document: CaseDocument, this_year: int) -> Iterator[Fault]:
    """Faults of what is said of whether it still runs."""
    if document.running:
        yield from _choice_faults(f"{where}.running", document.running, enums.Running.values)
    yield from year_faults(f"{where}.running_year", document.running_year, this_year)
    if document.running_source:
        yield from _address(f"{where}.running_source", document.running_source)


def _texts(where: str, document: CaseDocument) -> Iterator[Fault]:
    """Faults of the texts that say anything; the one in the original language has to."""
    texts = document.written_texts
    for language, text in texts.items():
        place = f"{where}.{language}"
        yield from _choice_faults(place, language, enums.Language.values)
        yield from _choice_faults(f"{place}.status", text.status, enums.TextStatus.values)
        for name in TEXT_FIELDS:
            value = getattr(text, name)
            is_required = name in ("title", "summary")
            longest = _LONGEST.get(name, LONGEST_TEXT)
            yield from text_faults(f"{place}.{name}", value, required=is_required, longest=longest)
    if not texts:
        yield Fault(where, "no-texts")
    elif document.original_language not in texts:
        yield Fault(where, "no-original")


def case_faults(
    document: CaseDocument,
    *,
    measures: frozenset[str],
    units: frozenset[str],
    solutions: frozenset[str],
    public_id: str = "",
    status: str = enums.CaseStatus.PUBLISHED,
    where: str = "case",
    this_year: int | None = None,
) -> list[Fault]:
    """Every fault of one whole case. `measures`, `units`, `solutions` are the known names and ids.

    `this_year` is the last year of which anything can be known; by default that of today.
    """
    this_year = this_year or clock.today().year
    faults: list[Fault] = []
    add = faults.extend
    if public_id:
        add(_public_id(f"{where}.id", public_id))
    add(known_fault(f"{where}.solution", document.solution, solutions))
    add(_choice_faults(f"{where}.kind", document.kind, enums.SolutionKind.values))
    add(_choice_faults(f"{where}.outcome", document.outcome, enums.Outcome.values))
    add(_choice_faults(f"{where}.status", status, enums.CaseStatus.values))
    add(_codes(f"{where}.reasons", document.reasons, enums.Reason.values))
    add(_codes(f"{where}.gained", document.gained, enums.Affected.values))
    add(_codes(f"{where}.paid", document.paid, enums.Affected.values))
    add(_running(where, document, this_year))
    add(_codes(f"{where}.check_again", document.check_again, enums.CheckAgain.values))
    add(_place(f"{where}.place", document.place))
    add(year_faults(f"{where}.start_year", document.start_year, this_year))
    add(_year(f"{where}.end_year", document.end_year))
    add(_order(f"{where}.end_year", document.start_year, document.end_year))
    if document.cost is not None and document.cost.amount is not None:
        add(_cost(f"{where}.cost", document.cost))
    for position, amount in enumerate(document.amounts):
        add(_cost(f"{where}.amounts[{position}]", amount))
    for definition in QUANTITIES:
        quantity = getattr(document, definition.name)
        if quantity is not None and quantity.value is not None:
            add(_quantity(f"{where}.{definition.name}", quantity, definition.units.values))
    add(_texts(f"{where}.texts", document))
    for position, effect in enumerate(document.effects):
        add(_effect(f"{where}.effects[{position}]", effect, measures, units, this_year))
    add(_same_effect(f"{where}.effects", document.effects))
    for position, null in enumerate(document.nulls):
        add(_null(f"{where}.nulls[{position}]", null, measures, this_year))
    add(_main_result(where, document))
    add(_result_keys(where, document))
    # A masked case shows none either; its reviewers and the secretariat see them.
    if not document.sources and status == enums.CaseStatus.PUBLISHED:
        faults.append(Fault(f"{where}.sources", "no-sources"))
    for position, source in enumerate(document.sources):
        add(_source(f"{where}.sources[{position}]", source))
    add(_codes(f"{where}.topics", document.topics, enums.Topic.values))
    add(_codes(f"{where}.themes", document.themes, enums.Theme.values))
    add(_codes(f"{where}.actors", document.actors, OrganisationKind.values))
    add(_sdg(f"{where}.sdg_targets", document.sdg_targets))
    add(_text(f"{where}.adaptation_changes", document.adaptation_changes))
    return faults


def _solution_cost(where: str, cost: Mapping[str, Any]) -> Iterator[Fault]:
    """Faults of one line of costs and times: an amount takes a kind and what it is for."""
    amounts = {name: cost[name] for name in ("low", "typical", "high")}
    known = [amount for amount in amounts.values() if amount is not None]
    for name, value in amounts.items():
        if value is not None and (not math.isfinite(value) or value < 0):
            yield Fault(f"{where}.{name}", "negative")
    if known != sorted(known):
        yield Fault(f"{where}.high", "amounts-not-in-order")
    if known:
        yield from _choice_faults(f"{where}.kind", cost["kind"], enums.SolutionCostKind.values)
        yield from _required_text(f"{where}.per", cost["per"], longest=200)
    elif not any(cost[quantity.name] for quantity in QUANTITIES):
        yield Fault(where, "no-cost-no-time")
    elif cost["kind"]:
        yield Fault(f"{where}.kind", "kind-without-amount")
    if cost["currency"]:
        try:
            validate_currency(cost["currency"])
        except MoneyError as error:
            yield error.at(f"{where}.currency")
    yield from year_faults(f"{where}.price_year", cost["price_year"])
    if cost["country"]:
        yield from country_faults(f"{where}.country", cost["country"])
    for name in COST_WORDS:
        for column in (name, f"{name}_fr", f"{name}_sv"):
            yield from _text(f"{where}.{column}", cost[column], longest=200)
    yield from _required_text(f"{where}.source_title", cost["source_title"], longest=300)
    yield from _address(f"{where}.source_url", cost["source_url"])
    yield from _text(f"{where}.seen", cost["seen"])
    yield from _choice_faults(f"{where}.read", cost["read"], enums.Reading.values)


def fact_faults(
    costs: Sequence[Mapping[str, Any]],
    kinds: Sequence[str],
    *,
    costs_at: str = "costs",
    kinds_at: str = "prerequisite_kinds",
) -> list[Fault]:
    """Every fault of what a solution costs and takes, and of what its prerequisites are about."""
    faults: list[Fault] = []
    for number, kind in enumerate(kinds):
        faults += _choice_faults(f"{kinds_at}[{number}]", kind, enums.Prerequisite.values)
    for number, cost in enumerate(costs):
        faults += _solution_cost(f"{costs_at}[{number}]", cost)
    return faults


def _national_scheme(where: str, scheme: Mapping[str, Any]) -> Iterator[Fault]:
    """Faults of a scheme of a country, which may begin in a year to come."""
    yield from country_faults(f"{where}.country", scheme["country"])
    yield from _year(f"{where}.since", scheme["since"])
    yield from _year(f"{where}.until", scheme["until"])
    yield from _order(f"{where}.until", scheme["since"], scheme["until"])
    if scheme["until"] is not None and scheme["since"] is None:
        yield Fault(f"{where}.since", "missing")
    yield from _required_text(f"{where}.what", scheme["what"], longest=300)
    for name in ("what_fr", "what_sv"):
        yield from _text(f"{where}.{name}", scheme[name], longest=300)
    yield from _address(f"{where}.source_url", scheme["source_url"])


def _dispute(where: str, dispute: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _required_text(f"{where}.case", dispute["case"], longest=80)
    for key in dispute["effects"]:
        yield from _required_text(f"{where}.effects", key, longest=80)
    yield from _required_text(f"{where}.sentence", dispute["sentence"], longest=300)
    for name in ("sentence_fr", "sentence_sv"):
        yield from _text(f"{where}.{name}", dispute[name], longest=300)
    if dispute["source_url"]:
        yield from _address(f"{where}.source_url", dispute["source_url"])


def editorial_faults(editorial: Mapping[str, Any], where: str = "") -> Iterator[Fault]:
    """Faults of what editors choose and say of a solution."""
    place = f"{where}." if where else ""
    for name, other in (("main_measure", "main_unit"), ("main_unit", "main_measure")):
        if editorial[other] and not editorial[name]:
            yield Fault(f"{place}{name}", "not-chosen")
    if editorial["main_measure"] and not editorial["main_measure_chosen"]:
        yield Fault(f"{place}main_measure_chosen", "not-chosen")
    for name in ("main_measure_why", "one_off_why"):
        yield from _text(f"{place}{name}", editorial[name], longest=200)
    if editorial["one_off"]:
        yield from _choice_faults(f"{place}one_off", editorial["one_off"], enums.OneOff.values)
    elif editorial["one_off_year"] is not None:
        yield Fault(f"{place}one_off", "not-chosen")
    yield from year_faults(f"{place}one_off_year", editorial["one_off_year"])
    countries: set[str] = set()
    for number, scheme in enumerate(editorial["national_schemes"]):
        row = f"{place}national_schemes[{number}]"
        yield from _national_scheme(row, scheme)
        if scheme["country"] in countries:
            yield Fault(f"{row}.country", "given-twice", {"value": scheme["country"]})
        countries.add(scheme["country"])
    for number, dispute in enumerate(editorial["disputes"]):
        yield from _dispute(f"{place}disputes[{number}]", dispute)


def solution_faults(
    record: SolutionRecord, *, where: str = "solution", costs: str = "", editorial: str = ""
) -> list[Fault]:
    """Every fault of one solution; `costs` and `editorial` name the places of its costs and of what
    editors say of it, where these are others."""
    faults: list[Fault] = []
    add = faults.extend
    add(_public_id(f"{where}.id", record.public_id))
    add(_choice_faults(f"{where}.kind", record.kind, enums.SolutionKind.values))
    add(_languages(f"{where}.texts", record.texts, None))
    for position, text in enumerate(record.texts):
        place = f"{where}.texts[{position}]"
        add(_required_text(f"{place}.name", text.name, longest=160))
        add(_text(f"{place}.summary", text.summary))
        add(_text(f"{place}.how_it_works", text.how_it_works))
        for number, item in enumerate(text.prerequisites):
            add(_required_text(f"{place}.prerequisites[{number}]", item, longest=500))
        wanted = len(text.prerequisites)
        is_original = text.status == enums.TextStatus.ORIGINAL
        if is_original and record.prerequisite_kinds and wanted != len(record.prerequisite_kinds):
            numbers = {"n": len(record.prerequisite_kinds), "wanted": wanted}
            faults.append(Fault(f"{place}.prerequisites", "not-as-many-kinds", numbers))
    places = {"kinds_at": f"{where}.prerequisite_kinds", "costs_at": costs or f"{where}.costs"}
    add(fact_faults(record.costs, record.prerequisite_kinds, **places))
    add(editorial_faults(record.editorial, editorial or where))
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
    """Every fault of one method."""
    faults: list[Fault] = []
    add = faults.extend
    add(_public_id(f"{where}.id", record.public_id))
    add(_choice_faults(f"{where}.kind", record.kind, enums.SolutionKind.values))
    add(_choice_faults(f"{where}.topic", record.topic, enums.Topic.values))
    low, high = record.group_size_min, record.group_size_max
    engages = record.topic == enums.Topic.ENGAGING_CITIZENS
    if engages or record.cost_level:
        add(_choice_faults(f"{where}.cost_level", record.cost_level, enums.CostLevel.values))
    if engages:
        add(_choice_faults(f"{where}.iap2_level", record.iap2_level, enums.Iap2Level.values))
        add(_choice_faults(f"{where}.mode", record.mode, enums.Mode.values))
    else:
        engaging_values = {
            "iap2_level": record.iap2_level,
            "mode": record.mode,
            "group_size.min": low,
            "group_size.max": high,
        }
        faults += [
            Fault(f"{where}.{name}", "only-engaging")
            for name, value in engaging_values.items()
            if value not in {"", None}
        ]
    if low is not None and low < 1:
        faults.append(Fault(f"{where}.group_size.min", "below", {"least": 1}))
    if low is not None and high is not None and high < low:
        faults.append(Fault(f"{where}.group_size.max", "below", {"least": low}))
    if record.related_solution:
        add(known_fault(f"{where}.related_solution", record.related_solution, solutions))
    for number, source in enumerate(record.sources):
        add(_required_text(f"{where}.sources[{number}]", source, longest=300))
    for case in record.evidence_cases:
        add(known_fault(f"{where}.evidence_cases", case, cases))
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
