"""Withdrawing a case, what its address tells from then on, and putting it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alliance.core import clock
from alliance.core.errors import InvalidData, NotFound
from alliance.knowledge import rules
from alliance.knowledge.forms.review import WithdrawForm
from alliance.knowledge.selectors.access import get_case_for, get_withdrawn_case
from alliance.knowledge.selectors.localise import chosen_text
from alliance.knowledge.services import withdrawals
from alliance.knowledge.views import actor_of, missing_is_404
from alliance.network.views import for_people, posted
from alliance.network.views.refusals import refusal_is_403


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@missing_is_404
@refusal_is_403
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Withdraw a case with a reason, as its team or the secretariat."""
    actor = actor_of(request)
    case = get_case_for(actor, public_id)
    if not rules.may_withdraw(actor, case):
        raise NotFound("case", public_id)
    form = WithdrawForm(posted(request), initial={"language": request.LANGUAGE_CODE})
    if form.is_valid():
        try:
            withdrawals.withdraw_case(
                case,
                reason=form.cleaned_data["reason"],
                language=form.cleaned_data["language"],
                actor=actor,
                at=clock.now(),
            )
        except InvalidData as error:
            form.take(error.faults)
        else:
            messages.success(request, _("The case is withdrawn."))
            return redirect("knowledge:case", public_id)
    text = chosen_text(case.texts.all(), request.LANGUAGE_CODE, case.original_language)
    context = {
        "public_id": public_id,
        "title": text.text.title,
        "lang": text.lang_attr,
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "knowledge/review/withdraw.html", context, status=status)


@require_POST
@for_people
@refusal_is_403
def restore(request: HttpRequest, public_id: str) -> HttpResponse:
    """Put a withdrawn case back, as the secretariat."""
    actor = actor_of(request)
    case = get_withdrawn_case(public_id)
    withdrawals.restore_case(case, actor=actor, at=clock.now())
    messages.success(request, _("The case is published again, as it was."))
    return redirect("knowledge:case", public_id)
