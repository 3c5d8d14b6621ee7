"""Which page of a long list an address asks for, and other numbers in requests."""

from __future__ import annotations

from typing import TypeVar

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest

T = TypeVar("T")


def page_of(pages: Paginator[T], number: int) -> Page[T]:
    """The page of that number; an empty list has a first page. Raises Http404 for any other."""
    if number not in pages.page_range:
        raise Http404
    return pages.page(number)


def page_number(request: HttpRequest) -> int:
    """The number in `page`, 1 where none is given. Raises Http404 where it is not one from 1 on."""
    number = number_in(request.GET.get("page", "1"))
    if number < 1:
        raise Http404
    return number


def number_in(text: str) -> int:
    """A whole number that a page of ours sent, 0 where it was changed into something else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
