"""The yearly report of the network: what is new, what is known now, and what failed."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
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
from alliance.network.localise import country_name, localised
from alliance.network.models import City, Need
from alliance.reports.enums import RecordKind
from alliance.reports.selectors.report_city import pilot_ref
from alliance.reports.selectors.report_parts import Writer, filled
from alliance.reports.selectors.report_topic import (
    adoption_lines,
    adoption_refs,
    failure_lines,
    lesson_blocks,
    no_failures,
    of_topic,
    outcome_picture,
    outcome_words,
    places_of,
    public_lessons,
)
from alliance.testbeds.models import Pilot
from alliance.testbeds.rules import PUBLIC
from alliance.web.formatting import day, number

MOST = 12


def network_report(writer: Writer, year: int) -> dict[str, Any]:
    """Write the report of a year; its title, key figures and summary."""
    start = dt.datetime(year, 1, 1, tzinfo=dt.UTC)
    end = min(dt.datetime(year + 1, 1, 1, tzinfo=dt.UTC), writer.moment)
    cases = cases_at(writer.moment)
    new = [one for one in cases if one.published_at and start <= one.published_at <= end]
    adoptions = list(
        Adoption.objects.filter(
            Q(started_at__gte=start) | Q(changed_at__gte=start),
            public_at__lte=writer.moment,
            started_at__lte=end,
        )
        .select_related("adopting_city")
        .order_by("-started_at", "public_id")
    )
    pilots = Pilot.objects.filter(
        state__in=[one.value for one in PUBLIC], frozen_at__gte=start, frozen_at__lte=end
    ).order_by("-frozen_at", "public_id")
    told = list(changes().filter(at__gte=start, at__lte=end))
    members = City.objects.filter(is_member=True, created_at__lte=writer.moment).count()
    n_places, n_countries = places_of(cases)
    refs = [writer.case(one) for one in cases]
    register, of_year = failure_register(cases), failure_register(new)
    summary = [
        writer.line(
            filled(
                ngettext(
                    "%(n)s case was published in %(year)s: %(outcomes)s.",
                    "%(n)s cases were published in %(year)s: %(outcomes)s.",
                    len(new),
                ),
                n=len(new),
                year=str(year),
                outcomes=outcome_words(of_year),
            )
            if new
            else _("No case was published in %(year)s.") % {"year": year},
            [writer.case(one) for one in new],
        ),
        writer.line(
            filled(
                ngettext(
                    "The network now knows %(n)s case, from %(places)s places in %(countries)s "
                    "countries.",
                    "The network now knows %(n)s cases, from %(places)s places in %(countries)s "
                    "countries.",
                    len(cases),
                ),
                n=len(cases),
                places=n_places,
                countries=n_countries,
            ),
            refs,
        ),
        writer.line(
            ngettext(
                "%(n)s verdict on a solution changed.",
                "%(n)s verdicts on solutions changed.",
                len(told),
            )
            % {"n": number(len(told))}
            if told
            else _("No verdict on a solution changed."),
            [writer.revised(one.verdict.solution) for one in told],
        ),
    ]
    if adoptions:
        took = ngettext(
            "Cities took over %(n)s solution from each other, or began to.",
            "Cities took over %(n)s solutions from each other, or began to.",
            len(adoptions),
        )
        took_refs = [ref for _title, ref in adoption_refs(writer, adoptions).values()]
        summary.append(writer.line(took % {"n": number(len(adoptions))}, took_refs))
    if pilots:
        registered = ngettext(
            "%(n)s pilot was registered.", "%(n)s pilots were registered.", len(pilots)
        )
        pilot_refs = [pilot_ref(writer, one) for one in pilots]
        summary.append(writer.line(registered % {"n": number(len(pilots))}, pilot_refs))
    if not adoptions and not pilots:
        summary.append(writer.line(_("No adoption and no pilot became public.")))
    _year(writer, cases, new)
    _verdicts(writer, told)
    _failures(writer, [*of_year.failures] or [*register.failures], refs, register)
    _exchange(writer, adoptions)
    lessons = public_lessons(writer.moment).filter(minutes__held_on__gte=start.date())
    if blocks := lesson_blocks(writer, lessons[: 2 * MOST]):
        writer.chapter("lessons")
        writer.items(blocks)
    _next(writer)
    return {
        "title": _("The network in %(year)s") % {"year": year},
        "lead": _("What cities published, learned and took from each other this year."),
        "kicker": _("Yearly report"),
        "figures": [
            {"label": _("New cases"), "value": number(len(new))},
            {"label": _("Cases in all"), "value": number(len(cases))},
            {"label": _("Member cities"), "value": number(members)},
            {"label": _("Verdicts that changed"), "value": number(len(told))},
        ],
        "summary": summary,
        "tables": {"cases": cases},
    }


def _year(writer: Writer, cases: Sequence[CaseStudy], new: Sequence[CaseStudy]) -> None:
    writer.chapter("year")
    outcome_picture(
        writer,
        [
            (str(Topic(topic).label), [one for one in cases if of_topic(one, topic)])
            for topic in Topic.values
        ],
        _("Cases by topic and outcome"),
        _("All published cases; one may belong to several topics."),
    )
    countries = Counter(one.country for one in cases)
    before = {one.pk for one in new}
    rows = [
        (
            country_name(code, writer.language),
            [
                sum(one.country == code and one.pk not in before for one in cases),
                sum(one.country == code and one.pk in before for one in cases),
            ],
        )
        for code, _n in sorted(countries.items(), key=lambda item: (-item[1], item[0]))[:MOST]
    ]
    title = _("Cases by country")
    svg = figures.bars(
        rows, [("open", _("published earlier")), ("plain", _("published this year"))], title=title
    )
    writer.picture(
        svg,
        title,
        _("The countries with most cases."),
        [writer.case(one) for one in cases],
    )


def _verdicts(writer: Writer, told: Sequence[VerdictChange]) -> None:
    writer.chapter("verdicts")
    if not told:
        writer.say(_("No verdict on a solution changed in this time."))
        return
    lines = []
    for change in told[: 2 * MOST]:
        view = change_view(change, writer.language)
        lines.append(
            writer.line(
                _("%(after)s (before: %(before)s)") % {"after": view.after, "before": view.before},
                [writer.revised(change.verdict.solution)],
                label=localised(view.name.text.name, view.name.language, writer.language),
                url=writer.address("knowledge:solution", view.solution_id),
                note=day(change.at.date()),
                code=change.after,
            )
        )
    writer.items(lines)


def _failures(
    writer: Writer, failed: Sequence[CaseStudy], refs: Sequence[int], register: Any
) -> None:
    writer.chapter("failures")
    if not failed:
        no_failures(writer, refs)
        return
    sentence = ngettext(
        "%(failed)s of %(n)s case in all did not work.",
        "%(failed)s of %(n)s cases in all did not work.",
        register.total,
    )
    sentence = filled(sentence, failed=register.did_not_work, n=register.total)
    writer.say(sentence, refs, lead=True)
    newest = sorted(
        (one for one in failed if one.outcome == Outcome.DID_NOT_WORK),
        key=lambda one: (-(one.start_year or 0), one.public_id),
    )
    writer.items(failure_lines(writer, newest[:MOST]))


def _exchange(writer: Writer, adoptions: Sequence[Adoption]) -> None:
    writer.chapter("exchange")
    if not adoptions:
        writer.say(_("No adoption of a solution by another city is public for this year."))
        return
    writer.items(adoption_lines(writer, adoptions[: 2 * MOST]))


def _next(writer: Writer) -> None:
    writer.chapter("next")
    moment, today = writer.moment, writer.moment.date()
    needs = [
        writer.changed(
            RecordKind.NEED,
            one,
            one.changed_at,
            localised(one.title, one.language, writer.language),
            "network:need",
        )
        for one in Need.objects.filter(
            Q(ended_at=None) | Q(ended_at__gt=moment), stated_at__lte=moment
        ).order_by("stated_at", "public_id")
    ]
    lines = []
    if needs:
        lines.append(
            writer.line(
                ngettext(
                    "%(n)s need of a city is open. Can you help?",
                    "%(n)s needs of cities are open. Can you help?",
                    len(needs),
                )
                % {"n": number(len(needs))},
                needs,
                label=_("What cities need"),
                url=writer.address("network:needs"),
            )
        )
    due = Deliverable.objects.filter(
        Q(delivered_on=None) | Q(delivered_on__gt=today),
        group__is_synthetic=False,
        stated_at__lte=moment,
    ).order_by("due_on", "public_id")
    for one in due[:MOST]:
        lines.append(
            writer.line(
                _("To be delivered by %(day)s.") % {"day": day(one.due_on)},
                label=localised(one.title, one.language, writer.language),
            )
        )
    late = ActionItem.objects.filter(
        Q(done_at=None) | Q(done_at__gt=moment),
        minutes__is_public=True,
        given_at__lte=moment,
        due_on__lt=today,
    ).exclude(minutes__group__is_synthetic=True)
    if n := late.count():
        lines.append(
            writer.line(
                ngettext("%(n)s action item is overdue.", "%(n)s action items are overdue.", n)
                % {"n": number(n)},
                label=_("Topic groups"),
                url=writer.address("groups:groups"),
            )
        )
    writer.items([*lines, writer.share_line()])
