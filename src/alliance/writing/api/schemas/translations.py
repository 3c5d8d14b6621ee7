"""Translations as the API takes and gives them."""

from __future__ import annotations

from ninja import Field, Schema

from alliance.network.api.common import LanguageCode
from alliance.network.api.writing import Body

#: A field holds a text, or the lines of a list.
Words = dict[str, str | list[str]]


class Translation(Schema):
    """A record beside its translation."""

    kind: str
    id: str
    language: LanguageCode
    original_language: LanguageCode
    original_revision: int
    original: Words
    revision: int = Field(description="0 where there is no translation yet; the ETag names it.")
    texts: Words = Field(description="Empty where there is no translation yet.")
    is_reviewed: bool
    behind: int | None = Field(
        description="How many edits of the original it lacks; null where that is not known."
    )
    may_write: bool
    may_review: bool


class SaveTranslation(Body):
    texts: Words = Field(description="By field; what is left out becomes empty.")
    source_revision: int | None = Field(
        None,
        ge=1,
        le=1_000_000_000,
        description="The revision of the original that was read; null: the present.",
    )


class ConfirmTranslation(Body):
    source_revision: int = Field(
        ge=1,
        le=1_000_000_000,
        description="The revision of the original that was read and still matches.",
    )
