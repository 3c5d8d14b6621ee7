"""The pages of the desk."""

from __future__ import annotations

from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alliance.desk.selectors.access import open_desk
from alliance.network.views.actions import PeopleActionView
from alliance.web.actions import Step, Words


class DeskActionView(PeopleActionView):
    """A form that adds or changes one kind of record; the desk and a list of these are above it."""

    #: The title where a record is added.
    adding: ClassVar[Words] = ""

    def get_object(self, **ids: Any) -> Any:
        """The record that is changed; None where one is added."""
        open_desk(self.actor)
        return self.get_record(*ids.values()) if ids else None

    def get_record(self, key: str) -> Any:
        """The record of that id, through its door."""
        raise NotImplementedError

    def get_initial(self) -> dict[str, Any]:
        """What the record says in each field."""
        if self.object is None:
            return {}
        return {
            name: getattr(self.object, name)
            for name in self.form_class.base_fields
            if hasattr(self.object, name)
        }

    def get_success_message(self, made: Any) -> str:
        """The name of what was saved."""
        return _("%(name)s has been saved.") % {"name": made.name}

    def get_breadcrumbs(self) -> list[Step]:
        """The desk and the list."""
        return [(_("Overview"), reverse("knowledge:desk")), (self.list_page[0], self.list_href)]

    @property
    def list_href(self) -> str:
        """The list of records of this kind."""
        return reverse(self.list_page[1])

    def get_context_data(self) -> dict[str, Any]:
        """The name of the record stands above its form."""
        heading = self.object.name if self.object is not None else self.adding
        return {"heading": heading, "back": self.list_href}
