"""Importing and deleting a city's small areas."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.archives import is_packed, opened_archive
from alliance.core.errors import Fault, InvalidData, NotAllowed, refuse
from alliance.core.files.contained import Unreadable, read_contained
from alliance.core.files.rows import Limits
from alliance.core.files.tables import table_rows
from alliance.equity import rules
from alliance.equity.models import Area, AreaSet
from alliance.evidence.services.method_results import drop_result
from alliance.network import needs_offers_rules
from alliance.network import rules as network
from alliance.network.models import Organisation

_note = audit.noting("areas")
_web_address = URLValidator(schemes=["http", "https"])
MOST_BYTES = 25_000_000
MOST_AREAS = 20_000
_LIMITS = Limits(rows=MOST_AREAS, memory=1_500_000_000, seconds=120)


@dataclass(frozen=True)
class About:
    """The description of a file of areas. `crs`: EPSG number if the file does not state it; `code`
    and `called`: the columns of codes and names if they are not the usual ones."""

    name: str
    kind: str
    language: str
    year: int
    source: str
    licence: str
    url: str = ""
    crs: int | None = None
    code: str = ""
    called: str = ""


def bring_areas(
    organisation: Organisation,
    about: About,
    content: bytes,
    *,
    actor: audit.Actor,
    at: dt.datetime,
    is_synthetic: bool = False,
    begins: Sequence[str] = (),
) -> AreaSet:
    """Import the areas of a file: shapes, or a table with codes and names.

    `begins`: prefixes of the codes to import from a file of shapes; empty for all. Raises
    InvalidData naming areas, and NotAllowed. Of a faulty file nothing is stored.
    """
    speaks = needs_offers_rules.may_speak_for(actor, organisation)
    if not (speaks or network.is_secretariat(actor)) or organisation.city is None:
        raise NotAllowed(_("You need to be an editor of the city’s municipality to do this."))
    check_source(about.url)
    city = organisation.city
    made = AreaSet(
        organisation=organisation,
        city=city,
        kind=about.kind,
        name=about.name,
        language=about.language,
        year=about.year,
        source=about.source,
        licence=about.licence,
        url=about.url,
        is_synthetic=is_synthetic,
        made_by=actor.user,
        made_at=at,
        changed_at=at,
    )
    made.full_clean(exclude=["organisation", "city", "made_by"])
    if AreaSet.objects.filter(city=city, name=about.name, year=about.year, ended_at=None).exists():
        raise InvalidData([Fault("name", "areas-same")])
    if is_table(content):
        areas = list(_of_table(content, about))
    else:
        place = None if city.latitude is None else [city.latitude, city.longitude]
        areas = list(_of_shapes(content, about, place, made, begins))
    with transaction.atomic():
        made.save()
        for number, area in enumerate(sorted(areas, key=lambda area: area.code)):
            area.area_set, area.number = made, number
        Area.objects.bulk_create(areas, batch_size=200)
        _note(made, "bring", actor=actor, at=at, areas=len(areas))
    return made


def check_source(url: str) -> None:
    """Refuse an invalid link to a source. Raises InvalidData."""
    try:
        if url:
            _web_address(url)
    except ValidationError:
        raise InvalidData([Fault("url", "not-a-web-address", {"value": url})]) from None


def is_table(content: bytes) -> bool:
    """Whether a file is a table rather than shapes."""
    if content.startswith(b"SQLite format 3"):
        return False
    if is_packed(content):
        with opened_archive(content) as archive:
            return "xl/workbook.xml" in archive.namelist()
    return not content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def _of_shapes(
    content: bytes, about: About, place: list[Any] | None, made: AreaSet, begins: Sequence[str]
) -> Iterator[Area]:
    if is_packed(content):
        with opened_archive(content):
            pass
    try:
        for what, *item in read_contained(
            "alliance.equity.shapes:read",
            content,
            limits=_LIMITS,
            crs=about.crs,
            code=about.code,
            name=about.called,
            city=place,
            begins=list(begins),
        ):
            if what == "faults":
                refuse([Fault("file", code, dict(params)) for code, params in item[0]])
            elif what == "set":
                made.crs, made.width, made.height, made.remarks = item
            else:
                code, name, shape, outline, latitude, longitude = item
                yield Area(
                    code=code,
                    name=name,
                    shape=shape,
                    outline=outline,
                    latitude=latitude,
                    longitude=longitude,
                )
    except Unreadable as error:
        raise InvalidData([Fault("file", "shapes-unreadable")]) from error


def _of_table(content: bytes, about: About) -> Iterator[Area]:
    """Codes from the first column or the named one, names from the second."""
    rows = table_rows(content, limits=Limits(rows=MOST_AREAS))
    head = next(rows, None)
    if head is None:
        raise InvalidData([Fault("file", "areas-none")])
    columns = [str(cell or "").strip().casefold() for cell in head.cells]
    places = []
    for number, wanted in enumerate((about.code, about.called)):
        if wanted and wanted.strip().casefold() not in columns:
            raise InvalidData([Fault("file", "shapes-code-column", {"columns": columns[:30]})])
        places.append(columns.index(wanted.strip().casefold()) if wanted else number)
    seen: set[str] = set()
    for _sheet, number, cells in rows:
        code, name = (
            str(cells[at] if at < len(cells) and cells[at] is not None else "").strip()
            for at in places
        )
        if not 0 < len(code) <= 40:
            raise InvalidData([Fault("file", "areas-code", {"row": number})])
        if code in seen:
            raise InvalidData([Fault("file", "areas-code-twice", {"code": code})])
        seen.add(code)
        yield Area(code=code, name=name[:120])
    if not seen:
        raise InvalidData([Fault("file", "areas-none")])


def end_areas(area_set: AreaSet, *, actor: audit.Actor, at: dt.datetime) -> AreaSet:
    """Delete areas with their figures: their pages close. Raises NotAllowed."""
    if not rules.may_edit(actor, area_set):
        raise NotAllowed(_("You need to be an editor of the city’s municipality to do this."))
    with transaction.atomic():
        area_set.ended_at = area_set.changed_at = at
        area_set.save(update_fields=["ended_at", "changed_at"])
        drop_result("areas", area_set.public_id)
        _note(area_set, "end", actor=actor, at=at)
    return area_set
