"""Translations of the city's texts in a process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.errors import NotAllowed, refuse
from alliance.network.enums import Language
from alliance.network.text_checks import text_faults
from alliance.participation import rules, starting
from alliance.participation.enums import Author, PromiseKind, PromiseText
from alliance.participation.models import LONGEST_CAP, Contribution, Process, Translated
from alliance.participation.services.answering import LONGEST_OUTCOME, LONGEST_REASON
from alliance.participation.services.processes import (
    LONGEST_NAME,
    LONGEST_SUMMARY,
    LONGEST_TEXT,
    LONGEST_TITLE,
    locked,
)

_note = audit.noting("process")
#: The maximum length of a field; of others `LONGEST_TEXT`.
LONGEST = {
    "title": LONGEST_TITLE,
    "summary": LONGEST_SUMMARY,
    "area": LONGEST_NAME,
    "decides_who": LONGEST_NAME,
    "reason": LONGEST_REASON,
    "outcome": LONGEST_OUTCOME,
    # Another language may need more letters than the cap of the process allows.
    "text": LONGEST_CAP,
}
#: Statements, answers, and promises on the page of one language.
MOST = 300


@dataclass(frozen=True)
class Part:
    """One text to translate: `original` in `written_in`; `text` is the present translation, or a
    sample text; `is_old`: the original has changed since; `is_done`: the translation is public."""

    key: str
    record: Translated
    field: str
    original: str
    written_in: str
    text: str
    is_old: bool
    is_done: bool


def in_all_languages(process: Process) -> dict[str, list[Part]]:
    """The texts to translate into each language; four queries."""
    records = _records(process)
    return {language: _parts(process, records, language) for language in Language.values}


def parts_of(process: Process, language: str) -> list[Part]:
    """The texts to translate into a language, in the order in which residents read them; four
    queries. Texts written in that language are left out."""
    return _parts(process, _records(process), language)


def _records(process: Process) -> list[tuple[str, Translated]]:
    own = Contribution.objects.filter(process=process, number__isnull=False)
    own = own.exclude(author=Author.RESIDENT).shown().select_related("post").order_by("number")
    records: list[tuple[str, Translated]] = [("process", process)]
    records += [(f"source-{source.number}", source) for source in process.sources.all()]
    records += [(f"statement-{statement.public_id}", statement) for statement in own[:MOST]]
    records += [(f"answer-{answer.public_id}", answer) for answer in process.answers.all()[:MOST]]
    works = process.promises.filter(kind=PromiseKind.WORK)
    return records + [(f"promise-{promise.public_id}", promise) for promise in works[:MOST]]


def _parts(
    process: Process, records: Iterable[tuple[str, Translated]], language: str
) -> list[Part]:
    parts = []
    for key, record in records:
        written_in: str = record.language  # type: ignore[attr-defined]
        for field in record.IN_WORDS if written_in != language else ():
            original = getattr(record, field)
            if original and original not in PromiseText.values:
                stored = record.translations.get(language, {}).get(field, {})
                is_old = bool(stored) and stored["of"] != original
                text = stored.get("text") or starting.counterpart(original, written_in, language)
                name = f"{key}-{field}" if len(record.IN_WORDS) > 1 else key
                is_done = bool(stored) and not is_old
                parts.append(Part(name, record, field, original, written_in, text, is_old, is_done))
    return parts


def translate(
    process: Process,
    language: str,
    texts: Mapping[str, str],
    *,
    actor: audit.Actor,
    at: dt.datetime,
) -> int:
    """Save translations by the key of their `Part`; an empty one falls back to the original.
    Returns the number of translations.

    They may be added and corrected at any time: the original determines what was promised. Raises
    InvalidData naming parts, NotAllowed.
    """
    if not rules.may_run(actor, process):
        raise NotAllowed(_("You need to be an editor of the city’s municipality to do this."))
    with transaction.atomic():
        current = locked(process)
        parts = parts_of(current, language)
        faults = [
            fault
            for part in parts
            for fault in text_faults(
                part.key, texts.get(part.key, ""), longest=LONGEST.get(part.field, LONGEST_TEXT)
            )
        ]
        refuse(faults)
        n = 0
        for part in parts:
            text = texts.get(part.key, "").strip()
            own = part.record.translations.setdefault(language, {})
            own.pop(part.field, None)
            if text:
                n += 1
                own[part.field] = {"text": text, "of": part.original}
        for record in {id(part.record): part.record for part in parts}.values():
            if not record.translations[language]:
                del record.translations[language]
            record.save(update_fields=["translations"])
        Process.objects.filter(pk=current.pk).update(changed_at=at)
        _note(current, "translate", actor=actor, at=at, language=language, texts=n)
    return n
