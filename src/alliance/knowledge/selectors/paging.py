"""Long lists, a page at a time."""

from __future__ import annotations

from typing import TypeVar

from django.core.paginator import Page, Paginator

from alliance.core.errors import NotFound

T = TypeVar("T")


def page_of(pages: Paginator[T], number: int) -> Page[T]:
    """The page of that number; an empty list has a first page. Raises NotFound for any other."""
    if number not in pages.page_range:
        raise NotFound("page", str(number))
    return pages.page(number)
