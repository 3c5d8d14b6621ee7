"""The annual report of the network: what is new, what is now known, and what failed."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.adoption.models import Adoption
from alliance.charts import figures
from alliance.groups.models import ActionItem, Deliverable
from alliance.knowledge.enums import Outcome, Topic
from alliance.knowledge.models import CaseStudy, VerdictChange
from alliance.knowledge.selectors.register import failure_register
from alliance.knowledge.selectors.verdicts import change_view, changes
from alliance.knowledge.services.as_of import cases_at
from alliance.network.enums import Origin
from alliance.network.localise import country_name, localised
from alliance.network.models import City, Need
from alliance.reports.enums import RecordKind
from alliance.reports.selectors.report_lines import (
    adoption_lines,
    adoption_refs,
    failure_lines,
    lesson_blocks,
    no_failures,
    of_topic,
    outcome_picture,
    outcome_words,
    pilot_ref,
    places_of,
    public_lessons,
)
from alliance.reports.selectors.report_parts import Block, Writer, filled
from alliance.testbeds.models import Pilot
from alliance.testbeds.rules import PUBLIC
from alliance.web.formatting import day, number

MOST = 12


def network_report(writer: Writer, year: int) -> dict[str, Any]:
    """Writes the report of a year; returns its title, key figures and summary."""
    start = dt.datetime(year, 1, 1, tzinfo=dt.UTC)
    end = min(dt.datetime(year + 1, 1, 1, tzinfo=dt.UTC), writer.moment)
    cases = cases_at(writer.moment)
    came = [case for case in cases if case.published_at and start <= case.published_at <= end]
    # Starter content and content of other networks is not work of the year.
    new = [case for case in came if case.origin == Origin.MEMBERS]
    shipped = [case for case in came if case.origin == Origin.STARTER]
    adoptions = list(
        Adoption.objects.filter(
            Q(started_at__gte=start) | Q(changed_at__gte=start),
            public_at__lte=writer.moment,
            started_at__lte=end,
        )
        .select_related("adopting_city")
        .order_by("-started_at", "public_id")
    )
    pilots = list(
        Pilot.objects.filter(
            state__in=[state.value for state in PUBLIC], frozen_at__gte=start, frozen_at__lte=end
        ).order_by("-frozen_at", "public_id")
    )
    verdict_changes = list(changes().filter(at__gte=start, at__lte=end))
    members = City.objects.filter(is_member=True, created_at__lte=writer.moment).count()
    refs = [writer.case(case) for case in cases]
    register, of_year = failure_register(cases), failure_register(new)
    summary = list(_summary(writer, year, cases, new, shipped, verdict_changes, adoptions, pilots))
    _year(writer, cases, new)
    _verdicts(writer, verdict_changes)
    _failures(writer, [*of_year.failures] or [*register.failures], refs, register)
    _exchange(writer, adoptions)
    lessons = public_lessons(writer.moment).filter(minutes__held_on__gte=start.date())
    if blocks := lesson_blocks(writer, lessons[: 2 * MOST]):
        writer.chapter("lessons")
        writer.items(blocks)
    writer.chapter("next")
    writer.items(list(_next(writer)))
    return {
        "title": _("The network in %(year)s") % {"year": year},
        "lead": _("New cases, lessons learned and solutions adopted between cities this year."),
        "kicker": _("Annual report"),
        "figures": [
            {"label": _("New cases"), "value": number(len(new))},
            {"label": _("Total cases"), "value": number(len(cases))},
            {"label": _("Member cities"), "value": number(members)},
            {"label": _("Changed verdicts"), "value": number(len(verdict_changes))},
        ],
        "summary": summary,
        "tables": {"cases": cases},
    }


def _summary(
    writer: Writer,
    year: int,
    cases: Sequence[CaseStudy],
    new: Sequence[CaseStudy],
    shipped: Sequence[CaseStudy],
    verdict_changes: Sequence[VerdictChange],
    adoptions: Sequence[Adoption],
    pilots: Sequence[Pilot],
) -> Iterator[Block]:
    sentence = _("Cities published no new cases in %(year)s.")
    if new:
        sentence = ngettext(
            "Cities published %(n)s new case in %(year)s: %(outcomes)s.",
            "Cities published %(n)s new cases in %(year)s: %(outcomes)s.",
            len(new),
        )
    outcomes = outcome_words(failure_register(new))
    yield writer.line(
        filled(sentence, n=len(new), year=str(year), outcomes=outcomes), map(writer.case, new)
    )
    if shipped:
        sentence = ngettext(
            "%(n)s case came with the platform: compiled by the editors, not yet checked by the "
            "city.",
            "%(n)s cases came with the platform: compiled by the editors, not yet checked by the "
            "cities.",
            len(shipped),
        )
        yield writer.line(filled(sentence, n=len(shipped)), map(writer.case, shipped))
    sentence = ngettext(
        "The network now has %(n)s case, from %(places)s places in %(countries)s countries.",
        "The network now has %(n)s cases, from %(places)s places in %(countries)s countries.",
        len(cases),
    )
    n_places, n_countries = places_of(cases)
    sentence = filled(sentence, n=len(cases), places=n_places, countries=n_countries)
    yield writer.line(sentence, map(writer.case, cases))
    sentence = _("No verdicts on solutions changed.")
    if verdict_changes:
        sentence = ngettext(
            "%(n)s verdict on a solution changed.",
            "%(n)s verdicts on solutions changed.",
            len(verdict_changes),
        )
    changed = [writer.revised(change.verdict.solution) for change in verdict_changes]
    yield writer.line(filled(sentence, n=len(verdict_changes)), changed)
    if adoptions:
        sentence = ngettext(
            "Cities adopted %(n)s solution from another city, or started to.",
            "Cities adopted %(n)s solutions from other cities, or started to.",
            len(adoptions),
        )
        refs = [ref for _title, ref in adoption_refs(writer, adoptions).values()]
        yield writer.line(filled(sentence, n=len(adoptions)), refs)
    if pilots:
        sentence = ngettext(
            "%(n)s pilot was registered.", "%(n)s pilots were registered.", len(pilots)
        )
        refs = [pilot_ref(writer, pilot) for pilot in pilots]
        yield writer.line(filled(sentence, n=len(pilots)), refs)
    if not adoptions and not pilots:
        yield writer.line(_("No adoptions or pilots became public."))


def _year(writer: Writer, cases: Sequence[CaseStudy], new: Sequence[CaseStudy]) -> None:
    writer.chapter("year")
    outcome_picture(
        writer,
        [
            (str(Topic(topic).label), [case for case in cases if of_topic(case, topic)])
            for topic in Topic.values
        ],
        _("Cases by topic and outcome"),
        _("All published cases. A case may belong to several topics."),
    )
    countries = Counter(case.country for case in cases)
    fresh = {case.pk for case in new}
    rows = [
        (
            country_name(code, writer.language),
            [
                sum(case.country == code and case.pk not in fresh for case in cases),
                sum(case.country == code and case.pk in fresh for case in cases),
            ],
        )
        for code, _n in sorted(countries.items(), key=lambda item: (-item[1], item[0]))[:MOST]
    ]
    title = _("Cases by country")
    svg = figures.bars(
        rows,
        [("open", _("all other cases") if new else _("all cases")), ("plain", _("new this year"))],
        title=title,
    )
    writer.picture(
        svg,
        title,
        _("Countries with the most cases."),
        [writer.case(case) for case in cases],
    )


def _verdicts(writer: Writer, verdict_changes: Sequence[VerdictChange]) -> None:
    writer.chapter("verdicts")
    lines = []
    for change in verdict_changes[: 2 * MOST]:
        view = change_view(change, writer.language)
        lines.append(
            writer.line(
                _("%(after)s (previously: %(before)s)")
                % {"after": view.after, "before": view.before},
                [writer.revised(change.verdict.solution)],
                label=localised(view.name.text.name, view.name.language, writer.language),
                url=writer.address("knowledge:solution", view.solution_id),
                note=day(change.at.date()),
                code=change.after,
            )
        )
    # If there are none, the summary says so.
    writer.items(lines)


def _failures(
    writer: Writer, failed: Sequence[CaseStudy], refs: Sequence[int], register: Any
) -> None:
    writer.chapter("failures")
    if not failed:
        no_failures(writer, refs)
        return
    sentence = ngettext(
        "Of %(n)s case in total, %(failed)s did not work.",
        "Of %(n)s cases in total, %(failed)s did not work.",
        register.total,
    )
    sentence = filled(sentence, failed=register.did_not_work, n=register.total)
    writer.paragraph(sentence, refs, lead=True)
    newest = sorted(
        (case for case in failed if case.outcome == Outcome.DID_NOT_WORK),
        key=lambda case: (-(case.start_year or 0), case.public_id),
    )
    writer.items(failure_lines(writer, newest[:MOST]))


def _exchange(writer: Writer, adoptions: Sequence[Adoption]) -> None:
    writer.chapter("exchange")
    writer.items(adoption_lines(writer, adoptions[: 2 * MOST]))


def _next(writer: Writer) -> Iterator[Block]:
    moment, today = writer.moment, writer.moment.date()
    needs = [
        writer.changed(
            RecordKind.NEED,
            need,
            need.changed_at,
            localised(need.title, need.language, writer.language),
            "network:need",
        )
        for need in Need.objects.filter(
            Q(ended_at=None) | Q(ended_at__gt=moment), stated_at__lte=moment
        ).order_by("stated_at", "public_id")
    ]
    if needs:
        sentence = ngettext(
            "Cities have %(n)s open need. Can you help?",
            "Cities have %(n)s open needs. Can you help?",
            len(needs),
        )
        label, url = _("City needs"), writer.address("network:needs")
        yield writer.line(filled(sentence, n=len(needs)), needs, label=label, url=url)
    due = Deliverable.objects.filter(
        Q(delivered_on=None) | Q(delivered_on__gt=today),
        group__is_synthetic=False,
        stated_at__lte=moment,
    ).order_by("due_on", "public_id")
    for deliverable in due[:MOST]:
        sentence = _("Due by %(day)s.") % {"day": day(deliverable.due_on)}
        yield writer.line(
            sentence, label=localised(deliverable.title, deliverable.language, writer.language)
        )
    late = ActionItem.objects.filter(
        Q(done_at=None) | Q(done_at__gt=moment),
        minutes__is_public=True,
        given_at__lte=moment,
        due_on__lt=today,
    ).exclude(minutes__group__is_synthetic=True)
    if n := late.count():
        sentence = ngettext("%(n)s action item is overdue.", "%(n)s action items are overdue.", n)
        label, url = _("Topic groups"), writer.address("groups:groups")
        yield writer.line(filled(sentence, n=n), label=label, url=url)
    yield writer.share_line()
