"""Proposals, decisions and workshops that happened elsewhere, on a thread."""

from __future__ import annotations

from django.db.models import F

from alliance.adoption.enums import StepKind
from alliance.adoption.models import Step
from alliance.core.audit import Actor
from alliance.thread.columns import Rows, node_rows, text
from alliance.thread.nodes.kind import NodeKind, Wanted


def _of_kind(kind: StepKind) -> NodeKind:
    def read(actor: Actor, ids: Wanted, language: str) -> list[Rows]:
        rows = Step.objects.filter(kind=kind, public_id__in=ids)
        told = {"title": text("title"), "language": text("language"), "on": F("happened_on")}
        return [node_rows(rows, kind.value, **told, city="city")]

    return NodeKind(kind.value, "", "thread/steps", read, {})


PROPOSAL, DECISION, WORKSHOP = (_of_kind(kind) for kind in StepKind)
