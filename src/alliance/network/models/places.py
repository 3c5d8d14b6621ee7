"""Cities and organisations."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from alliance.core.ids import new_public_id
from alliance.network.enums import OrganisationKind, Origin


class Record(models.Model):
    """The fields of every published record: its public id and its origin."""

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.MEMBERS)
    # Digest of the starter data last loaded into this row, by which a reload finds unchanged rows.
    starter_digest = models.CharField(max_length=64, blank=True, default="")
    # Set when a person first edits it; from then on the starter loader leaves the row alone.
    edited_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class City(Record):
    """A city or municipality: a member of the network, a peer, or the place of a case."""

    name = models.CharField(max_length=120)
    name_fr = models.CharField(max_length=120, blank=True, default="")
    name_sv = models.CharField(max_length=120, blank=True, default="")
    # Further names that people search by, such as the English "Gothenburg".
    aliases = models.JSONField(default=list, blank=True)
    # Names of its districts, by which the search finds the city.
    districts = models.JSONField(default=list, blank=True)
    # Facts that fit no indicator, each an object of `alliance.network.facts`: shown, never ranked.
    facts = models.JSONField(default=list, blank=True)
    # Local conditions entered by its editors: objects of kind (a code of a subject of
    # prerequisites), text, source, language, and on (a date).
    conditions = models.JSONField(default=list, blank=True)
    country = models.CharField(max_length=2)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    population = models.PositiveIntegerField(null=True, blank=True)
    population_year = models.PositiveSmallIntegerField(null=True, blank=True)
    # Inhabitants according to a gazetteer that states neither area nor year: good for a size band
    # if no population is recorded, never as a denominator.
    approximate_population = models.PositiveIntegerField(null=True, blank=True)
    approximate_population_source = models.CharField(max_length=200, blank=True, default="")
    area_km2 = models.FloatField(null=True, blank=True)
    koppen = models.CharField(max_length=3, blank=True, default="")
    koppen_source = models.CharField(max_length=200, blank=True, default="")
    admin_code = models.CharField(max_length=20, blank=True, default="")
    is_member = models.BooleanField(default=False)
    # Names of fields filled from general knowledge and not from a source that was read.
    unverified_fields = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "cities"
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__isnull=True) | Q(latitude__range=(-90, 90)),
                name="city_latitude_range",
            ),
            models.CheckConstraint(
                condition=Q(longitude__isnull=True) | Q(longitude__range=(-180, 180)),
                name="city_longitude_range",
            ),
            models.CheckConstraint(
                condition=Q(population__isnull=True) | Q(population__gt=0),
                name="city_population_positive",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Organisation(Record):
    """A municipality, university, business, association or agency that takes part in cases."""

    name = models.CharField(max_length=160)
    name_fr = models.CharField(max_length=160, blank=True, default="")
    name_sv = models.CharField(max_length=160, blank=True, default="")
    kind = models.CharField(max_length=24, choices=OrganisationKind)
    city = models.ForeignKey(
        City, null=True, blank=True, on_delete=models.PROTECT, related_name="organisations"
    )
    country = models.CharField(max_length=2)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
