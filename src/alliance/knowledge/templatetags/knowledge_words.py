"""Words for codes, and texts that carry their language, for the templates of this app."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import template
from django.db.models import Model, TextChoices
from django.utils.functional import Promise
from django.utils.html import conditional_escape, escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from alliance.cases import enums
from alliance.cases.effects import ends_of, is_measured
from alliance.cases.enums import Iap2Level
from alliance.cases.messages.national_schemes import in_force
from alliance.cases.method_filter import FIELD_NAMES
from alliance.cases.models import (
    CaseStudy,
    CaseVersion,
    Effect,
    Method,
    NationalScheme,
    NullResult,
    Solution,
    Unit,
)
from alliance.cases.selectors import open_data
from alliance.cases.selectors.case_list import Localised, title_of
from alliance.cases.selectors.case_list import localised as in_language
from alliance.cases.selectors.localise import (
    chosen_text,
    country_name,
    local_field,
    local_name,
    local_place,
    local_symbol,
    local_text,
    localised,
)
from alliance.cases.selectors.register import Tally
from alliance.core.text import first_sentence
from alliance.evidence import line_facts as facts
from alliance.evidence.messages.headline import disputed
from alliance.evidence.selectors.decisions import Decision
from alliance.evidence.selectors.evidence_map import CellView, RowView
from alliance.evidence.selectors.verdict_line import VerdictLine, amount_words, in_words
from alliance.evidence.selectors.verdicts import change_view, changes
from alliance.knowledge import documents
from alliance.knowledge.selectors import solutions
from alliance.network.enums import OrganisationKind
from alliance.network.localise import localised_field
from alliance.web import formatting
from alliance.web.templatetags.components import (
    effect_of,
    grade,
    icon,
    language_mark,
    mark,
    not_recorded,
    outcome,
    period,
    verdict,
)
from alliance.writing.models import Draft, Question
from alliance.writing.selectors import questions, versions

register = template.Library()
register.simple_tag(localised)

_KINDS: dict[str, type[TextChoices]] = {
    "check-again": enums.CheckAgain,
    "cost": enums.CostLevel,
    "design": enums.Design,
    "direction": enums.EffectDirection,
    "iap2": enums.Iap2Level,
    "mode": enums.Mode,
    "organisation": OrganisationKind,
    "reason": enums.Reason,
    "solution": enums.SolutionKind,
    "theme": enums.Theme,
    "topic": enums.Topic,
}
# Looked up for each row of a list: asking the list of choices each time would be slow.
_WORDS: dict[str, dict[str, str | Promise]] = {
    kind: {choice.value: choice.label for choice in choices} for kind, choices in _KINDS.items()
}
_BANG = SafeString('<text class="bang" x="42" y="13">!</text>')
#: The levels of influence of the IAP2 spectrum, explained in our own words.
IAP2_MEANINGS: dict[str, Promise] = {
    Iap2Level.INFORM: _("Residents get balanced information on what is planned and why."),
    Iap2Level.CONSULT: _(
        "Residents give their views before a decision, and find out how those views were used."
    ),
    Iap2Level.INVOLVE: _(
        "Residents’ concerns are taken into account throughout and are reflected in the options."
    ),
    Iap2Level.COLLABORATE: _(
        "Residents develop the options and choose the preferred solution together with the city."
    ),
    Iap2Level.EMPOWER: _("Residents make the decision, and the city carries it out."),
}


@register.inclusion_tag("knowledge/parts/justice.html")
def justice(rows: Iterable[tuple[Any, str]], language: str) -> dict[str, Any]:
    """The four dimensions of justice as questions, each with its answer in `language`, or open."""
    shown = list(rows)
    return {
        "rows": shown,
        "language": language,
        "n_answered": sum(bool(answer) for _question, answer in shown),
    }


@register.filter
def word(code: str, kind: str) -> str | Promise:
    """The word of a code, such as `{{ "stopped"|word:"reason" }}`. A code without one is shown."""
    return _WORDS[kind].get(code, code)


@register.filter
def iap2_meaning(code: str) -> str | Promise:
    """What a level of the IAP2 spectrum means."""
    return IAP2_MEANINGS.get(code, "")


@register.filter
def filter_name(parameter: str) -> str | Promise:
    """The name that the form of methods gives to a parameter of its address."""
    return FIELD_NAMES.get(parameter, parameter)


@register.filter
def with_lang(value: str, lang_attr: str) -> Localised:
    """A text with its language, empty where it is the page's: a label for `breadcrumbs`."""
    return Localised(value, lang_attr)


@register.filter
def first_words(text: Localised, most: int) -> Localised:
    """The beginning of a text, with its language."""
    return Localised(Truncator(text.value).words(most), text.lang_attr)


@register.filter
def draft_title(draft: Draft) -> Localised:
    """The title of a draft in its own language, else in any; empty where none is written yet."""
    return title_of(draft.content, get_language() or "en")


@register.filter
def case_title(case: CaseStudy) -> Localised:
    """The title of a case that came with its texts, in the language of the page if there is one."""
    return text_in(case, "title")


@register.filter
def text_in(record: CaseStudy | Solution | Method, field: str) -> Localised:
    """What a text of a record that came with its texts says, in the language of the page."""
    return local_text(record, field, get_language() or "en")


@register.filter
def lead(text: Localised) -> Localised:
    """The first sentence of a text, in the language of the text."""
    return Localised(first_sentence(text.value), text.lang_attr)


@register.filter
def codes(record: CaseStudy | Solution, scheme: str) -> list[str]:
    """The codes that a record carries in a scheme."""
    return open_data.codes(record, scheme)


@register.filter
def main_effect(case: CaseStudy) -> Effect | None:
    """The effect that stands for a case in a list, None where none does."""
    return documents.main_effect(case)


@register.filter
def main_null(case: CaseStudy) -> NullResult | None:
    """The result without a number that stands for a case in a list, None where none does."""
    return documents.main_null(case)


@register.filter
def about(people: int | None) -> int | None:
    """A number rounded to three digits: 585,708 gives 586,000."""
    if people is None or people < 1000:
        return people
    step = 10 ** (len(str(people)) - 3)
    return round(people / step) * step


@register.filter
def case_place(case: CaseStudy) -> str:
    """The place of a case in the language of the page."""
    return local_place(case, get_language() or "en")


@register.filter
def in_lang(value: str, written_in: str) -> Localised:
    """Words that were written in a language, marked where that is not the page's."""
    return in_language(value, written_in, get_language() or "en")


@register.filter
def published_by(version: CaseVersion, case: CaseStudy) -> str:
    """Who published a version of a case; empty where that would tell a hidden city."""
    return versions.published_by(version, case)


@register.filter
def answered_by(question: Question) -> str:
    """In whose name the answer to a question stands; empty where that is not known any more."""
    return questions.answered_by(question)


@register.filter
def case_city(case: CaseStudy) -> str:
    """The place of a case, its city too where that is hidden from readers: for the secretariat."""
    language = get_language() or "en"
    if case.masked_city is not None:
        return local_name(case.masked_city, language)
    return local_place(case, language)


@register.filter
def symbol(unit: Unit) -> str:
    """The short sign of a unit, or its name where it has none."""
    return local_symbol(unit, get_language() or "en")


register.filter("solution_amount", amount_words)
register.filter("disputed", disputed)
register.filter("is_measured", is_measured)


@register.filter("in_force")
def scheme_in_force(scheme: NationalScheme) -> str:
    """Since when a country has a solution."""
    return in_force(scheme.country, scheme.since, scheme.until)


@register.filter
def local_words(record: Model, name: str) -> str:
    """What a field with a French and a Swedish one beside it says in the language in use."""
    return local_field(record, name, get_language() or "en")


@register.filter
def line_facts(solution: Solution) -> Mapping[str, Any]:
    """What `verdict_line` says of a solution that came with its main verdict and its costs."""
    return facts.line_facts(solution, facts.main_of(solution))


@register.filter
def verdict_words(of_solution: Mapping[str, Any]) -> VerdictLine:
    """The line of a solution in words, from its facts."""
    return in_words(of_solution)


@register.simple_tag
def members_marked() -> dict[str, str]:
    """What a full mark means on the map of cities; the empty ones have no words."""
    return {"worked": gettext("member")}


# Those that follow stand in every row of long lists: as templates they took most of a page's time.


@register.simple_tag
def verdict_line(
    verdict_facts: Mapping[str, Any] | VerdictLine, name: str = "", href: str = "", lang: str = ""
) -> SafeString:
    """The line of a solution from its facts: verdict and outcome, cost, time, evidence, places.

    In a list of class `vlines` with the `name` and `href` of the solution before it, and the
    language of the name where it is not the page's.
    """
    line = verdict_facts if isinstance(verdict_facts, VerdictLine) else in_words(verdict_facts)
    head = ""
    if name:
        tongue = format_html(' lang="{}"', lang) if lang else ""
        head = format_html('<h3><a href="{}"{}>{}</a></h3>', href, tongue, name)
    badge = verdict(line.code, line.title) if line.code else conditional_escape(line.title)
    return format_html(
        '{}<p data-headline="{}" data-verdict="{}">{} {}</p>{}',
        head, line.of, line.code, badge, line.words, facts_of_line(line),
    )  # fmt: skip


@register.simple_tag
def facts_of_line(line: VerdictLine) -> SafeString:
    """What stands beside the verdict of a solution: evidence, places, cost, time."""
    coins = format_html(
        '<span class="coins" aria-hidden="true">{}<i>{}</i></span> ',
        "€" * len(line.full), "€" * len(line.pale),
    ) if line.coins else ""  # fmt: skip
    return format_html(
        '<ul class="facts">{}<li>{}</li>{}<li>{}{}</li>{}{}</ul>',
        format_html_join("", "<li>{}</li>", ((scheme,) for scheme in line.schemes)),
        grade(line.evidence),
        format_html("<li>{}</li>", line.places) if line.code else "",
        coins, line.cost, format_html("<li>{}</li>", line.time) if line.time else "",
        format_html("<li>{}</li>", line.who) if line.who else "",
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def decision_head(context: template.Context, row: Decision, has_verdict: bool = True) -> SafeString:
    """The first cell of a row of the decision table: the solution, and its verdict."""
    badge = verdict(row.code, str(row.word)) if has_verdict and row.code else ""
    return format_html(
        '<th scope="row" role="rowheader"><a href="{}solutions/{}/">{}</a>{}</th>',
        context["home_href"], row.solution, localised(row.name),
        format_html("<p>{}</p>", badge) if badge else "",
    )  # fmt: skip


@register.simple_tag
def decision_facts(row: Decision) -> SafeString:
    """The last cells of a row of the decision table: cost, time, who pays, strength of evidence."""
    coins = format_html(
        '<span class="coins" aria-hidden="true">{}<i>{}</i></span> ', row.full, row.pale
    ) if row.coins else ""  # fmt: skip
    cells = (
        (gettext("Cost"), format_html("{}{}", coins, row.cost)),
        (gettext("First effect"), row.time or not_recorded()),
        (gettext("Who pays"), row.payers or not_recorded()),
        (gettext("Strength of evidence"), grade(row.grade, brief=True)),
    )
    return format_html_join("", '<td role="cell"><span class="of">{}</span>{}</td>', cells)


@register.filter
def tally_words(tally: Tally) -> str:
    """Cases by their outcomes in one sentence: "25 cases: 19 worked, 4 mixed, 2 did not work"."""
    total = ngettext("%(n)s case", "%(n)s cases", tally.total)
    words = (
        (tally.worked, ngettext("%(n)s worked", "%(n)s worked", tally.worked)),
        (tally.reported, ngettext(
            "%(n)s reported as working", "%(n)s reported as working", tally.reported)),
        (tally.mixed, ngettext(
            "%(n)s with mixed results", "%(n)s with mixed results", tally.mixed)),
        (tally.did_not_work, ngettext(
            "%(n)s did not work", "%(n)s did not work", tally.did_not_work)),
    )  # fmt: skip
    parts = ", ".join(text % {"n": formatting.number(n)} for n, text in words if n)
    n = formatting.number(tally.total)
    return f"{total % {'n': n}}{formatting.colon()} {parts}" if parts else total % {"n": n}


@register.simple_tag
def check_again(code: str, brief: bool = False) -> SafeString | str:
    """On a line of its own that a result is to be checked again, and why unless `brief`."""
    if not code:
        return ""
    note = gettext("needs to be checked again")
    if not brief:
        note = f"{note}{formatting.colon()} {word(code, 'check-again')}"
    return format_html('<br><span class="note">{}</span>', note)


@register.simple_tag
def tally_facts(tally: Tally) -> SafeString:
    """Cases by their outcomes, as entries of a list of facts."""
    entries = ((mark(code) if code else "", words) for code, words in _outcomes(tally))
    return format_html_join("", "<li>{} {}</li>", entries)


def _outcomes(tally: Tally) -> Iterator[tuple[str, str]]:
    """The mark, empty for none, and the words of each entry."""
    n = formatting.number(tally.total)
    if not tally.total:
        yield "", gettext("no cases yet")
    elif tally.total == 1:
        if tally.worked:
            yield "worked", gettext("one case: it worked")
        elif tally.reported:
            yield "reported", gettext("one case: it worked by its own account")
        elif tally.did_not_work:
            yield "did-not-work", gettext("one case: it did not work")
        else:
            yield "mixed", gettext("one case, with mixed results")
    else:
        if tally.worked:
            words = ngettext(
                "worked in %(worked)s of %(total)s case",
                "worked in %(worked)s of %(total)s cases",
                tally.total,
            )
            yield "worked", words % {"worked": formatting.number(tally.worked), "total": n}
        else:
            yield "", gettext("worked in none of %(n)s cases") % {"n": n}
        if tally.reported:
            params = {"n": formatting.number(tally.reported)}
            yield "reported", gettext("worked by own account in %(n)s") % params
        if tally.mixed:
            yield (
                "mixed",
                gettext("mixed results in %(mixed)s") % {"mixed": formatting.number(tally.mixed)},
            )
        if tally.did_not_work:
            params = {"failed": formatting.number(tally.did_not_work)}
            yield "did-not-work", gettext("did not work in %(failed)s") % params
        else:
            yield "", gettext("no failure reported")


@register.simple_tag(takes_context=True)
def solution_hit(context: template.Context, line: Solution, brief: bool = False) -> SafeString:
    """A solution in a list, with its line and the `tally` of its cases; `brief`: no summary."""
    text = chosen_text(line.texts.all(), get_language() or "en")
    lang, summary = text.lang_attr, "" if brief else text.text.summary
    return format_html(
        '<li><h3><a href="{}solutions/{}/">{}</a></h3>{}{}<ul class="facts">{}{}</ul></li>\n',
        context["home_href"], line.public_id, localised(Localised(text.text.name, lang)),
        format_html("<p>{}</p>", localised(Localised(summary, lang))) if summary else "",
        verdict_line(line_facts(line)), tally_facts(line.tally),  # type: ignore[attr-defined]
        format_html("<li>{}</li>", language_mark(lang)) if lang else "",
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def case_hit(context: template.Context, line: CaseStudy, show_solution: bool = False) -> SafeString:
    """A case in a list: how it ended, what changed, how well that is known."""
    home, title = context["home_href"], text_in(line, "title")
    case_facts = [
        format_html(
            "{}, {} · {}", case_place(line), country_name(line.country, get_language() or "en"),
            period(line.start_year, line.end_year),
        ),
    ]  # fmt: skip
    if show_solution:
        name, of = localised(text_in(line.solution, "name")), line.solution.public_id
        case_facts.append(format_html('<a href="{}solutions/{}/">{}</a>', home, of, name))
    case_facts += [_main_result(line), grade(line.evidence_points)]
    if dispute := getattr(line, "disputed", None):
        case_facts.append(escape(disputed(dispute)))
    if line.from_network:
        case_facts.append(escape(gettext("from %(network)s") % {"network": line.from_network}))
    if title.lang_attr:
        case_facts.append(language_mark(title.lang_attr))
    return format_html(
        '<li>{}<h3><a href="{}cases/{}/">{}</a></h3><ul class="facts">{}</ul></li>\n',
        outcome(line.outcome, is_measured(line)), home, line.public_id, localised(title),
        format_html_join("\n", "<li>{}</li>", ((fact,) for fact in case_facts)),
    )  # fmt: skip


def _main_result(case: CaseStudy) -> SafeString:
    effect, null = main_effect(case), main_null(case)
    language = get_language() or "en"
    if effect is not None:
        measure, unit = local_name(effect.measure, language), effect.unit
        name = local_name(unit, language)
        sentence = effect_of(
            measure, effect.value, symbol(unit), name, unit.is_change, ends=ends_of(effect)
        )
        return format_html(
            '<span data-result="{}">{}</span> {}',
            case.public_id, sentence, check_again(effect.check_again, brief=True),
        )  # fmt: skip
    if null is not None:
        name = local_name(null.measure, language)
        return format_html("{}{} {}", gettext("no difference"), formatting.colon(), name)
    counted = gettext("no usable effect data") if case.effects.all() else ""
    return not_recorded(counted or gettext("effect not known"))


@register.simple_tag
def tally_marks(tally: Tally) -> SafeString:
    """Cases by their outcomes, in short: a mark and a number each."""
    if not tally.total:
        return format_html('<span class="note">{}</span>', gettext("no cases yet"))
    outcome_counts = (
        ("worked", tally.worked, gettext("worked")),
        ("reported", tally.reported, gettext("reported as working")),
        ("mixed", tally.mixed, gettext("mixed results")),
        ("did-not-work", tally.did_not_work, gettext("did not work")),
    )
    return format_html_join(
        " ",
        '<span class="outcome {}">{}{}<span class="visually-hidden"> {}</span></span>',
        ((code, mark(code), formatting.number(n), words) for code, n, words in outcome_counts if n),
    )


# A page holds hundreds of cells of the evidence map: as templates they took most of its time.


def _map_cell(home: str, cell_view: CellView | None) -> SafeString:
    """A cell of the evidence map with its mark and all it says; a gap leads to a new pilot."""
    if cell_view is None:
        return _empty_cell()
    label, text = cell_view.label, cell_view.text
    if cell_view.path:
        # All but the two that are escaped is of our own making.
        return SafeString(
            f'<td role="cell"><span class="{cell_view.shape}">'
            f'<svg class="b" viewBox="0 0 48 48" aria-hidden="true">'
            f'<path class="{cell_view.fill}" d="{cell_view.path}"/>'
            f'<text x="24" y="29">{cell_view.cell.places}'
            f"</text>{_BANG if cell_view.cell.harm else ''}</svg> "
            f'<span class="of" aria-hidden="true">{escape(label)}</span>'
            f'<span class="visually-hidden">{escape(text)}</span></span></td>'
        )
    return format_html(
        '<td role="cell"><a class="ask" href="{}pilots/new?solution={}&amp;outcome={}"'
        ' rel="nofollow">{} <span class="of" aria-hidden="true">{}</span>'
        '<span class="visually-hidden">{}. {}</span></a></td>',
        home, cell_view.cell.solution, cell_view.cell.theme, icon("plus", "i plain"), label, text,
        gettext("Register a pilot"),
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def map_rows(context: template.Context, rows: Iterable[RowView]) -> SafeString:
    """The rows of solutions, each with a cell for each column of the evidence map."""
    home = context["home_href"]
    parts = []
    for row in rows:
        lang = f' lang="{escape(row.lang_attr)}"' if row.lang_attr else ""
        parts.append(
            f'<tr role="row"><th scope="row" role="rowheader"><a href="{home}solutions/'
            f'{escape(row.solution)}/#effects"{lang}>{escape(row.name)}</a></th>'
        )
        parts += [_map_cell(home, cell) for cell in row.cells]
        parts.append("</tr>")
    return SafeString("".join(parts))


def _empty_cell() -> SafeString:
    return format_html(
        '<td role="cell"><span class="visually-hidden">{}</span></td>', gettext("no data")
    )


@register.inclusion_tag("knowledge/parts/verdict_changes.html")
def verdict_changes(most: int) -> dict[str, Any]:
    """The latest verdicts that changed, nothing where none did; two queries."""
    language = get_language() or "en"
    return {"changes": [change_view(change, language) for change in changes()[:most]]}


@register.simple_tag
def working_best(most: int) -> list[Solution]:
    """The solutions with the strongest verdicts of those that help; five queries."""
    return solutions.working_best(most)


@register.filter
def words_of(record: Model, field: str) -> Localised:
    """What a field with columns for each language says, in the language of the page."""
    return localised_field(record, field, get_language() or "en")


@register.filter
def prices_of(year: int | None) -> str:
    """The words for a price year, also where it is not known."""
    return formatting.prices_of(year)
