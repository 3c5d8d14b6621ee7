"""The cost of a case as readers see it: as recorded, converted, per inhabitant, or why not."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from alliance.analysis.prices import ConvertedCost, CostPerInhabitant, NotComparable
from alliance.cases.costs import comparable_cost, comparable_cost_per_inhabitant, target
from alliance.cases.enums import CostKind
from alliance.cases.models import CaseStudy
from alliance.cases.selectors.localise import country_name
from alliance.core.prices import load_sources
from alliance.web.formatting import prices_of


@dataclass(frozen=True)
class PriceSource:
    """A publisher of price indices or exchange rates, and where its figures stand."""

    publisher: str
    url: str


@dataclass(frozen=True)
class CostView:
    """The cost of `case`, which says what it is the cost of and what is recorded.

    `converted` and `per_inhabitant` are None where `total_lacks` or `per_inhabitant_lacks` names,
    in the reader's language, the field that prevents it.
    """

    case: CaseStudy
    language: str
    target_currency: str
    target_year: int
    converted: ConvertedCost | None
    total_lacks: str
    per_inhabitant: CostPerInhabitant | None
    per_inhabitant_lacks: str

    @property
    def amount(self) -> Decimal | None:
        """What is recorded, in major units."""
        return self.case.cost_major

    @property
    def prices(self) -> str:
        """The price year in words."""
        return prices_of(self.case.cost_price_year)

    @property
    def total(self) -> float | None:
        """The converted total, without decimals that a conversion cannot know."""
        if self.converted is None:
            return None
        return float(round(self.converted.value, 0 if abs(self.converted.value) >= 100 else 2))

    @property
    def each(self) -> float | None:
        """The converted cost per inhabitant."""
        if self.per_inhabitant is None:
            return None
        return round(self.per_inhabitant.value, 0 if self.per_inhabitant.value >= 100 else 2)

    @property
    def deflator(self) -> str:
        """The country whose consumer prices were used; empty where the prices are the target's."""
        country = self.converted.deflator_country if self.converted else ""
        return country_name(country, self.language) if country else ""

    @property
    def deflator_sources(self) -> tuple[PriceSource, ...]:
        """Who publishes these consumer prices."""
        return _sources(self.converted.deflator_sources) if self.converted else ()

    @property
    def rate_sources(self) -> tuple[PriceSource, ...]:
        """Who publishes the rate of exchange."""
        return _sources(self.converted.rate_sources) if self.converted else ()


def lacking(reason: NotComparable, language: str) -> str:
    """The field that keeps a cost from being compared, in words of the active language."""
    params = dict(reason.params)
    if "kind" in params:
        params["kind"] = str(CostKind(str(params["kind"])).label)
    if "country" in params:
        params["country"] = country_name(str(params["country"]), language)
    words = {
        "amount": _("cost"),
        "cost-kind": _("an amount of a comparable type (this amount is: %(kind)s)"),
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
    sources: dict[str, PriceSource] = {}
    for source_id in ids:
        publisher = known[source_id]["publisher"].split(";")[0]
        sources.setdefault(publisher, PriceSource(publisher, known[source_id]["url"]))
    return tuple(sources.values())


def cost_view(case: CaseStudy, language: str) -> CostView:
    """The cost of `case`, whose city must be loaded. Nothing missing is read as 0."""
    total = comparable_cost(case)
    each = comparable_cost_per_inhabitant(case)
    currency, year = target()
    return CostView(
        case=case,
        language=language,
        target_currency=currency,
        target_year=year,
        converted=None if isinstance(total, NotComparable) else total,
        total_lacks=lacking(total, language) if isinstance(total, NotComparable) else "",
        per_inhabitant=None if isinstance(each, NotComparable) else each,
        per_inhabitant_lacks=lacking(each, language) if isinstance(each, NotComparable) else "",
    )
