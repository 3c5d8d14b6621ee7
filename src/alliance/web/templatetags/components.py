"""The components that pages are made of; a built-in library, so no page needs to load it.

`docs/reference/components.md` shows each with its parameters and an example.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.core.paginator import Page
from django.template.defaultfilters import stringfilter
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext, ngettext, pgettext

from alliance.charts.marks import outcome_code
from alliance.web import formatting, narrative
from alliance.web.languages import tongue_of
from alliance.web.page_cache import cached

register = template.Library()
register.simple_tag(formatting.colon)
register.simple_tag(formatting.semicolon)
register.filter(stringfilter(formatting.with_soft_hyphens))

_EMPTY = SafeString("")


@register.filter
def as_narrative(text: str, knows: str = "") -> SafeString:
    """A text of several lines as HTML: paragraphs, lists and links; headings if `knows` is
    "headings"."""
    return narrative.html_of(text, headings=knows == "headings")


@register.filter
def lang_of(text: str) -> SafeString:
    """The attribute `lang` of a text without a recorded language, if it is not in the page's
    language."""
    code = tongue_of(text)
    is_other = code and code != (get_language() or "en")[:2]
    return format_html(' lang="{}"', code) if is_other else _EMPTY


@register.simple_tag
def outcome_word(code: str | None) -> str:
    """The word of an outcome code without its shape; no code means "not known"."""
    return {
        "worked": gettext("Worked"),
        "reported": gettext("Reported as working"),
        "mixed": gettext("Mixed"),
        "did-not-work": gettext("Did not work"),
        "unknown": gettext("Outcome not known"),
    }[outcome_code(code)]


# -- words and figures ---------------------------------------------------------------------


_OUTCOME_ICONS = {
    "worked": "v-works",
    "reported": "v-reported",
    "mixed": "v-mixed",
    "did-not-work": "v-failed",
    "unknown": "v-unclear",
}


@register.simple_tag
@lru_cache(maxsize=512)  # a list prints hundreds, and the address never changes
def icon(name: str, css: str = "i") -> SafeString:
    """An icon of `static/icons.svg` by name; a word always accompanies it."""
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        css,
        static("icons.svg"),
        name,
    )


@register.simple_tag
def mark(code: str | None) -> SafeString:
    """The shape of an outcome alone, next to its word."""
    known = outcome_code(code)
    return icon(_OUTCOME_ICONS[known], f"mark {known}")


@register.simple_tag
def outcome(code: str | None, measured: bool = False) -> SafeString:
    """An outcome as shape, word and colour: never a colour alone.

    `measured`: a result that its city measured is more than a report.
    """
    known = outcome_code(code)
    word = gettext("Worked, by its own figures") if known == "reported" and measured else ""
    return format_html(
        '<span class="outcome {}">{}{}</span>', known, mark(code), word or outcome_word(code)
    )


#: The class and the icon of each verdict of a solution.
_VERDICTS = {
    "works": ("works", "v-works"),
    "probably-works": ("probably", "v-probably"),
    "mixed": ("mixed", "v-mixed"),
    "not-enough-evidence": ("unclear", "v-unclear"),
    "probably-does-not-work": ("unlikely", "v-unlikely"),
    "does-harm": ("harm", "v-harm"),
}


@register.simple_tag
def verdict(code: str, words: str, large: bool = False) -> SafeString:
    """The verdict on a solution as shape, words and colour; `words` name its outcome."""
    css, shape = _VERDICTS[code]
    return format_html(
        '<span class="verdict {}{}">{}{}</span>',
        css,
        " large" if large else "",
        icon(shape),
        words,
    )


@register.simple_tag
def grade(points: int | None, graded: bool = True, brief: bool = False) -> SafeString:
    """A stair and words: "Strength of evidence: 3 of 5", or "… not graded".

    `brief`: under a heading that says what it is, so that the figure alone is in sight.
    """
    is_graded = graded and points is not None
    if brief:
        figure = gettext("%(points)s of %(max)s") % {"points": points, "max": 5}
        return format_html(
            '<span class="grade">{}<span><span class="visually-hidden">{}{} </span>{}'
            "</span></span>",
            icon(f"s{points}", "stair") if is_graded else "", gettext("Strength of evidence"),
            formatting.colon(), figure if is_graded else gettext("not graded"),
        )  # fmt: skip
    if not is_graded:
        return format_html('<span class="grade none">{}</span>', formatting.grade(None))
    words = formatting.grade(points)
    return format_html('<span class="grade">{}{}</span>', icon(f"s{points}", "stair"), words)


@register.simple_tag
def not_recorded(text: str = "") -> SafeString:
    """The words for an unrecorded value, which is never blank and never 0."""
    return format_html('<span class="missing">{}</span>', text or gettext("not known"))


@register.simple_tag
def number(
    value: float | int | Decimal | None, digits: int | None = None, signed: bool = False
) -> SafeString:
    """A number in the reader's language, with a true minus sign; "not known" if missing."""
    if value is None or not formatting.is_recorded(value):
        return not_recorded()
    return conditional_escape(formatting.number(value, digits, signed=signed))


@register.simple_tag
def quantity(
    value: float | int | Decimal | None,
    unit_symbol: str = "",
    digits: int | None = None,
    signed: bool = False,
) -> SafeString:
    """A number with the symbol of its unit, as plain text; "not known" if missing."""
    if value is None or not formatting.is_recorded(value):
        return not_recorded()
    return conditional_escape(formatting.quantity(value, unit_symbol, digits, signed=signed))


@register.simple_tag
def estimate(
    value: float | None,
    unit_symbol: str = "",
    digits: int | None = None,
    signed: bool = False,
) -> SafeString:
    """A pooled or predicted effect with at most two significant digits; "not known" if missing.

    `digits`: the maximum number of decimals.
    """
    if value is None or not formatting.is_recorded(value):
        return not_recorded()
    return conditional_escape(formatting.estimate(value, unit_symbol, digits, signed=signed))


@register.simple_tag
def effect(
    value: float | int | None,
    unit_symbol: str = "",
    is_change: bool = False,
    ends: formatting.Ends = None,
) -> SafeString:
    """A recorded effect with the symbol of its unit, as plain text; "not recorded" if missing.

    `is_change`: it gets a plus or minus sign and at most two digits that count. `ends`: of a
    published range.
    """
    if value is None or not formatting.is_recorded(value):
        return not_recorded()
    text = formatting.effect(value, unit_symbol or "", is_change=is_change, ends=ends)
    return conditional_escape(text)


@register.simple_tag
def effect_value(
    value: float | int | None,
    unit_symbol: str = "",
    unit_name: str = "",
    digits: int | None = None,
    relative: bool = False,
    ends: formatting.Ends = None,
) -> SafeString:
    """An effect with its unit: "−22 %", "35 % of rainfall", "1,200 boardings per day".

    `relative` marks a change: it gets a plus or minus sign and at most two digits that count, and
    "%" needs no name. Any other sign is read aloud as the name of the unit. `ends`: of a published
    range.
    """
    if value is None or not formatting.is_recorded(value):
        return not_recorded(gettext("no data"))
    sign = unit_symbol or ""
    text = (
        formatting.effect(value, sign, is_change=relative, ends=ends)
        if relative or ends
        else formatting.quantity(value, sign, digits)
    )
    name = formatting.rest_of_unit(sign, unit_name or "")
    if not name or (relative and sign == "%"):
        return format_html('<span class="effect">{}</span>', text)
    if sign and sign != "%":
        return format_html(
            '<span class="effect">{}<span aria-hidden="true">{}</span></span>'
            '<span class="visually-hidden">{}</span>',
            text.removesuffix(sign), sign, name,
        )  # fmt: skip
    return format_html('<span class="effect">{}</span> <span class="unit">{}</span>', text, name)


@register.simple_tag
def effect_of(
    measure: str,
    value: float | int | None,
    unit_symbol: str,
    unit_name: str,
    is_change: bool,
    ends: formatting.Ends = None,
) -> SafeString:
    """An outcome measure with the effect on it: "Traffic volume: −22 %".

    A unit that is part of the name of the measure is not repeated: "Heat-related deaths: −790".
    """
    unit, measure_words = (
        set(re.findall(r"\w+", text.casefold())) for text in (unit_name, measure)
    )
    if unit_symbol in {"", unit_name} and unit <= measure_words:
        unit_symbol = unit_name = ""
    value_text = effect_value(value, unit_symbol, unit_name, relative=is_change, ends=ends)
    return format_html("{}{} {}", capfirst(measure), formatting.colon(), value_text)


@register.simple_tag
def period(start: int | None, end: int | None) -> SafeString:
    """The years of a case or a measurement; "years not known" if both are missing."""
    if start is None and end is None:
        return not_recorded(formatting.period(None, None))
    return conditional_escape(formatting.period(start, end))


@register.simple_tag
def money(
    amount: Decimal | int | float | None, currency: str = "", year: int | None = None
) -> SafeString:
    """An amount in major units: "180 million EUR (prices of 2000)"; "not known" if missing."""
    if amount is None or not formatting.is_recorded(amount) or not currency:
        return not_recorded()
    return format_html(
        '<span class="money">{}&nbsp;<abbr title="{}">{}</abbr></span>'
        ' <span class="note">({})</span>',
        formatting.amount(amount),
        formatting.currency_name(currency),
        currency,
        formatting.prices_of(year),
    )


@register.simple_tag
def day(date: dt.date | None) -> SafeString:
    """A date in full; "not known" if missing."""
    if date is None:
        return not_recorded()
    return format_html(
        '<time datetime="{}">{}</time>', date.strftime("%Y-%m-%d"), formatting.day(date)
    )


@register.simple_tag
def language_mark(
    code: str, translated_from: str = "", reviewed: bool = True, behind: int = 0
) -> SafeString:
    """The language of a text that is not in the page's language, and how it was translated.

    `translated_from` is the code of the original; `behind` counts its later edits that the
    translation lacks. Nothing is shown for an original in the page's language.
    """
    parts = []
    if code != (get_language() or "en")[:2]:
        parts.append(gettext("in %(language)s") % {"language": formatting.language_name(code)})
    if translated_from and translated_from != code:
        parts.append(
            gettext("translated from %(language)s")
            % {"language": formatting.language_name(translated_from)}
        )
        parts.append(
            gettext("translation reviewed") if reviewed else gettext("translation not reviewed")
        )
        if behind:
            parts.append(
                ngettext(
                    "%(n)s edit behind the original", "%(n)s edits behind the original", behind
                )
                % {"n": behind}
            )
    return format_html('<span class="badge">{}</span>', ", ".join(parts)) if parts else _EMPTY


@register.simple_tag
def age_badge(review_by: dt.date | None, today: dt.date) -> SafeString:
    """When a record is due for an update check; a badge only if it is overdue."""
    if review_by is None:
        return format_html(
            '<span class="note">{}</span>', gettext("date of next update check not known")
        )
    month = {"month": formatting.month(review_by)}
    if review_by < today:
        words = gettext("update check overdue since %(month)s") % month
        return format_html('<span class="badge overdue">{}</span>', words)
    return format_html(
        '<span class="note">{}</span>', gettext("update check due %(month)s") % month
    )


@register.simple_tag
def origin_mark(origin: str) -> SafeString:
    """The mark of starter content; nothing for what members entered."""
    if origin != "starter":
        return _EMPTY
    return format_html('<span class="badge">{}</span>', gettext("starter content"))


@register.simple_tag
def chip(label: str, remove_href: str = "") -> SafeString:
    """A short text in a frame; with an address, a link that removes a selected filter."""
    if not remove_href:
        return format_html('<span class="chip">{}</span>', label)
    return format_html(
        '<a class="chip" href="{}"><span class="visually-hidden">{}</span>{}'
        '<span class="cross" aria-hidden="true">×</span></a>',
        remove_href,
        gettext("Remove the filter:") + " ",
        label,
    )


# -- lists and frames -----------------------------------------------------------------------


@register.simple_tag
def facts(*items: Any) -> SafeString:
    """A row of short facts without the empty ones. Items may be the output of other tags."""
    lines = format_html_join("", "<li>{}</li>", ((item,) for item in items if item))
    return format_html('<ul class="facts">{}</ul>', lines) if lines else _EMPTY


@register.simple_tag
def definitions(items: Iterable[tuple[Any, Any]]) -> SafeString:
    """Terms with their values; a value that is None or empty is "not known"."""
    lines = format_html_join(
        "",
        "<div><dt>{}</dt><dd>{}</dd></div>",
        (
            (term, value if formatting.is_recorded(value) else not_recorded())
            for term, value in items
        ),
    )
    return format_html('<dl class="terms">{}</dl>', lines)


@register.simple_tag
def breadcrumbs(*pairs: Any) -> SafeString:
    """The breadcrumbs: label and address alternate; an empty address is the page itself.

    Or a list of (label, address) of the pages above, and the label of the page itself. A label in
    another language than the page's has an attribute `lang_attr`.
    """
    if pairs and isinstance(pairs[0], list):
        pairs = (*(part for step in pairs[0] for part in step), *pairs[1:], "")
    if len(pairs) % 2:
        raise template.TemplateSyntaxError("breadcrumbs: each label needs an address")
    steps = format_html_join(
        "",
        "<li>{}</li>",
        ((_step(label, href),) for label, href in zip(pairs[::2], pairs[1::2], strict=True)),
    )
    return format_html(
        '<nav class="crumbs" aria-label="{}"><ol>{}</ol></nav>',
        pgettext("navigation", "You are here"),
        steps,
    )


def _step(label: Any, href: str) -> SafeString:
    lang_attr = getattr(label, "lang_attr", "")
    lang = format_html(' lang="{}"', lang_attr) if lang_attr else _EMPTY
    if href:
        return format_html('<a href="{}"{}>{}</a>', href, lang, label)
    return format_html('<span aria-current="page"{}>{}</span>', lang, label)


def _heading(text: str, level: int) -> SafeString:
    if not 2 <= level <= 6:
        raise template.TemplateSyntaxError(f"level: expected 2 to 6, not {level}")
    return format_html("<h{0}>{1}</h{0}>", level, text) if text else _EMPTY


class CachedNode(template.Node):
    """A cached part of a page that all readers share; see `cached_part`."""

    def __init__(
        self, nodes: template.NodeList, kinds: str, key: Sequence[template.base.FilterExpression]
    ) -> None:
        self.nodelist = nodes
        self._kinds = frozenset(kinds.split()) if kinds else None
        self._key = key

    def render(self, context: template.Context) -> SafeString:
        key = (get_language(), *(str(part.resolve(context)) for part in self._key))
        return cached(self._kinds, key, lambda: self.nodelist.render(context))


@register.tag("kept")
def cached_part(parser: template.base.Parser, token: template.base.Token) -> CachedNode:
    """A part that all readers share, cached until an action on a record of the kinds in its first
    argument.

    The second argument names the part, the others everything it depends on besides the language and
    the date.
    """
    _tag, kinds, *key = token.split_contents()
    nodes = parser.parse(("endkept",))
    parser.delete_first_token()
    return CachedNode(nodes, kinds.strip("\"'"), [parser.compile_filter(part) for part in key])


class OnlineNode(template.Node):
    """A part of a page that needs a server; archives omit it."""

    def __init__(self, nodes: template.NodeList) -> None:
        self.nodelist = nodes

    def render(self, context: template.Context) -> SafeString:
        return self.nodelist.render(context)


@register.tag("online")
def online(parser: template.base.Parser, token: template.base.Token) -> OnlineNode:
    """A part that needs a server, such as a contact form or a comparison; archives omit it."""
    nodes = parser.parse(("endonline",))
    parser.delete_first_token()
    return OnlineNode(nodes)


@register.simple_block_tag
def panel(content: SafeString, title: str = "", level: int = 2) -> SafeString:
    """A framed part of a page, for things that are compared or shown next to the text."""
    return format_html('<section class="panel">{}{}</section>', _heading(title, level), content)


@register.simple_block_tag
def outcome_panel(content: SafeString, answer: str, title: str = "", level: int = 3) -> SafeString:
    """What worked (`answer` is "yes") or did not ("no"), side by side in a `.pair`."""
    if answer not in {"yes", "no"}:
        raise template.TemplateSyntaxError(f'outcome_panel: expected "yes" or "no", not {answer!r}')
    return format_html(
        '<section class="said {}">{}{}</section>', answer, _heading(title, level), content
    )


@register.simple_block_tag
def notice(content: SafeString, title: str = "", kind: str = "info", level: int = 2) -> SafeString:
    """A box for what the reader must know first. `kind` is "info", "warning" or "error"."""
    if kind not in {"info", "warning", "error"}:
        raise template.TemplateSyntaxError(f"notice: no kind {kind!r}")
    role = SafeString(' role="alert"') if kind == "error" else _EMPTY
    return format_html(
        '<div class="notice {}"{}>{}{}</div>', kind, role, _heading(title, level), content
    )


@register.simple_block_tag
def empty_state(content: SafeString, title: str, level: int = 2) -> SafeString:
    """The placeholder of an empty list: says that it is empty, and what to do next."""
    return format_html('<div class="empty">{}{}</div>', _heading(title, level), content)


# -- components with a template of their own ------------------------------------------------


@register.inclusion_tag("web/components/sources.html")
def sources(
    items: Sequence[Any], heading_id: str = "", seen_in: str = "", described: bool = True
) -> dict[str, Any]:
    """A numbered list of sources with `title` and `url`, and optionally `is_dead`, `last_alive_at`,
    and `copy_href`, the address of a saved copy. If `described`, also `kind_label` (or the
    model's), `independent` (True, False or None), and `seen` (the words that were read). `seen_in`
    is the language of those words if it is not the page's.
    """
    return {
        "items": items, "heading_id": heading_id, "seen_in": seen_in, "described": described
    }  # fmt: skip


@register.inclusion_tag("web/components/pagination.html", takes_context=True)
def pagination(
    context: template.Context, page: Page[Any], parameter: str = "page"
) -> dict[str, Any]:
    """Links to the pages of a list, with the rest of the query. Nothing for a single page."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "request": context["request"],
        "page": page,
        "steps": [
            (n, query_with(context, parameter, n)) if isinstance(n, int) else (None, "")
            for n in numbers
        ],
        "previous": query_with(context, parameter, page.number - 1),
        "next": query_with(context, parameter, page.number + 1),
    }


def query_with(context: template.Context, parameter: str, value: object) -> str:
    """The query of the current address with one parameter changed."""
    query = context["request"].GET.copy()
    query[parameter] = str(value)
    return f"?{query.urlencode()}"


@register.inclusion_tag("web/components/filter_group.html")
def filter_group(
    legend: str, name: str, options: Iterable[Mapping[str, Any]], kind: str = "checkbox"
) -> dict[str, Any]:
    """A group of choices. Each option has `value`, `label`, `checked`, and optionally `count`.

    `kind` is "checkbox" for any number of choices or "radio" for one.
    """
    if kind not in {"checkbox", "radio"}:
        raise template.TemplateSyntaxError(f"filter_group: no kind {kind!r}")
    return {"legend": legend, "name": name, "options": options, "kind": kind}
