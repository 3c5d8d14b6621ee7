"""A solution in one line: verdict and outcome, cost, time to a result, evidence, places.

`alliance.evidence.line_facts` has the facts; `in_words` says them in the language in use, the same
on every page. What nobody recorded is not known, and never 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from alliance.cases.enums import Affected, Verdict
from alliance.cases.messages.national_schemes import all_in_force
from alliance.cases.models import SolutionCost
from alliance.evidence.headline import Headline
from alliance.evidence.line_facts import SIDES
from alliance.evidence.messages.headline import figure, measure_name, sentence, title
from alliance.web import formatting

#: Cost per inhabitant of a middling case, in the currency that costs are compared in: signs of
#: money, and up to where.
BANDS = ((1, 10), (2, 100))
MOST_COINS = 3
# Looked up for each line of a list: asking the list of choices each time would be slow.
_AFFECTED = {group.value: group.label for group in Affected}


@dataclass(frozen=True)
class VerdictLine:
    """The line in words.

    of: the solution; code: of the verdict, empty where no city tried it; title: the verdict with
    its outcome; figure: the size of the result alone, empty where none may be shown, of `measure`;
    words: the result with its places, and what else `messages.headline.sentence` says.
    coins: 1 to 3 by cost, 0 where it is in no band. time: empty where `cost` says that neither is
    known. who: who gains and who pays in most cases; empty where no case names a group.
    """

    of: str
    code: str
    title: str
    words: str
    coins: int
    cost: str
    time: str
    evidence: int | None
    places: str
    who: str = ""
    schemes: tuple[str, ...] = ()
    figure: str = ""
    measure: str = ""

    @property
    def sentence(self) -> str:
        """Verdict and result as text."""
        return " ".join(part for part in (f"{self.title}.", self.words) if part)

    @property
    def is_silent(self) -> bool:
        """Whether there is no verdict that may stand alone."""
        return self.code in {"", Verdict.NOT_ENOUGH.value}

    @property
    def facts(self) -> str:
        """What stands beside the verdict, as text: evidence, places, cost, time."""
        places = (self.places,) if self.code else ()
        times = (self.time,) if self.time else ()
        who = (self.who,) if self.who else ()
        return " · ".join(
            (formatting.grade(self.evidence), *places, self.cost, *times, *who, *self.schemes)
        )

    @property
    def full(self) -> range:
        """The signs of money that count."""
        return range(self.coins)

    @property
    def pale(self) -> range:
        """The others."""
        return range(MOST_COINS - self.coins)


def _here(names: Mapping[str, str]) -> str:
    return names.get(get_language() or "en") or names.get("en") or ""


def amount_words(cost: SolutionCost | Mapping[str, Any]) -> str:
    """What a line of costs says of the amount: "60 to 100 EUR", "at least 26,000 USD"."""
    values = cost if isinstance(cost, Mapping) else vars(cost)
    low, typical, high = values["low"], values["typical"], values["high"]

    def formatted(value: float) -> str:
        return formatting.number(value) if value < 1 else formatting.amount(value)

    if low is not None and high is not None:
        text = _("%(low)s to %(high)s") % {"low": formatted(low), "high": formatted(high)}
    elif low is not None:
        text = _("at least %(low)s") % {"low": formatted(low)}
    elif high is not None:
        text = _("at most %(high)s") % {"high": formatted(high)}
    else:
        text = formatted(typical or 0)
    if typical is not None and (low, high) != (None, None):
        text = _("%(range)s, mostly %(value)s") % {"range": text, "value": formatted(typical)}
    return f"{text}{formatting.NBSP}{values['currency']}" if values["currency"] else text


def cost_words(facts: Mapping[str, Any]) -> tuple[int, str]:
    """How many signs of money, and the words: per inhabitant, else in all, else by piece."""
    each, currency = facts.get("cost_per_inhabitant"), facts.get("currency")
    if each is not None:
        coins = next((coins for coins, bound in BANDS if each < bound), MOST_COINS)
        return coins, _band(coins, currency or "", get_language() or "en")
    cost, amount = facts.get("cost"), facts.get("amount")
    if cost is not None:
        money = f"{formatting.amount(_rounded(cost))}{formatting.NBSP}{currency}"
        return 0, _("%(amount)s in total") % {"amount": money}
    if amount is None:
        return 0, _("cost not known")
    # What follows in brackets says how the amount was worked out.
    params = {"amount": amount_words(amount), "unit": _here(amount["per"]).split(" (")[0]}
    return 0, (_("%(amount)s per %(unit)s") % params if params["unit"] else params["amount"])


def _rounded(value: float) -> float:
    """Two digits of a figure: 4,672,890 gives 4,700,000."""
    return float(f"{value:.1e}")


@lru_cache(maxsize=100)  # a list says it hundreds of times
def _band(coins: int, currency: str, language: str) -> str:
    low, high = (formatting.number(bound, language=language) for _coins, bound in BANDS)
    text = {
        1: _("under %(low)s %(currency)s per resident"),
        2: _("%(low)s to %(high)s %(currency)s per resident"),
        3: _("over %(high)s %(currency)s per resident"),
    }[coins]
    return text % {"low": low, "high": high, "currency": currency}


def first_effect(years: int | None) -> str:
    """The time to a result, short enough for a table; empty where it is not known."""
    if years is None:
        return ""
    if not years:
        return _("within a year")
    return ngettext("%(n)s year", "%(n)s years", int(years)) % {"n": int(years)}


def _time(years: int | None) -> str:
    if years is None:
        return _("time to first results not known")
    if not years:
        return _("first results within a year")
    return ngettext(
        "first results after %(n)s year", "first results after %(n)s years", int(years)
    ) % {"n": int(years)}


def group_words(codes: Iterable[str]) -> str:
    """Groups of people by their codes, in the language in use."""
    return ", ".join(str(_AFFECTED[code]) for code in codes if code in _AFFECTED)


def groups_counted(counts: Mapping[str, int], n_cases: int) -> str:
    """Groups of people, each with the number of cases that name it."""
    return ", ".join(
        ngettext(
            "%(group)s (in %(n)s of %(of)s case)",
            "%(group)s (in %(n)s of %(of)s cases)",
            n_cases,
        )
        % {"group": group_words([code]), "n": n, "of": n_cases}
        for code, n in counts.items()
        if code in _AFFECTED
    )


def _who(facts: Mapping[str, Any]) -> str:
    # Rows from before an update have no counts.
    sides = (facts.get(side) if facts.get("n_cases") else None for side in SIDES)
    gained, paid = (groups_counted(counts or {}, facts.get("n_cases") or 0) for counts in sides)
    if not gained and not paid:
        return ""
    gainers = _("who gains is not known")
    payers = _("who pays is not known")
    if gained:
        gainers = _("who gains: %(gained)s") % {"gained": gained}
    if paid:
        payers = _("who pays: %(paid)s") % {"paid": paid}
    return f"{gainers}; {payers}"


def in_words(facts: Mapping[str, Any]) -> VerdictLine:
    """The line of a solution in the active language, from what `line_facts` gave.

    Rows of the search index from before an update may lack some: these are not known yet.
    """
    verdict = facts["verdict"]
    coins, cost = cost_words(facts)
    years = facts.get("years_to_result")
    if years is None and facts.get("cost") is None and facts.get("amount") is None:
        cost, time = _("cost and time to first results not known"), ""
    else:
        time = _time(years)
        if facts.get("cost") is not None or coins:
            cost = _("cost: %(cost)s") % {"cost": cost}
    headline = Headline.from_values(verdict) if verdict else None
    n = headline.places if headline else 0
    return VerdictLine(
        of=headline.solution if headline else "",
        code=headline.code if headline else "",
        title=title(headline) if headline else _("No cases yet"),
        words=sentence(headline) if headline else "",
        figure=figure(headline) if headline else "",
        measure=measure_name(headline) if headline else "",
        coins=coins,
        cost=cost,
        time=time,
        evidence=facts.get("evidence"),
        places=ngettext("tried in %(n)s place", "tried in %(n)s places", n)
        % {"n": formatting.number(n)},
        who=_who(facts),
        schemes=all_in_force(facts.get("national_schemes", ())),
    )
