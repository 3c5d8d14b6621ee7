"""What this app adds to the pages of a process about a text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.core import clock
from alliance.participation import rules
from alliance.participation.enums import ProcessKind
from alliance.participation.models import Participant, Process
from alliance.participation.panels import Panel
from alliance.plans import selectors
from alliance.plans.services.texts import latest_version


def _act(
    request: HttpRequest, process: Process, participant: Participant | None
) -> Mapping[str, Any]:
    version = latest_version(process)
    return {
        "version": version,
        "paragraphs": selectors.paragraphs(version),
        # Comments are written at their paragraph, not by the form of this page.
        "takes_text": False,
        "takes_votes": rules.takes_text(process, clock.now()),
    }


def _results(process: Process) -> Mapping[str, Any]:
    versions = list(process.plan_versions.order_by("number"))
    changes = selectors.changes(versions[0], versions[-1]) if len(versions) > 1 else []
    return {
        "versions": versions,
        "version": versions[-1] if versions else None,
        "paragraphs": selectors.paragraphs(versions[-1] if versions else None),
        "changed": selectors.numbers_of(changes) if changes else {},
    }


def _missing(process: Process) -> str:
    return "" if latest_version(process) else _("the text for residents to comment on")


def _on_paper(process: Process) -> Sequence[Mapping[str, Any]]:
    return [
        {"text": f"{paragraph.number}. {paragraph.text}", "answers": [], "lines": 1}
        for paragraph in selectors.paragraphs(latest_version(process))
    ]


PANELS = {
    ProcessKind.TEXT.value: Panel(
        act="plans/act.html",
        read=_act,
        results="plans/results.html",
        read_results=_results,
        enter="plans:paper",
        manage=("plans:text", gettext_lazy("Plan text")),
        missing=_missing,
        on_paper=_on_paper,
    )
}
