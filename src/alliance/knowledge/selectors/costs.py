"""The cost of a case as readers see it: as recorded, converted, per inhabitant, or why not."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from alliance.analysis.prices import ConvertedCost, CostPerInhabitant, NotComparable
from alliance.core.money import to_major
from alliance.core.prices import load_sources
from alliance.knowledge.costs import comparable_cost, comparable_cost_per_inhabitant, target
from alliance.knowledge.enums import CostKind
from alliance.knowledge.models import CaseStudy
from alliance.knowledge.selectors.localise import country_name
from alliance.web.formatting import prices_of


@dataclass(frozen=True)
class PriceSource:
    """A publisher of price indices or exchange rates, and where its figures stand."""

    publisher: str
    url: str


@dataclass(frozen=True)
class CostView:
    """The cost of `case`, which says what it is the cost of.

    `amount` (major units) is None where no cost is recorded. `converted` and `per_inhabitant` are
    None where `total_lacks` or `per_inhabitant_lacks` names, in the reader's language, the field
    that prevents it. `deflator` names the country whose consumer prices were used; empty where the
    price year is the target year. `population_unverified`: the number of inhabitants comes from
    general knowledge and not from a source that was read.
    """

    case: CaseStudy
    amount: Decimal | None
    currency: str
    price_year: int | None
    target_currency: str
    target_year: int
    converted: ConvertedCost | None
    total_lacks: str
    per_inhabitant: CostPerInhabitant | None
    per_inhabitant_lacks: str
    deflator: str
    deflator_sources: tuple[PriceSource, ...]
    rate_sources: tuple[PriceSource, ...]
    population: int | None
    population_year: int | None
    population_unverified: bool

    @property
    def prices(self) -> str:
        """The price year in words."""
        return prices_of(self.price_year)

    @property
    def total(self) -> float | None:
        """The converted total, without decimals that a conversion cannot know."""
        if self.converted is None:
            return None
        return float(round(self.converted.value, 0 if abs(self.converted.value) >= 100 else 2))

    @property
    def each(self) -> float | None:
        """The converted cost per inhabitant."""
        return None if self.per_inhabitant is None else round(self.per_inhabitant.value, 2)


def lacking(reason: NotComparable, language: str) -> str:
    """The field that keeps a cost from being compared, in words of the active language."""
    params = dict(reason.params)
    if "kind" in params:
        params["kind"] = str(CostKind(str(params["kind"])).label)
    if "country" in params:
        params["country"] = country_name(str(params["country"]), language)
    words = {
        "amount": _("cost"),
        "cost-kind": _("an amount of another kind (this is: %(kind)s)"),
        "currency": _("currency"),
        "price-year": _("price year"),
        "country": _("country"),
        "population": _("population"),
        "price-index": _("consumer price index, %(country)s, %(year)s"),
        "exchange-rate": _("exchange rate, %(currency)s, %(year)s"),
        "national-currency": _("national currency, %(country)s, %(first_year)s–%(last_year)s"),
    }
    return words[reason.code] % params


def _sources(ids: tuple[str, ...]) -> tuple[PriceSource, ...]:
    known = load_sources()
    # Two editions of one publisher are named once; the first part of a name is the publisher.
    found: dict[str, PriceSource] = {}
    for one in ids:
        publisher = known[one]["publisher"].split(";")[0]
        found.setdefault(publisher, PriceSource(publisher, known[one]["url"]))
    return tuple(found.values())


def cost_view(case: CaseStudy, language: str) -> CostView:
    """The cost of `case`, whose city must be loaded. Nothing missing is read as 0."""
    total = comparable_cost(case)
    each = comparable_cost_per_inhabitant(case)
    currency, year = target()
    converted = None if isinstance(total, NotComparable) else total
    city = case.city
    return CostView(
        case=case,
        amount=None if case.cost_minor is None else to_major(case.cost_minor, case.cost_currency),
        currency=case.cost_currency,
        price_year=case.cost_price_year,
        target_currency=currency,
        target_year=year,
        converted=converted,
        total_lacks=lacking(total, language) if isinstance(total, NotComparable) else "",
        per_inhabitant=None if isinstance(each, NotComparable) else each,
        per_inhabitant_lacks=lacking(each, language) if isinstance(each, NotComparable) else "",
        deflator=country_name(converted.deflator_country, language)
        if converted and converted.deflator_country
        else "",
        deflator_sources=_sources(converted.deflator_sources) if converted else (),
        rate_sources=_sources(converted.rate_sources) if converted else (),
        population=city.population if city else None,
        population_year=city.population_year if city else None,
        population_unverified=bool(city and "population" in city.unverified_fields),
    )
