"""Where the places of a survey may lie: areas of the city, or squares of a circle around it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed
from alliance.equity.models import AreaSet
from alliance.equity.taking_part import area_sets_of, cells_of
from alliance.participation import rules
from alliance.participation.enums import ProcessState
from alliance.participation.models import Process
from alliance.participation.places import BOX, KM, as_geojson, grid
from alliance.participation.services.processes import locked
from alliance.surveys.models import Ground

_note = audit.noting("process")


def ground_of(process: Process) -> Ground | None:
    """Where places may lie; None if nobody has chosen, and no question is on a map."""
    return Ground.objects.filter(process=process).first()


def set_ground(
    process: Process,
    *,
    area_set: str = "",
    km: int | None = None,
    only: str = "",
    actor: audit.Actor,
    at: dt.datetime,
) -> Ground:
    """Choose where places may lie, until the survey opens. `area_set`: public id of areas, empty
    for a circle of `km` around the city; `only`: names of areas, one per line, empty for all.

    Raises InvalidData naming the fields, NotAllowed.
    """
    if not rules.may_run(actor, process):
        raise NotAllowed(_("You need to be an editor of the city’s municipality to do this."))
    if process.state != ProcessState.DRAFT:
        raise NotAllowed(_("The map cannot be changed after the survey has opened."))
    with transaction.atomic():
        current = locked(process)
        areas = (
            area_sets_of(current.city_id).filter(public_id=area_set).first() if area_set else None
        )
        if area_set and areas is None:
            raise InvalidData([Fault("area_set", "not-chosen")])
        ground = make_ground(current, areas, km or KM, only)
        _note(current, "set-ground", actor=actor, at=at, cells=len(ground.cells))
    return ground


def make_ground(process: Process, areas: AreaSet | None, km: int = KM, only: str = "") -> Ground:
    """Store the cells of a survey, replacing earlier ones. Raises InvalidData."""
    if areas is not None:
        cells, width, height = cells_of(areas, only.splitlines()), areas.width, areas.height
        if not cells:
            raise InvalidData([Fault("only", "ground-none")])
    else:
        city = process.city
        if city.latitude is None or city.longitude is None:
            raise InvalidData([Fault("area_set", "ground-city")])
        cells, width, height = grid(city.latitude, city.longitude, km), BOX, BOX
    ground, _ = Ground.objects.update_or_create(
        process=process,
        defaults={
            "area_set": areas,
            "km": None if areas else km,
            "only": only.strip() if areas else "",
            "cells": [
                {
                    "code": cell.code,
                    "name": cell.name,
                    "shape": as_geojson(cell.shape),
                    "outline": cell.outline,
                }
                for cell in cells
            ],
            "width": width,
            "height": height,
        },
    )
    return ground


def need_ground(process: Process) -> None:
    """Choose the newest areas of the city, or a circle, if nothing was chosen."""
    if ground_of(process) is None:
        make_ground(process, area_sets_of(process.city_id).first())
