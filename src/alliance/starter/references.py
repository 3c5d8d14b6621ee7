"""Do the editorial additions of a starter folder speak of what is in it?

An addition to a case that is misspelt would be left out without a word.
"""

from __future__ import annotations

from collections.abc import Iterator

from alliance.core.errors import Fault
from alliance.knowledge.validation import country_faults
from alliance.starter.files import StarterFiles


def _unknown(where: str, kind: str, value: str) -> Fault:
    return Fault(where, f"unknown {kind} {value!r}")


def _about_cases(files: StarterFiles) -> Iterator[Fault]:
    effects = {row["slug"]: len(row["effects"]) for row in files.cases}
    for slug in files.reasons:
        if slug not in effects:
            yield _unknown(f"outcome-reasons.json, {slug}", "case", slug)
    for number, (slug, index) in enumerate(files.overlaps, start=1):
        where = f"effect-overlaps.json, row {number}"
        if slug not in effects:
            yield _unknown(f"{where}, case", "case", slug)
        elif index >= effects[slug]:
            yield Fault(f"{where}, index", f"{slug!r} has {effects[slug]} effects, counted from 0")


def _about_cities(files: StarterFiles) -> Iterator[Fault]:
    cities = {row["id"] for row in files.cities} | {
        place["city_id"] for place in files.places.values()
    }
    for number, row in enumerate(files.organisations, start=1):
        where = f"organisations.json, row {number}"
        yield from country_faults(f"{where}, country", row["country"], of_city=True)
        if row["city_id"] is not None and row["city_id"] not in cities:
            yield _unknown(f"{where}, city_id", "city", row["city_id"])
    for number, row in enumerate(files.places.values(), start=1):
        yield from country_faults(
            f"places.json, row {number}, country",
            row["country"],
            of_city=row["place_kind"] == "city",
        )
    for name, ids in (("koppen.csv", files.koppen), ("city-sizes.csv", files.sizes)):
        for number, city in enumerate(ids, start=2):
            if city not in cities:
                yield _unknown(f"{name}, row {number}, column city_id", "city", city)


def _about_texts(files: StarterFiles) -> Iterator[Fault]:
    known = {
        "solutions": ("solution", {row["slug"] for row in files.solutions}),
        "engagement-methods": ("method", {row["slug"] for row in files.methods}),
    }
    for (name, language), texts in files.translations.items():
        kind, slugs = known[name]
        for slug in texts:
            if slug not in slugs:
                yield _unknown(f"translations/{name}.{language}.json, {slug}", kind, slug)


def reference_faults(files: StarterFiles) -> Iterator[Fault]:
    """Every addition that belongs to no case, city, solution or method of the folder."""
    yield from _about_cases(files)
    yield from _about_cities(files)
    yield from _about_texts(files)
