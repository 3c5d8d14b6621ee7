"""A topic group that Lund's editor leads, to try rights on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cached_property

from alliance.accounts.models import User
from alliance.groups.enums import GroupRole
from alliance.groups.models import ActionItem, Deliverable, GroupDocument, Minutes, TopicGroup
from alliance.groups.services import groups
from alliance.network.models import Organisation
from tests.factories.groups import action, line, make_group, make_minutes, take_in
from tests.factories.people import acting


class GroupGround:
    """The part of `Ground` in which people meet: its minutes are public, so programs read them."""

    at: dt.datetime
    own: Organisation
    people: dict[str, User]

    @property
    def group_objects(self) -> Mapping[tuple[str, str], Callable[[], object]]:
        """A thing of the group, by the word before it in an address and its name there."""
        things = {
            "groups": lambda: self._group,
            "deliverables": lambda: self._deliverable,
            "group-documents": lambda: self._document,
            "minutes": lambda: self._minutes,
            "action-items": lambda: self._item,
            "decisions": lambda: self._minutes.decisions.get(),
        }
        return {
            (word, name): lambda find=find: find().public_id
            for word, find in things.items()
            for name in ("public_id", "id")
        }

    @cached_property
    def _group(self) -> TopicGroup:
        made = make_group()
        take_in(made, self.people["editor"], self.own, GroupRole.LEAD)
        return made

    @cached_property
    def _deliverable(self) -> Deliverable:
        made = Deliverable.objects.create(
            group=self._group, title="Report", language="en", due_on=self.at.date(),
            stated_at=self.at, changed_at=self.at,
        )  # fmt: skip
        made.texts.create(number=1, language="en", title="Report", body="A.", written_at=self.at)
        return made

    @cached_property
    def _document(self) -> GroupDocument:
        return GroupDocument.objects.create(
            group=self._group, title="Map", language="en", file_name="map.csv",
            media_type="text/csv", size=4, sha256=groups.FILES.store(b"a,b\n"), added_at=self.at,
        )  # fmt: skip

    @cached_property
    def _minutes(self) -> Minutes:
        return make_minutes(
            self._group,
            acting(self.people["editor"], self.at),
            at=self.at,
            is_public=True,
            decisions=[line("One map.")],
            actions=[action("Draw it", self.people["editor"], self.at.date())],
        )

    @cached_property
    def _item(self) -> ActionItem:
        return self._minutes.actions.get()
