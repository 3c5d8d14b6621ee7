"""Parts that reports of different kinds share: outcomes, failures, adoptions, pilots and
lessons."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from alliance.adoption.enums import Stage
from alliance.adoption.models import Adoption
from alliance.charts import figures
from alliance.groups.models import Lesson
from alliance.knowledge.effects import UNDISCLOSED, counted_places
from alliance.knowledge.enums import Outcome, Reason, Scheme
from alliance.knowledge.models import CaseStudy, Solution
from alliance.knowledge.selectors.access import visible_cases
from alliance.knowledge.selectors.localise import country_name, local_place, local_text
from alliance.network.enums import SubjectKind
from alliance.network.localise import Localised, local_name, localised
from alliance.reports.enums import RecordKind
from alliance.reports.selectors.brief_parts import outcome_clauses
from alliance.reports.selectors.report_parts import Block, Writer, short
from alliance.testbeds.models import Pilot
from alliance.web.formatting import day, period


def outcome_words(counts: Any) -> str:
    """The outcomes of trials as a clause: "6 worked, 2 mixed, 1 did not work"."""
    return ", ".join(clause for n, clause in outcome_clauses(counts) if n)


def places_of(cases: Iterable[CaseStudy]) -> tuple[int, int]:
    """The number of places that readers may know, and of their countries."""
    known = [case for case in cases if case.country != UNDISCLOSED]
    return len(set(counted_places(known).values())), len({case.country for case in known})


def of_topic(case: CaseStudy, topic: str) -> bool:
    """Whether a case is classified under a topic."""
    return any(
        classification.scheme == Scheme.TOPIC and classification.code == topic
        for classification in case.classifications.all()
    )


def outcome_picture(
    writer: Writer,
    rows: Sequence[tuple[str, Iterable[CaseStudy]]],
    title: str,
    caption: str,
) -> None:
    """Trials by outcome, with a bar for each row."""
    counted = [(name, Counter(case.outcome for case in cases)) for name, cases in rows]
    svg = figures.bars(
        [(name, [counts[code] for code in Outcome]) for name, counts in counted],
        [(code.value, str(code.label)) for code in Outcome],
        title=title,
    )
    refs = [writer.case(case) for _name, cases in rows for case in cases]
    writer.picture(svg, title, caption, refs)


def failure_lines(writer: Writer, cases: Iterable[CaseStudy]) -> list[Block]:
    """Each case that did not work: where, when, what went wrong and why."""
    lines = []
    for case in cases:
        failure = local_text(case, "what_did_not", writer.language)
        where = local_place(case, writer.language)
        if case.country != UNDISCLOSED:
            where += f", {country_name(case.country, writer.language)}"
        years = period(case.start_year, case.end_year) if case.start_year or case.end_year else ""
        reasons = ", ".join(str(Reason(code).label) for code in case.reasons)
        reasons = _("Reason: %(reasons)s") % {"reasons": reasons} if reasons else ""
        text = short(failure) if failure.value else _("What did not work: not known.")
        note = " · ".join(part for part in (where, years, reasons) if part)
        lines.append(writer.case_line(case, text, note=note))
    return lines


def no_failures(writer: Writer, refs: Sequence[int]) -> None:
    """That no failure is reported, and what this may mean."""
    writer.paragraph(
        _(
            "No failures have been reported. There may still be some: failures are reported "
            "less often."
        ),
        refs,
    )


def adoption_refs(writer: Writer, adopted: Sequence[Adoption]) -> dict[str, tuple[Localised, int]]:
    """The title of the subject of each adoption, and its number among the records, by its id."""
    ids = [row.subject_id for row in adopted]
    names: dict[tuple[str, str], Localised] = {
        (str(kind), subject.public_id): local_text(subject, field, writer.language)
        for kind, subjects, field in (
            (SubjectKind.SOLUTION, Solution.objects.all(), "name"),
            (SubjectKind.CASE, visible_cases(None), "title"),
        )
        for subject in subjects.filter(public_id__in=ids).prefetch_related("texts")
    }
    refs = {}
    for row in adopted:
        title = names.get((row.subject_kind, row.subject_id)) or localised(
            row.subject_title or row.aim,
            row.subject_language or row.language,
            writer.language,
        )
        ref = writer.changed(RecordKind.ADOPTION, row, row.changed_at, title, "adoption:adoption")
        refs[row.public_id] = title, ref
    return refs


def adoption_lines(writer: Writer, adopted: Sequence[Adoption]) -> list[Block]:
    """What each city adopted, and the stage."""
    refs = adoption_refs(writer, adopted)
    return [
        writer.line(
            localised(row.outcome, row.language, writer.language)
            if row.outcome
            else capfirst(str(Stage(row.stage).label)),
            [refs[row.public_id][1]],
            label=refs[row.public_id][0],
            url=writer.address("adoption:adoption", row.public_id),
            note=local_name(row.adopting_city, writer.language),
        )
        for row in adopted
    ]


def pilot_ref(writer: Writer, pilot: Pilot) -> int:
    """The number of a pilot among the records."""
    title = localised(pilot.title, pilot.language, writer.language)
    return writer.changed(RecordKind.PILOT, pilot, pilot.updated_at, title, "testbeds:pilot")


def lesson_blocks(writer: Writer, rows: Any) -> list[Block]:
    """Lessons of public minutes, each with its meeting."""
    lines = []
    for row in rows:
        minutes = row.minutes
        title = localised(minutes.title, minutes.language, writer.language)
        ref = writer.changed(
            RecordKind.MINUTES, minutes, minutes.changed_at, title, "groups:minutes"
        )
        lines.append(
            writer.line(
                localised(row.text, minutes.language, writer.language),
                [ref],
                note=f"{title.value}, {day(minutes.held_on)}",
            )
        )
    return lines


def public_lessons(moment: dt.datetime) -> Any:
    """Lessons of public minutes written by a time, without synthetic meetings."""
    return (
        Lesson.objects.filter(minutes__is_public=True, minutes__written_at__lte=moment)
        .exclude(minutes__group__is_synthetic=True)
        .exclude(minutes__workshop__is_synthetic=True)
        .select_related("minutes")
        .order_by("-minutes__held_on", "minutes", "number")
    )
