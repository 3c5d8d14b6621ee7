"""API schemas of cities, organisations and webhooks.

Null means "not recorded", never "no" or 0.
"""

from __future__ import annotations

import datetime as dt

from ninja import Field, Schema

from alliance.network.api.common import Listing, Names, Page
from alliance.network.api.writing import Body
from alliance.network.enums import (
    ClimateZone,
    OrganisationKind,
    Origin,
    SizeBand,
    WebhookEvent,
)


class PlaceLinks(Schema):
    self: str
    page: str = Field(description="The page for readers, in the language asked for.")
    cases: str = Field(description="The cases of this city in the API.")


class CityFact(Schema):
    """A fact that fits no indicator. It is measured in its own way and must not be ranked."""

    what: Names
    value: float
    unit: Names
    year: int
    method: Names
    area: Names = Field(description="What the figure is of, such as the municipality.")
    sample: Names
    note: Names
    source_title: str
    source_url: str


class City(Schema):
    id: str
    name: str
    names: Names
    country: str
    latitude: float | None
    longitude: float | None
    population: int | None
    population_year: int | None
    approximate_population: int | None = Field(
        description="By a gazetteer that states neither area nor year; never divide by it."
    )
    approximate_population_source: str | None
    area_km2: float | None
    facts: list[CityFact]
    koppen: str | None = Field(description="Köppen-Geiger class, such as Cfb.")
    koppen_source: str | None
    climate_zone: ClimateZone | None = Field(description="The main group of that class.")
    size_band: SizeBand | None = Field(
        description="Band of inhabitants, recorded or else approximate."
    )
    admin_code: str | None = Field(description="National code of the municipality.")
    is_member: bool = Field(description="False also where membership was not found.")
    unverified_fields: list[str] = Field(
        description="Fields filled from general knowledge and not from a source that was read."
    )
    origin: Origin
    updated_at: dt.datetime
    links: PlaceLinks


class OrganisationLinks(Schema):
    self: str
    page: str = Field(description="The page for readers, in the language asked for.")


class Organisation(Schema):
    id: str
    name: str
    names: Names
    kind: OrganisationKind
    country: str
    city: str | None = Field(description="Id of its city.")
    origin: Origin
    updated_at: dt.datetime
    links: OrganisationLinks


class CityPage(Page[City]):
    """Cities by id."""


class OrganisationPage(Page[Organisation]):
    """Organisations by id."""


class MakeWebhook(Body):
    url: str = Field(max_length=500, description="An https address without a user name.")
    events: list[str] = Field(description=f"Any of: {', '.join(WebhookEvent.values)}.")


class Webhook(Schema):
    """An address that is notified of events."""

    id: str
    url: str
    events: list[WebhookEvent]
    made_at: dt.datetime
    paused_at: dt.datetime | None = Field(
        description="Told no more, because nothing arrived; making it again starts it again."
    )


class MadeWebhook(Webhook):
    secret: str = Field(description="Deliveries are signed with it (HMAC-SHA256).")


class WebhookListing(Listing[Webhook]):
    """Active webhooks, oldest first."""
