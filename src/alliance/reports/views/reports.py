"""Pages of reports: reading, creating and writing."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliance.core import clock
from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.knowledge.rules import may_read_copies
from alliance.knowledge.selectors.sources import cited_in, get_cited_copy
from alliance.knowledge.views.copies import copy_page
from alliance.network.access import actor_of
from alliance.network.views import for_people, missing_is_404
from alliance.network.views.actions import PeopleActionView, PeoplePostView
from alliance.reports import forms, rules
from alliance.reports.enums import EditionState, ReportKind
from alliance.reports.models import Report, ReportEdition
from alliance.reports.selectors import reports as select
from alliance.reports.selectors.named import faults_for
from alliance.reports.services import reports
from alliance.reports.sources import texts_of

LIST = (_("Network reports"), "reports:reports")


@require_safe
@missing_is_404
def report_list(request: HttpRequest) -> HttpResponse:
    """The published reports, and the unpublished ones of those who may write them."""
    actor = actor_of(request)
    published = list(select.published_editions())
    changed = select.superseded(published)
    lines = [
        {
            "edition": edition,
            "title": select.report_title(edition.report, request.LANGUAGE_CODE),
            "n_places": len(select.places_of(changed[edition.pk])),
        }
        for edition in published
    ]
    work = [
        {"edition": edition, "title": select.report_title(edition.report, request.LANGUAGE_CODE)}
        for edition in select.in_work(actor)
    ]
    may_make = rules.may_write(actor, None) or rules.may_make_any(actor)
    return render(
        request, "reports/reports.html", {"lines": lines, "work": work, "may_make": may_make}
    )


@require_safe
@missing_is_404
def report(request: HttpRequest, public_id: str, number: int | None = None) -> HttpResponse:
    """A report: its newest published edition, or the given one."""
    actor = actor_of(request)
    edition = select.get_edition_for(actor, public_id, number)
    changed = select.superseded([edition])[edition.pk]
    content = edition.content[request.LANGUAGE_CODE]
    editions = select.editions_of(edition.report)
    page = {
        "sources": cited_in(
            texts_of(edition, request.LANGUAGE_CODE),
            may_read_all=_reads_copies(actor, edition.report),
            href=lambda pk: reverse("reports:copy", args=[public_id, edition.number, pk]),
        ),
        "report": edition.report,
        "edition": edition,
        "content": content,
        "superseded": select.places_of(changed),
        "changed": select.in_words(changed, content),
        "editions": editions
        if [entry for entry in editions if entry["edition"] != edition]
        else [],
        "newest": editions[0]["edition"] if editions else edition,
        "may_run": rules.may_run(actor, edition.report),
    }
    return render(request, "reports/report.html", page)


def _reads_copies(actor: Actor, report: Report) -> bool:
    return may_read_copies(actor, answers=rules.may_run(actor, report))


@require_safe
@missing_is_404
def stored_copy(
    request: HttpRequest, public_id: str, number: int, copy_number: int
) -> HttpResponse:
    """The stored copy of a source that editors cite, for those who may read it."""
    actor = actor_of(request)
    edition = select.get_edition_for(actor, public_id, number)
    copy = get_cited_copy(
        texts_of(edition, request.LANGUAGE_CODE),
        copy_number,
        may_read_all=_reads_copies(actor, edition.report),
    )
    name = select.report_title(edition.report, request.LANGUAGE_CODE)
    back = name, reverse("reports:edition", args=[public_id, number])
    return copy_page(request, copy, title=copy.title or copy.url, back=back)


def _file(
    request: HttpRequest, public_id: str, number: int, name: str, media_type: str
) -> HttpResponse:
    edition = select.get_edition_for(actor_of(request), public_id, number)
    content = reports.read(edition, name)
    if content is None:
        raise Http404(name)
    is_public = edition.state == EditionState.PUBLISHED
    about = f"{edition.report.kind}-report-{edition.as_of:%Y-%m-%d}-{name.removeprefix('report-')}"
    return HttpResponse(
        content,
        content_type=media_type,
        headers={
            "Content-Disposition": f'inline; filename="{about}"',
            "Cache-Control": "private, max-age=300" if is_public else "no-store",
            "ETag": f'"{edition.files[name]}"',
        },
    )


@require_safe
@missing_is_404
def report_pdf(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """An edition as PDF/UA in the language of the address."""
    name = f"report-{request.LANGUAGE_CODE}.pdf"
    return _file(request, public_id, number, name, "application/pdf")


@require_safe
@missing_is_404
def report_annex(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """The data of an edition as tables in a zip archive."""
    return _file(request, public_id, number, reports.ANNEX, "application/zip")


@require_safe
@for_people
def write_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """The page on which editors follow the build of an edition, write its chapters, and publish
    it."""
    stored_report = select.get_report_to_run(actor_of(request), public_id)
    edition = stored_report.editions.defer("content").order_by("-number").first()
    newest = reports.newest_texts(stored_report)
    chapters = [
        {
            "code": code,
            "title": title,
            "texts": [
                row for (chapter, _lang), row in newest.items() if chapter == code and row.text
            ],
        }
        for code, title in select.chapters_of(stored_report).items()
    ]
    is_in_work = edition is not None and edition.state != EditionState.PUBLISHED
    context = {
        "report": stored_report,
        "title": select.report_title(stored_report, request.LANGUAGE_CODE),
        "edition": edition,
        "chapters": chapters,
        "faults": faults_for(edition, actor_of(request), request.LANGUAGE_CODE) if edition else [],
        "has_new_texts": edition is not None and reports.texts_changed(edition),
        "is_building": edition is not None and edition.state == EditionState.BUILDING,
        "is_in_work": is_in_work,
        "n_places": len(select.places_of(select.superseded([edition])[edition.pk]))
        if edition and edition.built_at
        else 0,
        "editions": select.editions_of(stored_report),
    }
    if request.headers.get("HX-Request") == "true":
        # Status 286 stops the polling: it is built, and the page must be reloaded.
        if not context["is_building"]:
            response = HttpResponse(status=286)
            response["HX-Refresh"] = "true"
            return response
        return render(request, "reports/parts/progress.html", context)
    return render(request, "reports/write.html", context)


class ReportActionView(PeopleActionView):
    """Base of the actions of those who may write a report."""

    getter = select.get_report_to_run
    list_page = LIST
    object_page = ("", "reports:write")

    def get_title(self) -> Any:
        return select.report_title(self.object, self.language)


class New(ReportActionView):
    """Creates a report, and has it built."""

    form_class = forms.NewForm
    heading = _("Create a report")
    lead = _(
        "Choose a subject and a date. The report is then created from approved entries. "
        "You can write an introduction and comments before you publish it."
    )
    submit_label = _("Create the report")
    success_message = _("The report is being created. You will get an email when it is ready.")

    def get_object(self) -> None:
        if not (rules.may_write(self.actor, None) or rules.may_make_any(self.actor)):
            raise NotFound("page", "reports/new")

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET
        today = clock.today()
        return {
            "kind": asked.get("kind", ReportKind.TOPIC.value)[:8],
            "topic": asked.get("topic", "")[:24],
            "city": asked.get("city", "")[:80],
            "year": today.year,
            "as_of": today,
            "language": self.language,
        }

    def execute(self, form: Any) -> Report:
        return reports.start(**form.as_kwargs(), **self.by)

    def get_url_ids(self, made: Any = None) -> tuple[str, ...]:
        return (made.public_id,) if made is not None else ()


class Build(ReportActionView):
    """Builds the unpublished edition again, or a new one."""

    form_class = forms.BuildForm
    heading = _("Create the report again")
    lead = _(
        "This creates the unpublished edition again. If all editions are published, it "
        "creates a new one. Your texts are kept."
    )
    submit_label = _("Create the report")
    success_message = New.success_message

    def get_initial(self) -> dict[str, Any]:
        newest = self.object.editions.order_by("-number").first()
        is_open = newest is not None and newest.state != EditionState.PUBLISHED
        return {"as_of": newest.as_of if is_open else clock.today()}

    def execute(self, form: Any) -> ReportEdition:
        return reports.ask(self.object, **form.as_kwargs(), **self.by)


class Publish(PeoplePostView, ReportActionView):
    """Publishes the built edition."""

    success_message = _("The report is published. Anyone can read it.")

    def execute(self, form: Any) -> ReportEdition:
        # The newest edition, which a second POST finds published already.
        edition = self.object.editions.order_by("-number").first()
        if edition is None:
            raise NotFound("edition", self.object.public_id)
        return reports.publish(edition, **self.by)

    def get_url_ids(self, made: Any = None) -> tuple[str, ...]:
        return (self.object.public_id,)


class WriteChapter(ReportActionView):
    """Writes an introduction, a comment or a conclusion."""

    form_class = forms.ChapterForm
    success_message = _("Your text is saved. Create the report again to see it there.")

    def get_object(self, public_id: str, chapter: str) -> Report:
        stored_report = select.get_report_to_run(self.actor, public_id)
        if chapter not in select.chapters_of(stored_report):
            raise NotFound("chapter", chapter)
        return stored_report

    def _language(self) -> str:
        return self.request.GET.get("language", "") or self.object.language

    def get_initial(self) -> dict[str, Any]:
        row = reports.newest_texts(self.object).get((self.kwargs["chapter"], self._language()))
        return {
            "text": row.text if row else "",
            "language": self._language(),
            "before": row.pk if row else None,
        }

    def get_context_data(self) -> dict[str, Any]:
        title = select.chapters_of(self.object)[self.kwargs["chapter"]]
        return {
            "heading": title,
            "lead": gettext(
                "Your text is shown before the generated text in this chapter. Every "
                "version is kept."
            ),
        }

    def execute(self, form: Any) -> Any:
        cleaned_data = form.as_kwargs()
        return reports.write(
            self.object,
            chapter=self.kwargs["chapter"],
            text=cleaned_data["text"] or "",
            language=cleaned_data["language"],
            before=cleaned_data["before"] or 0,
            **self.by,
        )

    def get_url_ids(self, made: Any = None) -> tuple[str, ...]:
        return (self.object.public_id,)
