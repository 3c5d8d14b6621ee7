"""What still gives a hidden city away, told to its team before it submits the case."""

from __future__ import annotations

from dataclasses import dataclass

from alliance.knowledge.case_document import check_shape
from alliance.knowledge.masking import (
    FEWEST_ALIKE,
    Hidden,
    hidden_of,
    members_writing,
    named_in,
)
from alliance.knowledge.models import Draft
from alliance.knowledge.selectors.files import files_of_draft
from alliance.network.bands import size_band
from alliance.network.enums import SizeBand
from alliance.network.models import City


@dataclass(frozen=True)
class Shown:
    """Something that reviewers see: its words, and whether they name the city."""

    words: str
    names_city: bool


@dataclass(frozen=True)
class Traces:
    """What a reader can put together. `n_writing`: members that write in the language; `n_fitting`:
    those of them in the size class of the city, None where its size is not known."""

    language: str
    n_writing: int
    first_year: int | None
    last_year: int | None
    size: SizeBand | None
    n_fitting: int | None
    sources: tuple[Shown, ...]
    files: tuple[Shown, ...]

    @property
    def is_telling(self) -> bool:
        """Whether so few members fit that a reader could tell which it is."""
        n = self.n_writing if self.n_fitting is None else self.n_fitting
        return n < FEWEST_ALIKE


def traces_of(draft: Draft) -> Traces | None:
    """What still gives away the city of a draft; None where it hides none. Four queries."""
    document = check_shape(draft.content)
    if not document.is_masked:
        return None
    hidden = hidden_by_draft(draft)
    city = City.objects.filter(public_id=document.place.city or "").first()
    writing = list(members_writing(draft.language))
    size = size_band(city)

    def shown(words: str) -> Shown:
        return Shown(words, bool(named_in(words, hidden)))

    return Traces(
        language=draft.language,
        n_writing=len(writing),
        first_year=document.start_year,
        last_year=document.end_year,
        size=size,
        n_fitting=None if size is None else sum(size_band(member) == size for member in writing),
        sources=tuple(
            shown(f"{source.title} {source.url or ''}".strip()) for source in document.sources
        ),
        files=tuple(shown(f"{file.title}, {file.file_name}") for file in files_of_draft(draft)),
    )


def hidden_by_draft(draft: Draft) -> Hidden:
    """What nothing published about this draft may tell; nothing where it hides no city."""
    if not draft.content.get("is_masked"):
        return Hidden()
    place = draft.content.get("place") or {}
    city = City.objects.filter(public_id=place.get("city") or "").first()
    return hidden_of(city, *(place.get(name) or "" for name in ("name", "name_fr", "name_sv")))
