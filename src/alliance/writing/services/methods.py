"""Writing methods."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from alliance.cases.models import CaseStudy, Method, MethodText, Solution
from alliance.cases.records import MethodRecord
from alliance.cases.validation import method_faults
from alliance.core import audit
from alliance.core.errors import refuse
from alliance.network.enums import Origin
from alliance.writing.services.texts import write_texts


def save_method(
    record: MethodRecord,
    *,
    actor: audit.Actor,
    at: dt.datetime,
    origin: str = Origin.MEMBERS,
    starter_digest: str = "",
) -> Method:
    """Create or update the method of `record.public_id`.

    Raises InvalidData, naming each field and rule, before anything is written.
    """
    related = (
        Solution.objects.filter(public_id=record.related_solution).first()
        if record.related_solution
        else None
    )
    cases = list(CaseStudy.objects.filter(public_id__in=record.evidence_cases))
    faults = method_faults(
        record,
        solutions=frozenset([related.public_id] if related else []),
        cases=frozenset(case.public_id for case in cases),
    )
    refuse(faults)
    with transaction.atomic():
        method = Method.objects.filter(public_id=record.public_id).first() or Method(
            public_id=record.public_id
        )
        verb = "update" if method.pk else "create"
        for name in (
            "group_size_min",
            "group_size_max",
            "cost_level",
            "iap2_level",
            "mode",
            "kind",
            "topic",
        ):
            setattr(method, name, getattr(record, name))
        method.sources = list(record.sources)
        method.related_solution = related
        method.origin = origin
        method.starter_digest = starter_digest
        if actor.user is not None:
            method.edited_at = at
        method.full_clean()
        method.save()
        method.evidence_cases.set(cases)
        write_texts(
            MethodText,
            {"method": method},
            [
                (
                    text.language,
                    text.status,
                    {
                        "name": text.name,
                        "description": text.description,
                        "strengths": list(text.strengths),
                        "limits": list(text.limits),
                        "best_for": text.best_for,
                        "duration": text.duration,
                        "group_size_typical": text.group_size_typical,
                        "evaluation_criteria": list(text.evaluation_criteria),
                    },
                )
                for text in record.texts
            ],
        )
        audit.record("method", method, verb, actor=actor, at=at)
    return method
