"""Taking starter content away again: what nobody has changed and nothing of people's points to."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

from django.db import router, transaction
from django.db.models import Model, ProtectedError, RestrictedError
from django.db.models.deletion import Collector

from alliance.cases import models as cases
from alliance.cases.models.methods import MethodCase
from alliance.core import audit
from alliance.core.models import AuditEvent
from alliance.evidence.models import SolutionVerdict, VerdictChange
from alliance.evidence.services.grading import regrade
from alliance.network.enums import Origin
from alliance.network.models import City, Organisation, Post, Record, StatementDraft

#: What is taken away, what points to others first; each with its word in the audit log.
_KINDS: tuple[tuple[str, type[Record], str], ...] = (
    ("cases", cases.CaseStudy, "case"),
    ("methods", cases.Method, "method"),
    ("solutions", cases.Solution, "solution"),
    ("drafts of needs and offers", StatementDraft, "statement draft"),
    ("organisations", Organisation, "organisation"),
    ("cities", City, "city"),
)
#: So many of those that stay are named.
_NAMED = 10


@dataclass
class Removal:
    """How many records of each kind go, and which stay because people changed or use them."""

    gone: Counter[str] = field(default_factory=Counter)
    #: Public ids by kind.
    stay: dict[str, list[str]] = field(default_factory=dict)

    def __str__(self) -> str:
        lines = []
        for kind, _model, _word in _KINDS:
            stay = self.stay[kind]
            named = ", ".join(stay[:_NAMED]) + (", …" if len(stay) > _NAMED else "")
            lines.append(f"{kind}: {self.gone[kind]} removed, {len(stay)} stay")
            lines[-1] += f" ({named})" if named else ""
        return "\n".join(lines)


def remove_starter(*, at: dt.datetime, keep: bool = False) -> Removal:
    """Take away starter content that nobody has changed and that nothing of people's points to.

    With `keep` nothing is written: the result lists what would be deleted. Indicators with their
    figures, vocabularies and topic groups stay, and the cities that figures are about.
    """
    removal = Removal()
    with transaction.atomic():
        # Solutions that stay count their cases anew.
        weighed = set(cases.CaseStudy.objects.values_list("pk", "solution_id"))
        for kind, model, word in _KINDS:
            for record in _untouched(model, word):
                if _is_used(record):
                    continue
                removal.gone[kind] += 1
                audit.record(word, record, "remove", actor=audit.STARTER, at=at)
                record.delete()
            left = model._default_manager.filter(origin=Origin.STARTER).order_by("public_id")
            removal.stay[kind] = list(left.values_list("public_id", flat=True))
        present = set(cases.CaseStudy.objects.values_list("pk", "solution_id"))
        changed = {solution for _case, solution in weighed - present}
        for solution in cases.Solution.objects.filter(pk__in=changed):
            regrade(solution, at)
        if keep:
            transaction.set_rollback(True)
    return removal


def _untouched(model: type[Record], word: str) -> list[Record]:
    """Records of the starter that no person ever acted on or wrote about, the newest first: those
    adapted from others before these."""
    acted = AuditEvent.objects.filter(kind=word).exclude(actor=None).values("public_id")
    written = Post.objects.filter(kind=word).values("record_id")
    rows = model._default_manager.filter(origin=Origin.STARTER, edited_at=None)
    return list(rows.exclude(public_id__in=acted).exclude(public_id__in=written).order_by("-pk"))


def _is_used(record: Record) -> bool:
    """Whether anything points to a record but its own parts."""
    collector = Collector(using=router.db_for_write(type(record), instance=record))
    try:
        collector.collect([record])
    except (ProtectedError, RestrictedError):
        return True
    own = {type(record), *_PARTS}
    return (
        # Each is a list or a query of rows that would lose what they point to.
        any(len(rows) for updates in collector.field_updates.values() for rows in updates)  # type: ignore[arg-type]
        or any(model not in own for model in collector.data)
        or any(rows.model not in own and rows.exists() for rows in collector.fast_deletes)
    )


_PARTS: frozenset[type[Model]] = frozenset(
    {
        cases.CaseText,
        cases.CaseClassification,
        cases.CaseVersion,
        cases.Effect,
        cases.NullResult,
        cases.CaseAmount,
        cases.Source,
        cases.MergedCase,
        MethodCase,
        cases.SolutionText,
        cases.SolutionClassification,
        cases.SolutionCost,
        SolutionVerdict,
        VerdictChange,
        cases.MethodText,
    }
)
