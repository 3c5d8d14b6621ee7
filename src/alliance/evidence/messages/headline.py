"""What comes first of a solution, in sentences: verdict, size with range, places, what is missing.

Directions are said in words, and sizes have no sign, so that a sentence reads the same in tables,
lists and letters.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from alliance.analysis.place_agreement import MIN_PLACES
from alliance.cases.enums import EffectDirection, OneOff, Verdict
from alliance.evidence.headline import MIN_FOR_MEDIAN, Headline, MainResult
from alliance.web.formatting import colon, estimate, number, quantity, rest_of_unit

#: Verdicts that say that something changed, with the way it went.
MOVED = frozenset({Verdict.WORKS.value, Verdict.PROBABLY_WORKS.value})
_VERDICT_LABELS: Mapping[str, str | Promise] = {verdict.value: verdict.label for verdict in Verdict}
#: Units whose sign is too short to be understood.
_SPELT_OUT = frozenset({"pp"})


def _here(names: Mapping[str, str]) -> str:
    return names.get(get_language() or "en") or names.get("en") or ""


def measure_name(headline: Headline) -> str:
    """The main measure in the language in use; how it was computed is for analysts."""
    return _here(headline.measure_names).removesuffix(", " + _("standardised effect"))


def title(headline: Headline) -> str:
    """The verdict with the outcome it is about, such as "Probably works: a fall in traffic"."""
    return verdict_title(headline.code, measure_name(headline), headline.direction)


def verdict_title(code: str, measure: str, direction: str) -> str:
    """As `title`, of a verdict that stood before; `measure` and `direction` may be empty."""
    word = _VERDICT_LABELS[code]
    if not measure:
        return str(word)
    params = {"verdict": word, "measure": measure}
    if code not in MOVED or not direction:
        return _("%(verdict)s: %(measure)s") % params
    if direction == EffectDirection.LOWER:
        return _("%(verdict)s: a fall in %(measure)s") % params
    return _("%(verdict)s: a rise in %(measure)s") % params


def sentence(headline: Headline) -> str:
    """Everything that a line says beside the verdict: the result, why the verdict is what it is
    where that is not plain, and what is disputed."""
    return " ".join((*result(headline), *reasons(headline), *disputes(headline)))


def reasons(headline: Headline) -> tuple[str, ...]:
    """Why a verdict is mixed, or what is known and missing where there is too little."""
    if headline.code == Verdict.NOT_ENOUGH:
        return silence(headline)
    return what_is_mixed(headline) if headline.code == Verdict.MIXED else ()


def disputes(headline: Headline) -> tuple[str, ...]:
    """That results are disputed, and why."""
    return tuple(disputed(sentences) for sentences in headline.disputes)


def disputed(sentences: Mapping[str, str]) -> str:
    """Why results are disputed, from the sentence in each language."""
    return f"{_('Disputed')}{colon()} {_here(sentences)}"


def figure(headline: Headline) -> str:
    """The result as a figure with its sign, or its range; empty where there is none to show."""
    main = headline.result
    if main is None or headline.is_for_analysts or not main.statistic:
        return ""
    if main.value is None:
        return _signed_range(headline, main)
    if not headline.is_change:
        return _level(headline, main.value)
    return estimate(main.value, _unit(headline), _digits(main), signed=headline.is_change)


def result(headline: Headline) -> tuple[str, ...]:
    """The size of the main result with its range and places; and what to expect elsewhere."""
    measure = capfirst(measure_name(headline))
    if not measure:
        return ()
    main = headline.result
    if main is None or not main.places:
        if main is not None and main.left_out:
            text = _("%(measure)s: no result that counts as an effect of this solution.")
        else:
            text = _("No city has measured this yet: %(measure)s.")
            measure = measure_name(headline)
        return (text % {"measure": measure},)
    if not main.statistic:
        text = ngettext(
            "%(measure)s: no difference in %(n)s place.",
            "%(measure)s: no difference in %(n)s places.",
            main.unchanged,
        )
        return (text % {"measure": measure, "n": number(main.unchanged)},)
    more: tuple[str, ...] = ()
    if headline.is_for_analysts:
        # These are turned round until more is better.
        text = ngettext(
            "%(measure)s: better in %(better)s of %(n)s place",
            "%(measure)s: better in %(better)s of %(n)s places",
            main.n_numbers,
        ) % {"measure": measure, "better": number(main.rose), "n": number(main.n_numbers)}
    elif not headline.is_change:
        text = _levels(headline, main, measure)
    elif main.statistic == "mean":
        text, more = _mean(headline, main, measure), (_expected(headline, main),)
    elif main.statistic == "single":
        text = _single(headline, main, measure)
    else:
        text = _median(headline, main, measure)
    if main.unchanged:
        text += _(", no difference in %(n)s") % {"n": number(main.unchanged)}
    if main.is_modelled:
        more += (_("Calculated with a model, not measured."),)
    return (f"{text}.", *more)


def silence(headline: Headline) -> tuple[str, ...]:
    """What stands beside "not enough evidence": what cities report, and what would settle it."""
    return tuple(part for part in (*_what_is_known(headline), _missing(headline)) if part)


def what_is_mixed(headline: Headline) -> tuple[str, ...]:
    """How many places went which way, and that the measured results agree where they do."""
    if not any(headline.ways):
        return ()
    words = (
        pgettext_lazy("places", "worked in %(n)s"),
        pgettext_lazy("places", "partly worked in %(n)s"),
        pgettext_lazy("places", "did not work in %(n)s"),
    )
    parts = [str(way) % {"n": number(n)} for way, n in zip(words, headline.ways, strict=True) if n]
    text = _("Results in the %(n)s places included: %(ways)s.") % {
        "n": number(sum(headline.ways)),
        "ways": ", ".join(parts),
    }
    main = headline.result
    if main is None or main.unchanged or main.n_numbers < 2 or (main.fell and main.rose):
        return (text,)
    return text, _(
        "All measured results point the same way, but the places differ in how far they "
        "reached their goals."
    )


def _what_is_known(headline: Headline) -> tuple[str, ...]:
    places, measured, reported = headline.places, headline.measured, headline.reported
    if measured:
        more = (_own_figures(headline), _also_reported(reported) if reported else "")
        return (_measured(headline), *(text for text in more if text))
    if not reported:
        return (_("No place reports that it worked, and too little has been measured to judge."),)
    if places == 1:
        return (_("Reported as working in the only place that tried it, but not measured."),)
    text = ngettext(
        "Reported as working in %(worked)s of %(n)s place, but not measured.",
        "Reported as working in %(worked)s of %(n)s places, but not measured.",
        places,
    )
    return (text % {"worked": number(reported), "n": number(places)},)


def _own_figures(headline: Headline) -> str:
    """How many of the places where it worked measured that themselves; empty where none did."""
    if not headline.own_figures:
        return ""
    if headline.own_figures == headline.worked:
        return (
            _("The figures are the city’s own.")
            if headline.worked == 1
            else _("The figures are the cities’ own.")
        )
    text = ngettext(
        "The figures of %(n)s place are its own.",
        "The figures of %(n)s places are their own.",
        headline.own_figures,
    )
    return text % {"n": number(headline.own_figures)}


def _measured(headline: Headline) -> str:
    """In how many of the places that measured a change it worked."""
    n, worked, partly = headline.measured, headline.worked, headline.partly
    params = {"worked": number(worked), "n": number(n)}
    if not worked and not partly:
        if n == 1:
            return _("Did not work in the only place that measured a change.")
        return _("Did not work in any of the %(n)s places that measured a change.") % params
    if not worked:
        if n == 1:
            return _("Worked only partly in the only place that measured a change.")
        return _("Worked at most partly in the %(n)s places that measured a change.") % params
    if headline.counted >= MIN_PLACES:
        return _("Worked in %(worked)s of %(n)s places; the results are not clear enough.") % params
    if n == 1:
        return _("Worked in the only place that measured a change: too little to judge.")
    return _("Worked in %(worked)s of %(n)s places; too few to say more.") % params


def _also_reported(n: int) -> str:
    text = ngettext(
        "Reported as working, but not measured, in %(n)s other place.",
        "Reported as working, but not measured, in %(n)s other places.",
        n,
    )
    return text % {"n": number(n)}


def _missing(headline: Headline) -> str:
    """What would settle it; nothing will where no more places can try it."""
    if headline.one_off == OneOff.SINGLE_SITE:
        return _("A project of one site.")
    if headline.one_off and headline.year:
        return _("The only known try ended in %(year)s.") % {"year": headline.year}
    if headline.one_off:
        return _("The only known try has ended.")
    if headline.missing is not None:
        return _missing_of_few(headline.missing)
    missing = MIN_PLACES - headline.counted
    if missing <= 0:
        return _(
            "Results from places with a comparison group would help more than "
            "further results without one."
        )
    text = ngettext(
        "%(n)s more place with a measured change could settle this.",
        "%(n)s more places with a measured change could settle this.",
        missing,
    )
    return text % {"n": number(missing)}


def _missing_of_few(missing: Mapping[str, int]) -> str:
    """What results that agree lack: places, some of them in other countries, or a larger change."""
    places, countries = max(missing.values()), missing["countries"]
    if not places:
        return _("The measured changes are no larger than ordinary variation.")
    text = ngettext(
        "Better measured results in %(n)s more place could settle this.",
        "Better measured results in %(n)s more places could settle this.",
        places,
    ) % {"n": number(places)}
    if not countries:
        return text
    return f"{text} " + ngettext(
        "At least %(n)s of them must be in another country.",
        "At least %(n)s of them must be in other countries.",
        countries,
    ) % {"n": number(countries)}


def _mean(headline: Headline, main: MainResult, measure: str) -> str:
    fell = (main.value or 0) < 0
    if main.other:
        text = (
            _(
                "%(measure)s fell by %(size)s on average in the %(n)s of %(all)s places with the "
                "strongest methods"
            )
            if fell
            else _(
                "%(measure)s rose by %(size)s on average in the %(n)s of %(all)s places with the "
                "strongest methods"
            )
        )
    elif fell:
        text = _("%(measure)s fell by %(size)s on average in %(n)s places")
    else:
        text = _("%(measure)s rose by %(size)s on average in %(n)s places")
    return text % {
        "measure": measure,
        "size": _size(headline, main, main.value or 0),
        "n": number(main.n_numbers),
        "all": number(main.n_numbers + main.other),
    }


def _expected(headline: Headline, main: MainResult) -> str:
    low, high = main.low or 0, main.high or 0
    if low < 0 < high:
        text = _("In a new city, expect anything from a fall of %(fall)s to a rise of %(rise)s.")
        return text % {
            "fall": estimate(abs(low), "", _digits(main)),
            "rise": _size(headline, main, high),
        }
    text = (
        _("In a new city, expect a fall of %(range)s.")
        if high <= 0
        else _("In a new city, expect a rise of %(range)s.")
    )
    return text % {"range": _range(headline, main, low, high)}


def _single(headline: Headline, main: MainResult, measure: str) -> str:
    params = {"measure": measure}
    if main.value is not None:
        params["size"] = _size(headline, main, main.value)
    elif main.low is not None and main.high is not None and main.low < 0 < main.high:
        params["size"] = _signed_range(headline, main)
        return _("%(measure)s changed by %(size)s in one place") % params
    else:
        params["size"] = _range(headline, main, main.low or 0, main.high or 0)
    if main.fell:
        return _("%(measure)s fell by %(size)s in one place") % params
    return _("%(measure)s rose by %(size)s in one place") % params


def _median(headline: Headline, main: MainResult, measure: str) -> str:
    low, high = main.low or 0, main.high or 0
    params = {"measure": measure, "n": number(main.n_numbers)}
    if main.fell and main.rose:
        text = _(
            "%(measure)s fell in %(fell)s and rose in %(rose)s of %(n)s places, from a fall of "
            "%(low)s to a rise of %(high)s"
        ) % {
            **params,
            "fell": number(main.fell),
            "rose": number(main.rose),
            "low": estimate(abs(low), "", _digits(main)),
            "high": _size(headline, main, high),
        }
        return _with_median(headline, main, text, signed=True)
    if main.unchanged:
        text = (
            ngettext(
                "%(measure)s fell in %(n)s place, by %(range)s",
                "%(measure)s fell in %(n)s places, by %(range)s",
                main.n_numbers,
            )
            if main.fell
            else ngettext(
                "%(measure)s rose in %(n)s place, by %(range)s",
                "%(measure)s rose in %(n)s places, by %(range)s",
                main.n_numbers,
            )
        )
    elif main.n_numbers == MIN_FOR_MEDIAN - 1:
        text = (
            _("%(measure)s fell in both places, by %(range)s")
            if main.fell
            else _("%(measure)s rose in both places, by %(range)s")
        )
    else:
        text = (
            _("%(measure)s fell in all %(n)s places, by %(range)s")
            if main.fell
            else _("%(measure)s rose in all %(n)s places, by %(range)s")
        )
    text = text % {**params, "range": _range(headline, main, low, high)}
    return _with_median(headline, main, text)


def _with_median(headline: Headline, main: MainResult, text: str, *, signed: bool = False) -> str:
    if main.value is None or main.low == main.high:
        return text
    value = (
        estimate(main.value, _unit(headline), _digits(main), signed=True)
        if signed
        else _size(headline, main, main.value)
    )
    return _("%(result)s (median %(value)s)") % {"result": text, "value": value}


def _levels(headline: Headline, main: MainResult, measure: str) -> str:
    if main.value is not None and main.statistic == "single":
        return _("%(measure)s: %(value)s in one place") % {
            "measure": measure,
            "value": _level(headline, main.value),
        }
    low, high = main.low or 0, main.high or 0
    both = _("%(low)s to %(high)s") % {"low": number(low), "high": _level(headline, high)}
    if main.statistic == "single":
        return _("%(measure)s: %(value)s in one place") % {"measure": measure, "value": both}
    text = _("%(measure)s: %(range)s in %(n)s places") % {
        "measure": measure,
        "range": _level(headline, high) if low == high else both,
        "n": number(main.n_numbers),
    }
    if main.value is None or low == high:
        return text
    return _("%(result)s (median %(value)s)") % {
        "result": text,
        "value": quantity(main.value, _unit(headline)),
    }


def _unit(headline: Headline) -> str:
    symbol, name = _here(headline.unit_symbols), _here(headline.unit_names)
    return symbol if symbol and headline.unit_symbols["en"] not in _SPELT_OUT else name


def _level(headline: Headline, value: float) -> str:
    """A level with its unit and what that is of: "35 % of rainfall"."""
    text = quantity(value, _unit(headline))
    symbol, name = _here(headline.unit_symbols), _here(headline.unit_names)
    rest = rest_of_unit(symbol, name) if symbol == "%" else ""
    return f"{text} {rest}" if rest and rest != name else text


def _digits(main: MainResult) -> int:
    """Decimals that the figures of a result are worth, given the largest of them."""
    sizes = [abs(value) for value in (main.value, main.low, main.high) if value is not None]
    largest = max(sizes, default=0.0)
    return 0 if largest >= 10 else 1 if largest >= 1 else 2


def _size(headline: Headline, main: MainResult, value: float) -> str:
    return estimate(abs(value), _unit(headline), _digits(main))


def _range(headline: Headline, main: MainResult, low: float, high: float) -> str:
    """Sizes on one side of zero, the smaller first; once where both read the same."""
    small, large = sorted((abs(low), abs(high)))
    shown = estimate(small, "", _digits(main))
    if shown == estimate(large, "", _digits(main)):
        return _size(headline, main, large)
    return _("%(low)s to %(high)s") % {"low": shown, "high": _size(headline, main, large)}


def _signed_range(headline: Headline, main: MainResult) -> str:
    low, high, digits = main.low or 0, main.high or 0, _digits(main)
    if not headline.is_change:
        return _("%(low)s to %(high)s") % {"low": number(low), "high": _level(headline, high)}
    return _("%(low)s to %(high)s") % {
        "low": estimate(low, "", digits, signed=True),
        "high": estimate(high, _unit(headline), digits, signed=True),
    }
