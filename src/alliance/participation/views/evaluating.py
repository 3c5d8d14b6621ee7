"""Evaluations of processes: the public page, and the forms of staff."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliance.cases.models import Method
from alliance.cases.selectors.localise import local_text
from alliance.core import clock
from alliance.core.errors import Fault, InvalidData
from alliance.core.ids import get_by_public_id
from alliance.evidence.selectors.method_results import measure_lines
from alliance.knowledge.selectors.methods import method_lines
from alliance.network import needs_offers_rules
from alliance.network.access import actor_of
from alliance.network.models import Organisation
from alliance.network.selectors.access import get_city_team
from alliance.network.views import missing_is_404
from alliance.network.views.actions import PeopleActionView
from alliance.participation import rules
from alliance.participation.forms import EvaluateForm, RecordForm
from alliance.participation.models import Evaluation
from alliance.participation.selectors.access import get_process_for
from alliance.participation.services import evaluating
from alliance.participation.views.residents import LIST
from alliance.participation.views.running import ProcessActionView


@require_safe
@missing_is_404
def evaluation(request: HttpRequest, public_id: str) -> HttpResponse:
    """The measures of a process with their intervals, and how they are computed."""
    actor = actor_of(request)
    process = get_process_for(actor, public_id)
    at = clock.now()
    method = evaluating.method_of(process)
    closed = process.closed_at
    stored_evaluation = Evaluation.objects.filter(process=process).first()
    issue = process.last_issue
    measures = evaluating.measures_of(process, at) if closed else []
    context = {
        "process": process,
        "method": method,
        "method_name": local_text(method, "name", request.LANGUAGE_CODE) if method else None,
        "lines": measure_lines(measures, process.language, request.LANGUAGE_CODE),
        "not_known": evaluating.not_known(process, measures, at) if closed else [],
        "n_unknown": evaluating.first_times(issue)[""],
        "question": stored_evaluation.question if stored_evaluation else "",
        "may_run": rules.may_run(actor, process),
    }
    return render(request, "participation/evaluation.html", context)


def _methods(request: HttpRequest) -> list[tuple[str, str]]:
    language = request.LANGUAGE_CODE
    lines = method_lines(actor_of(request), language)
    return [(line.public_id, local_text(line, "name", language).value) for line in lines]


def _method(form: Any) -> Method:
    method = Method.objects.filter(public_id=form.cleaned_data["method"]).first()
    if method is None:
        raise InvalidData([Fault("method", "not-chosen")])
    return method


class Evaluate(ProcessActionView):
    """Enter the method of a process, its cost, and what people learned."""

    form_class = EvaluateForm
    heading = _("How the process went")
    lead = _("Enter staff hours and costs, and what people learned, if you know.")
    success_message = _("Saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"choices": {"method": _methods(self.request)}}

    def get_initial(self) -> dict[str, Any]:
        stored_evaluation = Evaluation.objects.filter(process=self.object).first()
        method = evaluating.method_of(self.object)
        initial: dict[str, Any] = {"method": method.public_id if method else ""}
        return initial | (_initial(stored_evaluation) if stored_evaluation else {})

    def execute(self, form: EvaluateForm) -> Evaluation:
        return evaluating.evaluate(self.object, _method(form), form.evaluation_data(), **self.by)

    def get_success_url(self, made: Any = None) -> str:
        return reverse("participation:evaluation", args=[self.kwargs["public_id"]])


def _initial(stored_evaluation: Evaluation) -> dict[str, Any]:
    names = ("hours", "rate", "other_costs", "currency", "question")
    initial: dict[str, Any] = {name: getattr(stored_evaluation, name) for name in names}
    for name in ("before", "after"):
        initial[name] = " ".join(map(str, getattr(stored_evaluation, name)))
    return initial


class Record(PeopleActionView):
    """Record a hearing or a workshop that a city held elsewhere, by any method."""

    form_class = RecordForm
    list_page = LIST
    heading = _("Record a hearing or a workshop")
    lead = _("It is added to the results of its method, along with those of other cities.")
    success_message = _("Saved. It is now on the method’s page.")

    def get_object(self, *args: Any, **ids: Any) -> Organisation:
        return get_city_team(self.actor, self.request.GET.get("team", ""))

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"choices": {"method": _methods(self.request)}}

    def get_initial(self) -> dict[str, Any]:
        return {"language": self.language, "method": self.request.GET.get("method", "")}

    def execute(self, form: RecordForm) -> Evaluation:
        return evaluating.record(
            self.object, _method(form), form.event_data(), form.evaluation_data(), **self.by
        )

    def get_success_url(self, made: Any = None) -> str:
        if made is not None:
            return reverse("knowledge:method", args=[made.method.public_id]) + "#measured"
        return reverse("participation:processes")


class Change(Record):
    """Change a record of an event held elsewhere."""

    evaluation: Evaluation

    def get_object(self, *args: Any, **ids: Any) -> Organisation:
        rows = Evaluation.objects.filter(process=None).select_related("organisation__city")

        def may(stored_evaluation: Evaluation) -> bool:
            return needs_offers_rules.may_speak_for(self.actor, stored_evaluation.organisation)

        self.evaluation = get_by_public_id(rows, "evaluation", ids["public_id"], may)
        return self.evaluation.organisation

    def get_initial(self) -> dict[str, Any]:
        stored_evaluation = self.evaluation
        names = (
            "title", "language", "ended_on", "people", "first_yes", "first_no", "contributions",
            "acted_on", "own_of", "own_done",
        )  # fmt: skip
        lines = [
            f"{trait},{category},{k},{n}"
            for trait, rows in stored_evaluation.counts.items()
            for category, (k, n) in rows.items()
        ]
        return (
            {name: getattr(stored_evaluation, name) for name in names}
            | {"method": stored_evaluation.method.public_id, "table": "\n".join(lines)}
            | _initial(stored_evaluation)
        )

    def execute(self, form: RecordForm) -> Evaluation:
        method, held = _method(form), form.event_data()
        return evaluating.record(
            self.object, method, held, form.evaluation_data(), of=self.evaluation, **self.by
        )

    def get_url_ids(self, made: Any = None) -> tuple[()]:
        return ()
