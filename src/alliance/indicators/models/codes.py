"""What others call the cities: a crosswalk without guessing."""

from __future__ import annotations

from django.db import models

from alliance.indicators.enums import CodeScheme
from alliance.network.models import City


class CityCode(models.Model):
    """A code of a scheme that stands for one city. One code of a scheme names one city only."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="codes")
    scheme = models.CharField(max_length=12, choices=CodeScheme)
    code = models.CharField(max_length=80)
    # How the two were brought together, such as "exact code" or "name+largest".
    match = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        ordering = ["scheme", "code"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "code"], name="city_code_once"),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.code}"
