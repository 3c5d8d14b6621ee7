"""Workshops of Lund, one announced and one being prepared, to try rights on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from alliance.accounts.models import User
from alliance.network.models import Organisation
from alliance.workshops.models import Material, Registration, Workshop
from alliance.workshops.services.after import add_file
from alliance.workshops.tokens import calendar_token, check_in_token, place_token
from tests.factories.people import acting
from tests.factories.workshops import facts, make_workshop, sign_up

#: What is done before a workshop is announced.
_BEFORE = frozenset({"workshops:announce", "workshops:drop"})


class WorkshopGround:
    """The part of `Ground` in which Lund meets others."""

    at: dt.datetime
    own: Organisation
    people: dict[str, User]

    @property
    def workshop_queries(self) -> Mapping[str, str]:
        """What addresses need besides their path."""
        return {"workshops:start": f"?team={self.own.public_id}"}

    @property
    def workshop_posts(self) -> Mapping[str, Mapping[str, Any]]:
        """What is sent where an empty body would say nothing of rights."""
        said = {"name": "Gun", "email": "gun@example.org", "language": "en"}
        said |= {"zone": "UTC", "attendance": "on-site"}
        written = {
            name: getattr(value, "isoformat", lambda value=value: value)()
            for name, value in facts(**self._days, city=None).items()
            if value is not None
        }
        return {
            "workshops:sign-up": said,
            "workshops:change": said,
            "workshops:start": written,
            "workshops:facts": written,
            "workshops:tables": {"size": "2", "rounds": "1"},
            "workshops:door": {"code": self._registration.code},
            "workshops:cancel": {"because": "A strike."},
        }

    def special_workshop_objects(self, key: str) -> Mapping[tuple[str, str], Callable[[], object]]:
        """A workshop that is being prepared, for what is done before it is announced."""
        draft = {("workshops", "public_id"): lambda: self._prepared_workshop.public_id}
        return draft if key in _BEFORE else {}

    @property
    def workshop_objects(self) -> Mapping[tuple[str, str], Callable[[], object]]:
        """By the last word before it in an address, and its name there."""
        return {
            ("workshops", "public_id"): lambda: self._workshop.public_id,
            ("workshops", "id"): lambda: self._workshop.public_id,
            ("places", "token"): lambda: place_token(self._registration),
            ("meetings", "meeting_id"): lambda: "none",
            ("calendars", "token"): lambda: calendar_token(self._registration),
            ("door", "token"): lambda: check_in_token(self._registration),
            ("materials", "file_id"): lambda: self._material.public_id,
        }

    @property
    def _days(self) -> dict[str, dt.date]:
        first = self.at.date() + dt.timedelta(days=40)
        names = ("first_day", "last_day", "sign_up_by")
        return dict.fromkeys(names, first)

    def _make(self, *, announced: bool) -> Workshop:
        return make_workshop(
            acting(self.people["editor"]),
            organisation=self.own,
            announced=announced,
            at=self.at,
            **self._days,
        )

    @cached_property
    def _workshop(self) -> Workshop:
        return self._make(announced=True)

    @cached_property
    def _prepared_workshop(self) -> Workshop:
        return self._make(announced=False)

    @cached_property
    def _registration(self) -> Registration:
        return sign_up(self._workshop, self.people["citizen"], at=self.at)

    @cached_property
    def _material(self) -> Material:
        file = {"title": "Slides", "name": "s.csv", "content": b"a,b\n1,2\n"}
        return add_file(self._workshop, **file, actor=acting(self.people["editor"]), at=self.at)
