"""Writing the text of a record, one row a language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from alliance.cases.enums import TextStatus
from alliance.cases.models.texts import LocalText

Text = TypeVar("Text", bound=LocalText)


def write_texts(
    model: type[LocalText], owner: dict[str, Any], texts: Iterable[tuple[str, str, dict[str, Any]]]
) -> bool:
    """Make the rows of `owner` say what `texts` (language, status, values) say.

    A row's revision rises only when its words change. A translation written now is of the
    original's present revision. Languages that are not given are removed. Returns whether
    anything changed.
    """
    rows = {row.language: row for row in model._default_manager.filter(**owner)}
    changed = False
    ordered_texts = list(texts)
    # The original first: translations take its revision.
    ordered_texts.sort(key=lambda text: text[1] != TextStatus.ORIGINAL)
    original_revision: int | None = None
    for language, status, values in ordered_texts:
        row = rows.pop(language, None)
        if row is None:
            row = model(**owner, language=language, revision=0)
        differs = row.status != status or any(
            getattr(row, name) != value for name, value in values.items()
        )
        if differs or row.pk is None:
            for name, value in values.items():
                setattr(row, name, value)
            row.status = status
            row.revision += 1
            if status != TextStatus.ORIGINAL:
                row.source_revision = original_revision
            row.full_clean()
            row.save()
            changed = True
        if status == TextStatus.ORIGINAL:
            original_revision = row.revision
    for row in rows.values():
        row.delete()
        changed = True
    return changed


def first_texts(
    model: type[Text], owner: dict[str, Any], texts: Iterable[tuple[str, str, dict[str, Any]]]
) -> Iterator[Text]:
    """The rows that `write_texts` would write for an owner that has none, checked and not saved."""
    ordered_texts = sorted(texts, key=lambda text: text[1] != TextStatus.ORIGINAL)
    has_original = any(
        status == TextStatus.ORIGINAL for _language, status, _values in ordered_texts
    )
    for language, status, values in ordered_texts:
        row = model(**owner, language=language, revision=1, status=status, **values)
        if status != TextStatus.ORIGINAL:
            row.source_revision = 1 if has_original else None
        row.full_clean(exclude=owner, validate_unique=False, validate_constraints=False)
        yield row


def write_classifications(
    model: Any, owner: dict[str, Any], codes: dict[str, Iterable[str]], **extra: dict[str, Any]
) -> None:
    """Replace the classification rows of `owner` by `codes` (scheme -> codes, in order).

    `extra` maps a scheme to further column values by code.
    """
    model._default_manager.filter(**owner).delete()
    model._default_manager.bulk_create(
        model(**owner, scheme=scheme, code=code, **extra.get(scheme, {}).get(code, {}))
        for scheme, scheme_codes in codes.items()
        for code in scheme_codes
    )
