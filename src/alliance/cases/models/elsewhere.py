"""What a record carries that another network wrote."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import get_language


class FromElsewhere(models.Model):
    """The network that a record comes from, the version there, and the licence; ours name none.

    While `from_address` is there, that network corrects it and nobody here does.
    """

    #: The part of addresses that its kind stands under.
    PLACE: ClassVar[str]

    from_network = models.CharField(max_length=120, blank=True, default="")
    from_address = models.CharField(max_length=300, blank=True, default="")
    from_version = models.PositiveIntegerField(null=True, blank=True)
    licence = models.CharField(max_length=40, default="CC-BY-4.0")

    class Meta:
        abstract = True

    @property
    def from_url(self) -> str:
        """Its page on the network that it came from, in the language in use; empty for our own."""
        if not self.from_address:
            return ""
        return f"{self.from_address}/{get_language()}/{self.PLACE}/{self.public_id}/"  # type: ignore[attr-defined]
