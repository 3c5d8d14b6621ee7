"""Permissions on areas and fairness checks, and what a check still lacks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from alliance.core.audit import Actor
from alliance.equity.enums import By
from alliance.equity.models import AreaSet, DistributionCheck
from alliance.network import needs_offers_rules
from alliance.network import rules as network
from alliance.network.models import Organisation


def may_edit_for(actor: Actor, organisation: Organisation) -> bool:
    """Edit areas and checks of a city: those who may act for it, and the secretariat."""
    return needs_offers_rules.may_speak_for(actor, organisation) or network.is_secretariat(actor)


def may_edit(actor: Actor, record: AreaSet | DistributionCheck) -> bool:
    """Add and change figures of areas, or the parts of a check."""
    return may_edit_for(actor, record.organisation)


def may_read(actor: Actor, area_set: AreaSet) -> bool:
    """Read areas: everybody, unless the city deleted them."""
    return area_set.ended_at is None


def may_read_check(actor: Actor, check: DistributionCheck) -> bool:
    """Read a check: everybody, once it is published; before that its team and the secretariat."""
    return (
        check.opened_at is not None
        or network.is_member_of(actor, check.organisation)
        or may_edit(actor, check)
    )


class Missing(StrEnum):
    """What a check can lack, in the order of its page."""

    GROUPS = "groups"
    AREAS = "areas"
    HEARD = "heard"
    MITIGATION = "mitigation"
    PUBLISHED = "published"


@dataclass(frozen=True)
class Parts:
    """The parts of a check. `by`: the kinds of subjects of its lines. `n_heard` includes
    testimonies whose words were deleted."""

    by: Iterable[str] = ()
    n_mitigations: int = 0
    n_heard: int = 0
    has_no_figures: bool = False
    is_waived: bool = False
    is_open: bool = True


def missing_in(parts: Parts) -> list[Missing]:
    """What keeps an adoption from moving on: a table by group and area, which testimonies replace
    if there are no figures; a mitigation; or only a waiver; and publication."""
    missing = []
    if not parts.is_waived:
        by = set(parts.by)
        if parts.has_no_figures:
            missing += [] if parts.n_heard else [Missing.HEARD]
        else:
            missing += [] if By.GROUP in by else [Missing.GROUPS]
            missing += [] if By.AREA in by else [Missing.AREAS]
        missing += [] if parts.n_mitigations else [Missing.MITIGATION]
    return missing + ([] if parts.is_open else [Missing.PUBLISHED])


def passes(check: DistributionCheck | None) -> bool:
    """The gate: whether the checked action may be tried on people and rolled out."""
    return check is not None and check.ready_at is not None
