"""The pages of the knowledge base: parse, go through a door, select, render."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from alliance.cases import rules
from alliance.cases.selectors.access import get_withdrawn_case
from alliance.core.errors import Gone, Moved, NotFound
from alliance.core.models import AuditEvent
from alliance.network.access import actor_of

__all__ = ["actor_of", "missing_is_404"]


def missing_is_404(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a closed door answer 404, in the same words for hidden and missing.

    What was withdrawn is no secret: whatever belongs to it answers 410 and tells why. What belongs
    to a case that was merged into another leads to the same of that one, for good.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Moved as moved:
            to = moved.address(request.get_full_path())
            if not to or request.method not in {"GET", "HEAD"}:
                raise Http404(str(moved)) from moved
            return redirect(to, permanent=True)
        except Gone as gone:
            return _withdrawn(request, gone)
        except NotFound as closed:
            raise Http404(str(closed)) from closed

    return answer


def _withdrawn(request: HttpRequest, gone: Gone) -> HttpResponse:
    response = (
        _withdrawn_case(request, gone)
        if gone.kind == "case"
        else _withdrawn_solution(request, gone)
    )
    # It may be put back: nobody but the reader's own browser keeps it, and asks each time.
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _withdrawn_solution(request: HttpRequest, gone: Gone) -> HttpResponse:
    context = {"because": gone.because}
    return render(request, "knowledge/solution_withdrawn.html", context, status=410)


def _withdrawn_case(request: HttpRequest, gone: Gone) -> HttpResponse:
    # What the case said is not told.
    acts = AuditEvent.objects.filter(kind="case", public_id=gone.public_id, verb="withdraw")
    act = acts.order_by("id").last()
    context = {
        "case": get_withdrawn_case(gone.public_id),
        "at": act.at if act else None,
        "written_in": act.details.get("language", "") if act else "",
        "may_restore": rules.is_secretariat(actor_of(request)),
    }
    return render(request, "writing/review/withdrawn.html", context, status=410)
