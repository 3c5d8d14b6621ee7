"""Views of the secretariat's dashboard."""

from __future__ import annotations

from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alliance.desk.selectors.access import open_desk
from alliance.network.views.actions import PeopleActionView
from alliance.web.actions import Step, Words


class DeskActionView(PeopleActionView):
    """Base of forms that add or change a record, below the dashboard and a list in the
    breadcrumbs."""

    #: The title for a new record.
    adding: ClassVar[Words] = ""

    def get_object(self, **ids: Any) -> Any:
        """The record to change; None for a new one."""
        open_desk(self.actor)
        return self.get_record(*ids.values()) if ids else None

    def get_record(self, key: str) -> Any:
        """The record with this id, if the actor may see it."""
        raise NotImplementedError

    def get_initial(self) -> dict[str, Any]:
        """Initial values from the record."""
        if self.object is None:
            return {}
        return {
            name: getattr(self.object, name)
            for name in self.form_class.base_fields
            if hasattr(self.object, name)
        }

    def get_success_message(self, made: Any) -> str:
        """The name of the saved record."""
        return _("%(name)s has been saved.") % {"name": made.name}

    def get_breadcrumbs(self) -> list[Step]:
        """The dashboard and the list."""
        return [(_("Overview"), reverse("knowledge:desk")), (self.list_page[0], self.list_href)]

    @property
    def list_href(self) -> str:
        """The list of records of this kind."""
        return reverse(self.list_page[1])

    def get_context_data(self) -> dict[str, Any]:
        """The name of the record as heading."""
        heading = self.object.name if self.object is not None else self.adding
        return {"heading": heading, "back": self.list_href}
