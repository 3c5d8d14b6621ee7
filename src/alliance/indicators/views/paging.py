"""Which page of a long list an address asks for."""

from __future__ import annotations

from django.http import Http404, HttpRequest


def page_number(request: HttpRequest) -> int:
    """The number in `page`, 1 where none is given. Raises Http404 where it is not one from 1 on."""
    given = request.GET.get("page", "1")
    if not (given.isascii() and given.isdigit() and len(given) < 10 and int(given) > 0):
        raise Http404
    return int(given)
