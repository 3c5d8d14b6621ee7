"""Which page of a long list an address asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from django.core.paginator import EmptyPage, Page, Paginator
from django.http import Http404, HttpRequest

Row = TypeVar("Row")


def page_of(rows: Sequence[Row], size: int, number: int) -> Page[Row]:
    """Page `number` of `rows`. Raises Http404 for a page that is not there."""
    try:
        return Paginator(rows, size).page(number)
    except EmptyPage as error:
        raise Http404 from error


def page_number(request: HttpRequest) -> int:
    """The number in `page`, 1 where none is given. Raises Http404 where it is not one from 1 on."""
    given = request.GET.get("page", "1")
    if not (given.isascii() and given.isdigit() and len(given) < 10 and int(given) > 0):
        raise Http404
    return int(given)
