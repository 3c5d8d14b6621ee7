"""Merging a case into another one: its address leads there, and nothing that hung on it is lost."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from alliance.cases.enums import CaseStatus
from alliance.cases.models import CaseStudy, MergedCase
from alliance.core import audit
from alliance.evidence.services.grading import regrade_siblings
from alliance.network.enums import DiscussedKind
from alliance.network.models import Post


def merge_case(
    public_id: str, *, into: CaseStudy, actor: audit.Actor, at: dt.datetime
) -> MergedCase:
    """Let the address of `public_id` lead to the case `into`.

    Where a case of that id is in the record, its questions and adaptations and the methods that
    name it go over; the case itself and its versions are kept, withdrawn. Grades anew what
    its solution rests on.
    """
    with transaction.atomic():
        merged, _ = MergedCase.objects.update_or_create(
            public_id=public_id, defaults={"into": into}
        )
        MergedCase.objects.filter(into__public_id=public_id).update(into=into)
        audit.record("case", public_id, "merge", actor=actor, at=at, into=into.public_id)
        old = CaseStudy.objects.select_for_update(of=("self",)).filter(public_id=public_id).first()
        if old is None:
            return merged
        Post.objects.filter(kind=DiscussedKind.CASE, record_id=public_id).update(
            record_id=into.public_id
        )
        CaseStudy.objects.filter(pk=into.pk, adapted_from=old).update(adapted_from=None)
        CaseStudy.objects.filter(adapted_from=old).update(adapted_from=into)
        for method in old.methods.all():
            method.evidence_cases.remove(old)
            method.evidence_cases.add(into)
        old.status = CaseStatus.WITHDRAWN
        old.save(update_fields=["status", "updated_at"])
        regrade_siblings(old.solution, at)
    return merged
