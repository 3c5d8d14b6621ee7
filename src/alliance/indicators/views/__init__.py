"""Views of the indicators: parse, check permissions, query, render."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from alliance.core import clock
from alliance.core.errors import InvalidData, NotFound
from alliance.indicators.as_of import PARAMETER, moment_of
from alliance.network.access import actor_of

__all__ = ["Asked", "actor_of", "answers_faults", "asked"]


@dataclass(frozen=True)
class Asked:
    """The date as of which an address shows the data; `moment` is None for the present.

    `query` is appended to an address without parameters, `more` to one with parameters.
    """

    moment: dt.datetime | None
    text: str
    today: dt.date

    @property
    def query(self) -> str:
        return f"?{urlencode({PARAMETER: self.text})}" if self.moment else ""

    @property
    def more(self) -> str:
        return f"&{urlencode({PARAMETER: self.text})}" if self.moment else ""

    @property
    def day(self) -> dt.date:
        """The day as of which a page shows the data."""
        return self.moment.date() if self.moment else self.today


def asked(request: HttpRequest) -> Asked:
    """Parses `?as_of=` of an address. Raises InvalidData."""
    text = request.GET.get(PARAMETER, "")
    now = clock.now()
    return Asked(moment_of(text, now=now), text, now.date())


def answers_faults(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answers NotFound with 404, and an invalid parameter with 400 and the rule."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotFound as closed:
            raise Http404(str(closed)) from closed
        except InvalidData as error:
            return render(request, "indicators/faults.html", {"faults": error.faults}, status=400)

    return answer
