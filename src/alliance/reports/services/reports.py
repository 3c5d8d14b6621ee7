"""Reports: creating, writing, building editions and publishing them."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from alliance.accounts.letters import write_letter
from alliance.core import audit, clock
from alliance.core.audit import WORKER
from alliance.core.errors import Fault, InvalidData, NotAllowed, refuse
from alliance.core.files import write_whole
from alliance.core.tasks import enqueue_once
from alliance.knowledge.enums import CaseStatus
from alliance.knowledge.models import CaseVersion
from alliance.network.access import actor_for
from alliance.network.addresses import page_address
from alliance.network.enums import Language, OrganisationKind, Topic
from alliance.network.models import City, Organisation
from alliance.network.text_checks import text_faults
from alliance.reports import rules
from alliance.reports.annex import annex
from alliance.reports.enums import EditionState, ReportKind
from alliance.reports.models import RecordRead, Report, ReportEdition, ReportText
from alliance.reports.selectors import report_city, report_network, report_topic
from alliance.reports.selectors.named import faults_for, named_in
from alliance.reports.selectors.report_parts import Writer
from alliance.reports.selectors.reports import CREDITS, INTRODUCTION, chapters_of, report_title
from alliance.reports.typesetting import typeset_report
from alliance.web.formatting import colon, day
from alliance.web.narrative import plain_of

_note = audit.noting("report")
BUILD = "alliance.reports.tasks.build_report"
LONGEST_TEXT = 20_000
ANNEX = "annex.zip"
LANGUAGES = tuple(Language.values)


def folder(edition: ReportEdition) -> Path:
    """The folder of the files of an edition, which web server and worker must share."""
    return Path(settings.HOME) / "reports" / edition.public_id


def moment_of(edition: ReportEdition) -> dt.datetime:
    """The time as of which an edition reads records: the end of its day, or when it was
    requested."""
    return min(dt.datetime.combine(edition.as_of, dt.time.max, dt.UTC), edition.asked_at)


def _must_write(actor: audit.Actor, organisation: Organisation | None) -> None:
    if not rules.may_write(actor, organisation):
        raise NotAllowed(
            _("Only the secretariat can create reports, or, for a city, the editors on its team.")
        )


def start(
    *,
    kind: str,
    topic: str = "",
    city: str = "",
    year: int | None = None,
    as_of: dt.date | None,
    language: str,
    actor: audit.Actor,
    at: dt.datetime,
) -> Report:
    """Gets or creates a report, and has the worker build an edition of it.

    Raises InvalidData, NotAllowed.
    """
    chosen_city = City.objects.filter(public_id=city).first() if kind == ReportKind.CITY else None
    team = (
        Organisation.objects.filter(city=chosen_city, kind=OrganisationKind.MUNICIPALITY).first()
        if chosen_city
        else None
    )
    _must_write(actor, team)
    refuse([*_subject_faults(kind, topic, chosen_city, year, language, at)])
    subjects: dict[str, dict[str, Any]] = {
        ReportKind.TOPIC: {"topic": topic},
        ReportKind.CITY: {"city": chosen_city},
        ReportKind.NETWORK: {"year": year},
    }
    with transaction.atomic():
        report, is_new = Report.objects.get_or_create(
            kind=kind,
            **subjects[kind],
            defaults={
                "organisation": team,
                "language": language,
                "made_by": actor.user,
                "made_at": at,
            },
        )
        if is_new:
            _note(report, "create", actor=actor, at=at)
        ask(report, as_of=as_of, actor=actor, at=at)
    return report


def _subject_faults(
    kind: str, topic: str, city: City | None, year: int | None, language: str, at: dt.datetime
) -> Iterator[Fault]:
    if kind not in ReportKind.values:
        yield Fault("kind", "required")
    if language not in LANGUAGES:
        yield Fault("language", "required")
    if kind == ReportKind.TOPIC and topic not in Topic.values:
        yield Fault("topic", "report-needs-topic")
    if kind == ReportKind.CITY and city is None:
        yield Fault("city", "report-needs-city")
    if kind == ReportKind.NETWORK:
        begun = _first_approved()
        first = begun.year if begun else 2000
        if year is None or not first <= year <= at.year:
            yield Fault("year", "report-needs-year", {"first": first, "last": at.year})


def ask(
    report: Report, *, as_of: dt.date | None, actor: audit.Actor, at: dt.datetime
) -> ReportEdition:
    """Has the worker build the unpublished edition, or a new one. Raises InvalidData,
    NotAllowed."""
    _must_write(actor, report.organisation)
    refuse([*_day_faults(report, as_of, at)])
    assert as_of is not None
    end = min(dt.datetime.combine(as_of, dt.time.max, dt.UTC), at)
    refuse([*_nothing_faults(report, end), *unapproved(report, end, actor=actor)])
    with transaction.atomic():
        edition = report.editions.exclude(state=EditionState.PUBLISHED).first()
        if edition is None:
            last = report.editions.aggregate(n=Max("number"))["n"] or 0
            edition = ReportEdition(report=report, number=last + 1)
        edition.as_of, edition.asked_at = as_of, at
        edition.asked_by = actor.user  # type: ignore[assignment]
        edition.state, edition.progress, edition.faults = EditionState.BUILDING, 0, []
        edition.save()
        _note(report, "build", actor=actor, at=at, edition=edition.number, as_of=str(as_of))
        enqueue_once(BUILD, f"report:{edition.public_id}", public_id=edition.public_id)
    return edition


def _day_faults(report: Report, as_of: dt.date | None, at: dt.datetime) -> Iterator[Fault]:
    if as_of is None:
        yield Fault("as_of", "required")
    elif as_of > at.date():
        yield Fault("as_of", "in-future")
    elif report.year and as_of.year < report.year:
        yield Fault("as_of", "report-before-its-year", {"year": report.year})


def _first_approved() -> dt.datetime | None:
    """When the first case that is still published was approved."""
    published = CaseVersion.objects.filter(case__status=CaseStatus.PUBLISHED)
    return published.order_by("at").values_list("at", flat=True).first()


def _nothing_faults(report: Report, moment: dt.datetime) -> Iterator[Fault]:
    """The fault of a date before any record was approved, which names the first valid date.

    Without any approved case, a city still has its figures and promises, but other reports have
    nothing.
    """
    first = _first_approved()
    if first is None and report.kind != ReportKind.CITY:
        yield Fault("as_of", "report-nothing-yet")
    if first is not None and first > moment:
        yield Fault("as_of", "report-nothing-approved", {"day": first.date()})


def unapproved(
    report: Report, moment: dt.datetime, *, actor: audit.Actor = audit.VISITOR
) -> list[Fault]:
    """Records that texts of a report link to and that were not approved at a time, by title if the
    actor may read them, and by address.

    Each fault is at `texts.` followed by the code of the chapter.
    """
    titles, language = chapters_of(report), get_language() or report.language
    return [
        Fault(
            f"texts.{chapter}",
            "report-unapproved",
            {
                "name": record.title(actor, language),
                "address": record.address(language),
                "chapter": str(titles.get(chapter, chapter)),
            },
        )
        for (chapter, _language), row in newest_texts(report).items()
        for record in named_in(row.text)
        if not record.is_approved(moment)
    ]


def newest_texts(report: Report) -> dict[tuple[str, str], ReportText]:
    """The current text of each chapter and language."""
    return {(row.chapter, row.language): row for row in report.texts.order_by("id")}


def write(
    report: Report,
    *,
    chapter: str,
    text: str,
    language: str,
    actor: audit.Actor,
    at: dt.datetime,
    before: int = 0,
) -> ReportText:
    """Saves a text in a chapter; earlier texts are retained.

    `before`: the text that the author saw; if somebody else has written since, the faults say so
    and nothing is overwritten. Raises InvalidData, NotAllowed.
    """
    _must_write(actor, report.organisation)
    faults = []
    if chapter not in chapters_of(report):
        faults.append(Fault("chapter", "required"))
    if language not in LANGUAGES:
        faults.append(Fault("language", "required"))
    faults += text_faults("text", text, longest=LONGEST_TEXT)
    now = newest_texts(report).get((chapter, language))
    if now is not None and before and now.pk != before:
        faults.append(Fault("text", "report-text-changed"))
    refuse(faults)
    if now is not None and now.text == text.strip():
        return now
    with transaction.atomic():
        row = ReportText.objects.create(
            report=report,
            chapter=chapter,
            language=language,
            text=text.strip(),
            written_by=actor.user,
            written_at=at,
        )
        _note(report, "write", actor=actor, at=at, chapter=chapter)
    return row


def publish(edition: ReportEdition, *, actor: audit.Actor, at: dt.datetime) -> ReportEdition:
    """Publishes a built edition. Raises InvalidData, NotAllowed."""
    _must_write(actor, edition.report.organisation)
    if edition.state == EditionState.PUBLISHED:
        return edition
    if edition.state != EditionState.BUILT:
        raise InvalidData([Fault("edition", "report-not-built")])
    if texts_changed(edition):
        raise InvalidData([Fault("edition", "report-texts-changed")])
    with transaction.atomic():
        edition.state, edition.published_at = EditionState.PUBLISHED, at
        edition.save(update_fields=["state", "published_at"])
        _note(edition.report, "publish", actor=actor, at=at, edition=edition.number)
    return edition


def texts_changed(edition: ReportEdition) -> bool:
    """Whether a text of the report has changed since an edition was built."""
    built = edition.built_at
    return built is not None and edition.report.texts.filter(written_at__gt=built).exists()


# ------------------------------------------------------------------------------------- building


def compose(
    report: Report, number: int, as_of: dt.date, moment: dt.datetime, language: str
) -> tuple[dict[str, Any], Writer, dict[str, Any]]:
    """The content of a report in a language, its writer, and the tables of its data annex."""
    with translation.override(language):
        texts = _texts_for(report, language)
        titles = dict(chapters_of(report))
        front = {code: [texts[code]] if code in texts else [] for code in (INTRODUCTION, CREDITS)}
        for code in front:
            del titles[code]
        writer = Writer(language, moment, titles, texts)
        if report.kind == ReportKind.TOPIC:
            parts = report_topic.topic_report(writer, report.topic)
        elif report.city is not None:
            parts = report_city.city_report(writer, report.city)
        else:
            parts = report_network.network_report(writer, report.year or as_of.year)
        tables = parts.pop("tables")
        address = writer.address("reports:edition", report.public_id, number)
        content = parts | {
            "language": language,
            "network": settings.NETWORK_NAME,
            "address": address,
            "stand": _("Data as of %(day)s") % {"day": day(as_of)},
            "version": _("Edition %(n)s") % {"n": number},
            "replaces": _replaces(writer, report, number),
            "opening": front[INTRODUCTION],
            "credits": front[CREDITS],
            "chapters": writer.chapters(),
            "records": writer.records(),
            "about": _about(writer, as_of),
            "words": {
                "summary": _("Summary"),
                "contents": _("Contents"),
                "about": _("How this report was created"),
                "credits": _("Credits"),
                "records": _("Entries used"),
                "records_note": _(
                    "The numbers in the text refer to this list. Each entry is cited in "
                    "the version that was used, and its name links to that version."
                ),
                "colon": colon() + " ",
            },
        }
    return content, writer, tables


def _replaces(writer: Writer, report: Report, number: int) -> dict[str, str]:
    """The sentence on the edition that this one replaces, with its address; empty for the first.

    All earlier editions are published, and never change.
    """
    before = report.editions.filter(number__lt=number).order_by("-number").first()
    if before is None:
        return {}
    sentence = _("This edition replaces edition %(n)s (data as of %(day)s).")
    return {
        "text": sentence % {"n": before.number, "day": day(before.as_of)},
        "url": writer.address("reports:edition", report.public_id, before.number),
    }


def _texts_for(report: Report, language: str) -> dict[str, dict[str, Any]]:
    """The texts of editors, a block by chapter: in this language, else in that of the report,
    marked."""
    newest = newest_texts(report)
    blocks: dict[str, dict[str, Any]] = {}
    for written_in in dict.fromkeys((language, report.language, *LANGUAGES)):
        for (chapter, row_language), row in newest.items():
            if row_language == written_in and row.text and chapter not in blocks:
                blocks[chapter] = {
                    "type": "words",
                    "text": row.text,
                    "lang": written_in if written_in != language else "",
                    "paragraphs": _paragraphs(row.text),
                }
    return blocks


def _paragraphs(text: str) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    for line in plain_of(text).replace("\r\n", "\n").split("\n"):
        bullet = line.lstrip().startswith(("- ", "* "))
        stripped = line.lstrip()[2:] if bullet else line.strip()
        if bullet or not parts or parts[-1]["bullet"] or not parts[-1]["text"]:
            parts.append({"bullet": bullet, "text": stripped})
        elif stripped:
            parts[-1]["text"] += " " + stripped
        else:
            parts.append({"bullet": False, "text": ""})
    return [part for part in parts if part["text"]]


def _about(writer: Writer, as_of: dt.date) -> list[str]:
    paragraphs = [
        _(
            "The chapters were generated automatically from entries that were approved "
            "and public at the end of %(day)s. If the report is created again from the "
            "same entries, it is identical byte for byte."
        )
        % {"day": day(as_of)},
        _(
            "Cases, verdicts and indicator figures are shown as they were on that day, "
            "and descriptions of solutions and methods as they were when the report was "
            "created. Content that has been withdrawn since is left out."
        ),
        _(
            "If an entry is corrected later, the report’s page shows how many places in "
            "the report are out of date. It also links to the edition that has replaced "
            "this one."
        ),
    ]
    if any(record.kind == "case" for record in writer.reads.values()):
        paragraphs.append(
            _(
                "Many cases were compiled by the editors and have not yet been checked by "
                "the city. Each case page shows whether this applies."
            )
        )
    return paragraphs


def build(public_id: str, *, at: dt.datetime | None = None) -> str:
    """Builds an edition in all languages, with its files; returns its state. For the worker.

    The edition shows the progress, or faults if it cannot be built. An edition that was published
    in the meantime is unchanged.
    """
    edition = ReportEdition.objects.select_related("report__city").get(public_id=public_id)
    if edition.state == EditionState.PUBLISHED:
        return edition.state
    report, moment = edition.report, moment_of(edition)
    faults = unapproved(report, moment)
    if faults:
        return _failed(edition, faults)
    begun = clock.now() if at is None else at
    content: dict[str, Any] = {}
    sums: dict[str, str] = {}
    writers: list[Writer] = []
    for place, language in enumerate(LANGUAGES):
        composed, writer, tables = compose(report, edition.number, edition.as_of, moment, language)
        _progress(edition, 5 + 30 * place + 12)
        with translation.override(language):
            pdf = typeset_report(composed, edition.as_of)
        files = {f"report-{language}.pdf": pdf}
        if language == "en":
            files[ANNEX] = annex(composed, tables, writer)
        try:
            for name, made in files.items():
                sums[name] = _store_file(edition, made)
        except OSError:
            # The disk is full: earlier builds remain as they were.
            return _failed(edition, [Fault("files", "report-not-written")])
        content[language] = composed
        writers.append(writer)
        _progress(edition, 5 + 30 * (place + 1))
    with transaction.atomic():
        edition.refresh_from_db(fields=["state", "asked_at"])
        if edition.state == EditionState.PUBLISHED:
            return edition.state
        edition.content, edition.files = content, sums
        edition.state, edition.progress, edition.faults = EditionState.BUILT, 100, []
        edition.built_at = begun
        edition.save()
        edition.reads.all().delete()
        RecordRead.objects.bulk_create(
            RecordRead(
                edition=edition,
                kind=record.kind,
                record_id=record.record_id,
                version=record.version,
                places=record.places,
            )
            for record in writers[0].reads.values()
        )
        _note(report, "built", actor=WORKER, at=begun, edition=edition.number)
        _notify_requester(edition, "report_built")
    for path in folder(edition).iterdir():
        if path.name not in sums.values():
            path.unlink()
    return edition.state


def _failed(edition: ReportEdition, faults: list[Fault]) -> str:
    edition.faults = [
        {"where": fault.where, "code": fault.code, "params": fault.as_data()["params"]}
        for fault in faults
    ]
    edition.state = EditionState.FAILED
    with transaction.atomic():
        edition.save(update_fields=["faults", "state"])
        _notify_requester(edition, "report_failed")
    return edition.state


def _notify_requester(edition: ReportEdition, letter: str) -> None:
    """Emails the person who requested an edition."""
    to, report = edition.asked_by, edition.report
    if to is not None:
        write_letter(
            letter,
            to,
            title=report_title(report, to.language),
            url=page_address("reports:write", to.language, report.public_id),
            reasons=faults_for(edition, actor_for(to, at=clock.now()), to.language),
        )


def _progress(edition: ReportEdition, done: int) -> None:
    ReportEdition.objects.filter(pk=edition.pk).update(progress=done)


def _store_file(edition: ReportEdition, content: bytes) -> str:
    """Writes a file under its SHA-256, beside those of an earlier build; returns that digest."""
    sha256 = hashlib.sha256(content).hexdigest()
    write_whole(folder(edition) / sha256, content)
    return sha256


def read(edition: ReportEdition, name: str) -> bytes | None:
    """A file of an edition; None if it does not exist."""
    if name not in edition.files:
        return None
    try:
        return (folder(edition) / edition.files[name]).read_bytes()
    except FileNotFoundError:
        return None
