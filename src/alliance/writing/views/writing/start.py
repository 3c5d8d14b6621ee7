"""The list of drafts, the start of a new one, and the change of a published case."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from alliance.cases import rules
from alliance.cases.selectors.access import get_case_for
from alliance.cases.selectors.localise import chosen_text, local_name
from alliance.cases.views import actor_of
from alliance.core import clock
from alliance.core.errors import NotAllowed
from alliance.network.views.refusals import refused
from alliance.writing.forms.start import StartForm, first_content
from alliance.writing.selectors import drafts as select
from alliance.writing.selectors.drafts_names import DraftNames
from alliance.writing.services.drafts import start_draft, start_once
from alliance.writing.views.writing import for_writers


@require_safe
@for_writers
def drafts(request: HttpRequest) -> HttpResponse:
    """The drafts of the reader's teams, by state."""
    context = select.drafts_of(actor_of(request), request.LANGUAGE_CODE)
    return render(request, "writing/write/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_writers
def new(request: HttpRequest) -> HttpResponse:
    """Start a case: for which team, in which language, and what happened."""
    actor, names = actor_of(request), DraftNames(request.LANGUAGE_CODE)
    teams = select.teams_to_write_for(actor, request.LANGUAGE_CODE)
    if not teams:
        return redirect("knowledge:write")
    is_sent = request.method == "POST"
    typing = request.typing  # type: ignore[attr-defined]
    sent = request.POST if is_sent else typing.back
    source_id = (sent or request.GET).get("adapted_from", "")
    source = names.case(source_id)
    own = [team.public_id for team in teams]
    asked = request.GET.get("team", "")
    form = StartForm(
        sent,
        organisations=teams,
        names={team.public_id: local_name(team, request.LANGUAGE_CODE) for team in teams},
        initial={
            "language": request.LANGUAGE_CODE,
            "team": asked if asked in own else own[0],
            "adapted_from": source.public_id if source else "",
        },
    )
    if is_sent and form.is_valid():
        organisation = form.organisation
        city = organisation.city
        draft = start_once(
            organisation,
            language=form.cleaned_data["language"],
            content=first_content(
                outcome=form.cleaned_data["outcome"],
                organisation=organisation,
                city=names.city(city.public_id) if city else None,
                source=source,
            ),
            actor=actor,
            at=clock.now(),
        )
        typing.is_saved = True
        return redirect("knowledge:draft-step", draft.public_id, "place")
    context = {
        "form": form,
        "source_id": source.public_id if source else "",
        "source_title": names.case_title(source_id) if source else "",
        "several": len(teams) > 1,
    }
    return render(request, "writing/write/new.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_writers
def change_case(request: HttpRequest, public_id: str) -> HttpResponse:
    """Start a change of a published case, or go on with the one that is open."""
    actor = actor_of(request)
    case = get_case_for(actor, public_id)
    text = chosen_text(case.texts.all(), request.LANGUAGE_CODE, case.original_language)
    team = rules.responsible_team(case)
    may = team is not None and rules.may_write_for(actor, team)
    context = {
        "case": case,
        # The name of a team tells of its city.
        "team": None if case.is_masked and not may else team,
        "title": text.text.title,
        "lang": text.lang_attr,
        "may": may,
    }
    if request.method != "POST" or team is None or not may:
        status = 200 if may else 403
        return render(request, "writing/write/change.html", context, status=status)
    try:
        draft = start_draft(
            team, language=case.original_language, actor=actor, at=clock.now(), case=case
        )
    except NotAllowed as error:
        return refused(request, error.rule, team=team)
    return redirect("knowledge:draft", draft.public_id)
