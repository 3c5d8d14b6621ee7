"""Campaigns in the API: the one next step, the randomisation, and the effect."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.utils import translation
from ninja import Field, Query, Router, Schema

from alliance.campaigns import selectors
from alliance.campaigns.enums import Chosen, UnitKind
from alliance.campaigns.models import UnitList
from alliance.cases.enums import EffectDirection
from alliance.network.api.common import LanguageQuery
from alliance.participation.api.reading import issued_at, public_process
from alliance.participation.api.schemas import ISSUED_AT

router = Router(tags=["dialogues"])


class CampaignAllocation(Schema):
    """The allocation. Households are never named."""

    kind: UnitKind
    chosen: Chosen
    units: int = Field(description="Areas or households that were drawn from.")
    inside: int = Field(description="Of them with the campaign.")
    salt: str | None = Field(
        description="With the campaign are those whose SHA-256 of `salt:name` is smallest; null "
        "for households, and where nothing was drawn."
    )
    drawings: int = Field(description="How often lots were drawn for it.")
    units_sha256: str = Field(description="Digest of the names, sorted.")
    inside_sha256: str
    areas: list[str] = Field(description="Areas with the campaign; of households none.")
    differs: bool | None = Field(
        description="Whether the groups lay 0.25 standard deviations or more apart before."
    )
    mean_inside: float | None = Field(description="Before the start.")
    mean_outside: float | None


class CampaignEffect(Schema):
    """The effect among all, or in a subgroup. `fault` is the reason if there is none."""

    column: str | None = Field(description="By what groups are told apart; null for all.")
    group: str | None
    fault: str | None
    estimate: float | None = Field(description="In the unit of the outcome.")
    low: float | None = Field(description="Of the 95 % interval that holds at every look.")
    high: float | None
    percent: float | None
    shows_effect: bool = Field(description="Whether that interval leaves zero out.")
    units: int | None
    p_holm: float | None = Field(description="Of a group: p corrected for how many there are.")


class CampaignResult(Schema):
    at: dt.datetime
    looks: int = Field(description="How often figures were sent.")
    sentence: str = Field(description="In the language asked for.")
    design: str | None
    warnings: list[str]
    effect: CampaignEffect
    groups: list[CampaignEffect] = Field(description="Groups that are too small are left out.")


class CampaignDetails(Schema):
    step: str = Field(description="The one next step.")
    step_place: str
    step_when: str
    outcome: str | None = Field(description="By what the city will know.")
    unit: str | None
    better: EffectDirection
    starts_on: dt.date | None
    ends_on: dt.date | None
    methods: list[str] = Field(description="Ids of methods it works with.")
    lots: CampaignAllocation | None
    issued_at: dt.datetime | None = Field(description=ISSUED_AT)
    pledges: int | None = Field(
        description="By the last issue; null before the first, and where it is 1 to 9."
    )
    by_hand: int | None = Field(description="Of them on paper, by phone or at a desk.")
    kept: float | None = Field(
        description="Share of those who say that they did it, 0 to 1; follows ten more answers."
    )
    result: CampaignResult | None = Field(description="Null before anything was measured.")


def _allocation(units: UnitList) -> dict[str, Any]:
    balance = units.balance
    # Whoever knew the name of a household could look up its group.
    is_public = units.chosen == Chosen.RANDOM and units.kind == UnitKind.AREA
    return {
        "kind": units.kind,
        "chosen": units.chosen,
        "units": units.n,
        "inside": units.n_in,
        "salt": units.campaign.salt if is_public else None,
        "drawings": units.number if units.chosen == Chosen.RANDOM else 0,
        "units_sha256": units.units_sha256,
        "inside_sha256": units.in_sha256,
        "areas": selectors.areas_in(units),
        "differs": balance.get("differs"),
        "mean_inside": balance.get("mean_in"),
        "mean_outside": balance.get("mean_out"),
    }


def _effect(line: dict[str, Any]) -> dict[str, Any]:
    low, high = line.get("now") or (None, None)
    names = ("column", "group", "fault", "estimate", "percent", "p_holm")
    return {name: line.get(name) for name in names} | {
        "low": low,
        "high": high,
        "shows_effect": bool(line.get("shows_effect")),
        "units": line.get("n"),
    }


@router.get("/processes/{id}/campaign", response=CampaignDetails, summary="A campaign")
def get_campaign(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> dict[str, Any]:
    """What residents are asked to do, who gets the campaign, and the change in the outcome."""
    process = public_process(id)
    campaign = selectors.campaign_of(process)
    units, latest_outcome = selectors.units_of(campaign, whole=True), selectors.latest(campaign)
    pledged = selectors.pledged(campaign)
    recorded = ("step", "step_place", "step_when", "starts_on", "ends_on")
    result = None
    if latest_outcome is not None:
        with translation.override(query.lang):
            sentence = selectors.sentence(campaign, latest_outcome.result)
        lines = [group for group in latest_outcome.result["groups"] if not group.get("hidden")]
        result = {
            "at": latest_outcome.at,
            "looks": latest_outcome.number,
            "sentence": sentence,
            "design": latest_outcome.result.get("design"),
            "warnings": latest_outcome.result["warnings"],
            "effect": _effect(latest_outcome.result),
            "groups": [_effect(line) for line in lines],
        }
    return {name: getattr(campaign, name) for name in recorded} | {
        "outcome": campaign.outcome or None,
        "unit": campaign.unit or None,
        "better": campaign.direction,
        "methods": [method.public_id for method in campaign.methods.all()],
        "lots": _allocation(units) if units else None,
        "issued_at": issued_at(process),
        "pledges": pledged.n,
        "by_hand": pledged.by_hand,
        "kept": pledged.did.value if pledged.did else None,
        "result": result,
    }
