"""From rows of a starter folder, with their editorial additions, to the records of the rooms."""

from __future__ import annotations

import datetime as dt
from typing import Any

from alliance.cases.case_document import (
    TEXT_FIELDS,
    CaseDocument,
    CostPart,
    EffectPart,
    NullPart,
    Place,
    QuantityPart,
    SourcePart,
    Text,
)
from alliance.cases.case_fields import QUANTITIES
from alliance.cases.enums import Outcome, TextStatus, Topic
from alliance.cases.records import (
    COST_COLUMNS,
    DISPUTE_COLUMNS,
    SCHEME_COLUMNS,
    MethodRecord,
    MethodTextRecord,
    SolutionRecord,
    SolutionTextRecord,
)
from alliance.core.ids import slug as make_slug
from alliance.starter.files import LANGUAGES_BESIDE_ENGLISH, StarterFiles


def _period(text: str | None) -> tuple[int | None, int | None]:
    if not text:
        return None, None
    start, _, end = text.partition("-")
    return int(start), int(end or start)


def _place(files: StarterFiles, row: dict[str, Any]) -> Place:
    known = files.places.get((row["city"], row["country"]), {})
    by_name = {city["id"] for city in files.cities}
    city_id = known.get("city_id")
    if not known and make_slug(row["city"]) in by_name:
        city_id = make_slug(row["city"])
    return Place(
        name=known.get("name") or row["city"],
        country=row["country"],
        name_fr=known.get("name_fr") or "",
        name_sv=known.get("name_sv") or "",
        city=city_id,
        latitude=row.get("lat"),
        longitude=row.get("lon"),
    )


def _source(files: StarterFiles, row: dict[str, Any]) -> SourcePart:
    known = files.source_kinds.get(row["url"], {})
    return SourcePart(
        title=row["title"],
        url=row["url"],
        seen=row.get("seen") or "",
        kind=row.get("kind") or known.get("kind") or "unknown",
        independent=row["independent"] if "independent" in row else known.get("independent"),
    )


def _effect(
    effect: dict[str, Any],
    pool_exclusion: str,
    check_again: str | None,
    translated: dict[str, dict[str, Any]],
) -> EffectPart:
    start, end = _period(effect.get("period"))
    fields = EffectPart.model_fields
    kwargs = {name: value for name, value in effect.items() if name in fields and value is not None}
    texts = {
        f"{name}_{language}": words.get(name) or ""
        for language, words in translated.items()
        for name in ("qualifier", "note")
    }
    return EffectPart(
        **{**kwargs, **texts},
        period_start=start,
        period_end=end,
        pool_exclusion=pool_exclusion or None,
        check_again=check_again,
    )


def _null(null: dict[str, Any]) -> NullPart:
    start, end = _period(null.get("period"))
    kwargs = {name: value for name, value in null.items() if name != "period" and value is not None}
    return NullPart(**kwargs, period_start=start, period_end=end)


def _texts(files: StarterFiles, row: dict[str, Any]) -> dict[str, Text]:
    """The English text of a case, and the editors' translations of it."""
    texts = {"en": Text(**{name: row.get(name) or "" for name in TEXT_FIELDS})}
    for language in LANGUAGES_BESIDE_ENGLISH:
        words = files.translations["cases", language].get(row["slug"])
        if words:
            texts[language] = Text(
                status=TextStatus.TRANSLATED,
                **{name: words.get(name) or "" for name in TEXT_FIELDS},
            )
    return texts


def _effects_in(files: StarterFiles, slug: str, language: str) -> list[dict[str, Any]]:
    words = files.translations["cases", language].get(slug, {})
    return words.get("effects", [])


def case_document(files: StarterFiles, row: dict[str, Any]) -> CaseDocument:
    """One row of cases.json with its editorial additions."""
    slug = row["slug"]
    cost = row.get("cost")
    status = files.status.get(slug, {})
    quantities: dict[str, Any] = {
        field.name: QuantityPart(**quantity)
        for field in QUANTITIES
        if (quantity := row.get(field.name))
    }
    same = {
        name: row[name]
        for name in (
            *("solution", "kind", "start_year", "end_year"),
            *("topics", "themes", "sdg_targets", "actors"),
        )
    }
    return CaseDocument(
        original_language="en",
        outcome=Outcome.REPORTED.value if slug in files.reported else row["outcome"],
        place=_place(files, row),
        reasons=row.get("reasons") or files.reasons.get(slug) or [],
        **files.who.get(slug, {}),
        cost=CostPart(**{"price_year" if k == "year" else k: v for k, v in cost.items()})
        if cost
        else None,
        texts=_texts(files, row),
        effects=[
            _effect(
                effect,
                files.overlaps.get((slug, effect.get("key")), "")
                or files.overlaps.get((slug, position), ""),
                files.effect_check_again.get(slug, {}).get(effect.get("key")),
                {
                    language: words[position]
                    for language in LANGUAGES_BESIDE_ENGLISH
                    # As many as the case has, or a fault names them.
                    if len(words := _effects_in(files, slug, language)) > position
                },
            )
            for position, effect in enumerate(row["effects"])
        ],
        nulls=[_null(null) for null in row.get("nulls", [])],
        amounts=[CostPart(**amount) for amount in row.get("amounts", [])],
        sources=[_source(files, source) for source in row["sources"]],
        adapted_from=row.get("adapted_from") or None,
        adaptation_changes=row.get("adaptation_changes") or "",
        running=status.get("running", ""),
        running_year=status.get("year"),
        running_source=status.get("source", ""),
        check_again=files.check_again.get(slug, []),
        checked_on=files.compiled_on,
        review_by=dt.date.fromisoformat(row["review_by"]) if row.get("review_by") else None,
        **quantities,
        **same,
    )


def _set(text: str, language: str) -> str:
    """A name with the apostrophe and, in French, the spaces that the translated texts use."""
    text = text.replace("'", "’")
    if language == "fr":
        text = text.replace("« ", "«\u00a0").replace(" »", "\u00a0»")
        for sign in ":;?!%":
            text = text.replace(f" {sign}", f"\u00a0{sign}")
    return text


#: What stands as the source of a dispute where the sources of the case say so.
THE_CASE = "the case"


def _editorial(row: dict[str, Any]) -> dict[str, Any]:
    """What solution-editorial.json says of a solution."""
    main, one_off = row.get("main_measure"), row.get("one_off") or {}
    return {
        "main_measure_chosen": "main_measure" in row,
        "main_measure": main["measure"] if main else "",
        "main_unit": main["unit"] if main else "",
        "main_measure_why": row.get("main_measure_why", ""),
        "one_off": one_off.get("kind", ""),
        "one_off_year": one_off.get("year"),
        "one_off_why": one_off.get("why", ""),
        "national_schemes": [
            SCHEME_COLUMNS
            | {name: value for name, value in scheme.items() if name != "source"}
            | {"country": country, "source_url": scheme["source"]}
            for country, scheme in row.get("national_scheme", {}).items()
        ],
        "disputes": [
            DISPUTE_COLUMNS
            | {
                "case": dispute["case"],
                "effects": dispute["effects"],
                "sentence": dispute["en"],
                "sentence_fr": dispute["fr"],
                "sentence_sv": dispute["sv"],
                "source_url": "" if dispute["source"] == THE_CASE else dispute["source"],
            }
            for dispute in row.get("disputed", ())
        ],
    }


def solution_record(files: StarterFiles, row: dict[str, Any]) -> SolutionRecord:
    """One row of solutions.json with its translations."""
    texts = [
        SolutionTextRecord(
            language="en",
            name=row["name"],
            summary=row["summary"],
            how_it_works=row["how_it_works"],
            prerequisites=tuple(row["prerequisites"]),
        )
    ]
    for language in LANGUAGES_BESIDE_ENGLISH:
        name = row.get(f"name_{language}")
        translated = files.translations["solutions", language].get(row["slug"], {})
        if name:
            texts.append(
                SolutionTextRecord(
                    language=language,
                    name=_set(name, language),
                    summary=translated.get("summary", ""),
                    how_it_works=translated.get("how_it_works", ""),
                    prerequisites=tuple(translated.get("prerequisites", ())),
                    status=TextStatus.TRANSLATED,
                )
            )
    return SolutionRecord(
        public_id=row["slug"],
        kind=row["kind"],
        texts=tuple(texts),
        prerequisite_kinds=tuple(row.get("prerequisite_kinds", ())),
        costs=tuple({**COST_COLUMNS, **cost} for cost in files.solution_costs.get(row["slug"], ())),
        editorial=_editorial(files.editorial.get(row["slug"], {})),
        topics=tuple(row["topics"]),
        themes=tuple(row["themes"]),
        sdg_targets=tuple(row["sdg_targets"]),
    )


def method_record(files: StarterFiles, row: dict[str, Any]) -> MethodRecord:
    """One row of engagement-methods.json with its translations."""
    group_size = row.get("group_size", {})
    texts = [
        MethodTextRecord(
            language="en",
            name=row["name"],
            description=row["description"],
            strengths=tuple(row.get("strengths", ())),
            limits=tuple(row.get("limits", ())),
            best_for=row.get("best_for") or "",
            duration=row.get("duration") or "",
            group_size_typical=group_size.get("typical") or "",
            evaluation_criteria=tuple(row.get("evaluation_criteria", ())),
        )
    ]
    for language in LANGUAGES_BESIDE_ENGLISH:
        name = row.get(f"name_{language}")
        translated = files.translations["engagement-methods", language].get(row["slug"])
        if name and translated:
            texts.append(
                MethodTextRecord(
                    language=language,
                    name=_set(name, language),
                    status=TextStatus.TRANSLATED,
                    description=translated["description"],
                    best_for=translated.get("best_for", ""),
                    duration=translated.get("duration", ""),
                    group_size_typical=translated.get("group_size_typical", ""),
                    strengths=tuple(translated.get("strengths", ())),
                    limits=tuple(translated.get("limits", ())),
                    evaluation_criteria=tuple(translated.get("evaluation_criteria", ())),
                )
            )
    return MethodRecord(
        public_id=row["slug"],
        topic=row.get("topic", Topic.ENGAGING_CITIZENS.value),
        kind=row["kind"],
        cost_level=row.get("cost_level", ""),
        iap2_level=row.get("iap2_level", ""),
        mode=row.get("mode", ""),
        texts=tuple(texts),
        group_size_min=group_size.get("min"),
        group_size_max=group_size.get("max"),
        sources=tuple(row.get("sources", ())),
        related_solution=row.get("related_solution") or "",
        evidence_cases=tuple(row.get("evidence_cases", ())),
    )
