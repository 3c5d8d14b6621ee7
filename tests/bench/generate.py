"""Generated load: the starter network many times over, under other ids, places and words.

The words are drawn from the starter's own texts, so that word frequencies stay as they are in
real content; the seed makes each run the same.
"""

from __future__ import annotations

import itertools
import random
from typing import Any

from django.db import models

from alliance.knowledge.models import (
    CaseClassification,
    CaseStudy,
    CaseText,
    Effect,
    Source,
)

BATCH = 2_000


def _copies(rows: list[Any], owner: str, owners: dict[int, CaseStudy]) -> list[Any]:
    """New rows like `rows`, belonging to the copies of their cases."""
    copies = []
    for row in rows:
        case = owners.get(getattr(row, f"{owner}_id"))
        if case is None:
            continue
        values = {
            field.attname: getattr(row, field.attname)
            for field in row._meta.concrete_fields
            if not field.primary_key and field.name != owner
        }
        copies.append(type(row)(**values, **{owner: case}))
    return copies


def _shuffled(text: str, chooser: random.Random) -> str:
    words = text.split()
    chooser.shuffle(words)
    return " ".join(words)


def multiply_cases(total: int, *, seed: int = 1) -> None:
    """Add copies of the cases in the database until there are `total`."""
    chooser = random.Random(seed)
    originals = list(CaseStudy.objects.order_by("id"))
    parts: dict[type[models.Model], list[Any]] = {
        model: list(model._default_manager.filter(case__in=originals))
        for model in (CaseText, CaseClassification, Effect, Source)
    }
    numbers = itertools.count(len(originals) + 1)
    missing = total - len(originals)
    while missing > 0:
        chosen = originals[:missing]
        copies = []
        for case in chosen:
            values = {
                field.attname: getattr(case, field.attname)
                for field in case._meta.concrete_fields
                if not field.primary_key
            }
            values["public_id"] = f"{case.public_id[:60]}-{next(numbers)}"
            copies.append(CaseStudy(**values))
        CaseStudy.objects.bulk_create(copies, batch_size=BATCH)
        owners = {
            original.pk: copy for original, copy in zip(chosen, copies, strict=True)
        }
        for model, rows in parts.items():
            new = _copies(rows, "case", owners)
            if model is CaseText:
                for text in new:
                    text.title = _shuffled(text.title, chooser)
                    text.summary = _shuffled(text.summary, chooser)
            model._default_manager.bulk_create(new, batch_size=BATCH)
        missing -= len(chosen)
