"""What came of a method where a city used it: measures that can be held beside those of others."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from alliance.cases.models.methods import Method
from alliance.core.ids import new_public_id
from alliance.network.enums import Language
from alliance.network.localise import Localised, localised
from alliance.network.models import City

#: Begins the title of the result of a city's pilots.
PILOTS = "pilots"
#: Begins the unit of answers on a scale, before its number of points.
SCALE = "scale-"
#: What a result is the result of.
SOURCES = ("process", "record", "check", "areas")


class MethodResult(models.Model):
    """One use of a method that has ended.

    `measures` is a list of objects: `measure` (`MethodMeasure`), `group` (of reach, such as
    `tenure:rents`), `value`, `low`, `high` as people read them, `n`, `unit`, and for pooling
    `estimate`, `se` and `scale` as `alliance.analysis.engagement` says; without these where it
    cannot be pooled.
    """

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    method = models.ForeignKey(Method, on_delete=models.CASCADE, related_name="results")
    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="+")
    # What it is the result of: the id of a process, a fairness check or areas, or of what staff
    # recorded; of pilots and releases the method and the key of the city, with a colon between.
    source = models.CharField(max_length=10, choices=[(code, code) for code in SOURCES])
    source_id = models.CharField(max_length=80)
    # Of pilots `PILOTS`, how many ended, and how many of them are not decided, with colons between.
    title = models.CharField(max_length=160)
    language = models.CharField(max_length=2, choices=Language)
    ended_on = models.DateField()
    is_synthetic = models.BooleanField(default=False)
    measures = models.JSONField(default=list)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-ended_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["source", "source_id"], name="method_result_once"),
            models.CheckConstraint(condition=~Q(source_id=""), name="method_result_of_something"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def shown_title(self) -> Localised:
        """The title, of pilots in the language in use."""
        kind, _colon, numbers = self.title.partition(":")
        if kind != PILOTS:
            return localised(self.title, self.language, get_language() or "en")
        n, undecided = map(int, numbers.split(":"))
        pilots = ngettext("%(n)s completed pilot", "%(n)s completed pilots", n) % {"n": n}
        if not undecided:
            return Localised(pilots)
        words = {"pilots": pilots, "open": undecided}
        return Localised(_("%(pilots)s; no decision yet: %(open)s") % words)
