"""The audit log: a search page, and the CSV export."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.core import clock
from alliance.core.text import csv_chunks
from alliance.desk.forms import LogForm
from alliance.desk.selectors.access import may_see_desk, open_log
from alliance.desk.selectors.audit import (
    COLUMNS,
    LogFilter,
    csv_row,
    log_page,
    log_rows,
)
from alliance.knowledge.views import actor_of
from alliance.network.views import for_people


def _filter_of(form: LogForm) -> LogFilter:
    return LogFilter(**{name: form.cleaned_data[name] for name in form.fields})


def _below(request: HttpRequest) -> int | None:
    """The id in `below`; None without one. Raises Http404 if invalid."""
    value = request.GET.get("below", "")
    if not value:
        return None
    if not (value.isascii() and value.isdigit() and len(value) < 19):
        raise Http404
    return int(value)


@require_safe
@for_people
def log(request: HttpRequest) -> HttpResponse:
    """The matching actions, newest first."""
    actor = actor_of(request)
    open_log(actor)
    form = LogForm(request.GET)
    context = {"form": form, "sees_desk": may_see_desk(actor)}
    if not form.is_valid():
        return render(request, "desk/audit.html", context, status=400)
    page = log_page(_filter_of(form), below=_below(request), sees_content=may_see_desk(actor))
    return render(request, "desk/audit.html", {**context, **page})


@require_safe
@for_people
def log_csv(request: HttpRequest) -> HttpResponse:
    """All matching actions as CSV (RFC 4180, UTF-8), streamed."""
    actor = actor_of(request)
    open_log(actor)
    form = LogForm(request.GET)
    if not form.is_valid():
        return render(request, "desk/audit.html", {"form": form}, status=400)
    rows = log_rows(_filter_of(form), sees_content=may_see_desk(actor))
    response = StreamingHttpResponse(
        csv_chunks(COLUMNS, map(csv_row, rows)),
        content_type="text/csv; charset=utf-8; header=present",
    )
    name = f"audit-{clock.today():%Y-%m-%d}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response  # type: ignore[return-value]
