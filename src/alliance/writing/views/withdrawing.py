"""Withdrawing a case, what its address tells from then on, and putting it back."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from alliance.cases import rules
from alliance.cases.models import CaseStudy
from alliance.cases.selectors.access import get_withdrawn_case
from alliance.cases.views.actions import CaseActionView, CasePostView
from alliance.core.errors import NotFound
from alliance.writing.forms.review import WithdrawForm
from alliance.writing.services import withdrawals


class Withdraw(CaseActionView):
    """Withdraw a case with a reason, as its team or the secretariat."""

    form_class = WithdrawForm
    template_name = "writing/review/withdraw.html"
    service = withdrawals.withdraw_case
    heading = _("Withdraw this case")
    submit_label = _("Withdraw the case")
    success_message = _("The case has been withdrawn.")

    def get_object(self, *args: Any, **ids: Any) -> CaseStudy:
        case = super().get_object(**ids)
        if not rules.may_withdraw(self.actor, case):
            raise NotFound("case", case.public_id)
        return case

    def get_initial(self) -> dict[str, Any]:
        return {"language": self.language}


class Restore(CasePostView):
    """Put a withdrawn case back, as the secretariat."""

    service = withdrawals.restore_case
    success_message = _("The case has been published again, unchanged.")

    def get_object(self, *args: Any, **ids: Any) -> CaseStudy:
        return get_withdrawn_case(ids["public_id"])
