"""The page number of a list, and other numbers in requests."""

from __future__ import annotations

from typing import TypeVar

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest

T = TypeVar("T")


def page_of(pages: Paginator[T], number: int) -> Page[T]:
    """The page with that number; an empty list has a first page. Raises Http404 for any other."""
    if number not in pages.page_range:
        raise Http404
    return pages.page(number)


def page_number(request: HttpRequest) -> int:
    """The parameter `page`, 1 by default. Raises Http404 if it is not a number from 1 on."""
    number = number_in(request.GET.get("page", "1"))
    if number < 1:
        raise Http404
    return number


def number_in(text: str) -> int:
    """A whole number that one of our pages sent; 0 if it was tampered with."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
