"""What keeps words from being the translation of a record, by field and rule."""

from __future__ import annotations

from dataclasses import replace

from alliance.core.errors import Fault
from alliance.knowledge.case_document import check_shape, document_of, record_of
from alliance.knowledge.masking import masking_faults
from alliance.knowledge.models import CaseStudy
from alliance.knowledge.models.texts import LocalText
from alliance.knowledge.records import CaseTextRecord
from alliance.knowledge.translation_fields import Translatable, Words, kind_of
from alliance.network.plain_texts import text_faults


def faults_of(
    record: Translatable, language: str, words: Words, original: LocalText
) -> list[Fault]:
    """What keeps `words` from being the translation of `original`; `where` is the field."""
    kind = kind_of(record)
    faults: list[Fault] = []
    source = kind.words(original)
    for field in kind.fields:
        value = words[field.name]
        lines = value if isinstance(value, list) else [value]
        for number, line in enumerate(lines):
            where = f"{field.name}[{number}]" if field.is_list else field.name
            faults += text_faults(where, line, longest=field.longest)
        if source[field.name] and not value:
            # The page of the record would say that it is not recorded.
            faults.append(Fault(field.name, "untranslated"))
        elif value and not source[field.name]:
            faults.append(Fault(field.name, "not-in-original"))
    if isinstance(record, CaseStudy) and record.is_masked:
        faults += _telling(record, language, words)
    return faults


def _telling(case: CaseStudy, language: str, words: Words) -> list[Fault]:
    """What in a translation names the hidden city of a case."""
    text = CaseTextRecord(language=language, **words)  # type: ignore[arg-type]
    told = replace(
        record_of(check_shape(document_of(case)), public_id=case.public_id), texts=(text,)
    )
    return [
        Fault(fault.where.rpartition(".")[2], "names-hidden-city")
        for fault in masking_faults(told, case.masked_city)
        if fault.where.startswith("case.texts[")
    ]
