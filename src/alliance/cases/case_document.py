"""The case document: a case as plain JSON, whole or half-written.

Drafts, the write API, imports, the starter and the kept versions share this one shape, the one that
`alliance.cases.snapshots.snapshot` gives for a published case. What is not known yet is null
or left out. `check_shape` says whether what is there has the right types; the rules of a whole case
are in `alliance.cases.validation`, and what else is known of each field in
`alliance.cases.case_fields`. Fields stand in the order in which a version of a case tells them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import count
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from alliance.analysis.effect_spread import MEASURED_DESIGNS
from alliance.cases.enums import Outcome, TextStatus
from alliance.core.errors import InvalidData, shape_faults
from alliance.core.ids import slug
from alliance.core.text import first_sentence

if TYPE_CHECKING:
    from alliance.cases.models import CaseStudy

LONGEST_LIST = 200
#: The result of a case in one sentence.
LONGEST_LEAD = 400
#: A whole number that is told without thousands signs.
Year = Annotated[int, "year"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class NewSolution(_Part):
    """A solution that is not in the list yet; it is made when the case is published."""

    name: str = ""
    summary: str = ""
    kind: str = ""


class Place(_Part):
    name: str = ""
    name_fr: str = ""
    name_sv: str = ""
    country: str = ""
    city: str | None = None
    latitude: float | None = None
    longitude: float | None = None


class CostPart(_Part):
    """Money as given: amount in major units, ISO currency, and the year of its prices.

    `cost` of a case is what it cost, and what it is compared by; `amounts` are told beside it.
    `kind` says what it is the amount of; one handed out, lost, or paid in part is not compared.
    """

    amount: float | None = None
    currency: str = ""
    price_year: Year | None = None
    kind: str | None = None
    covers: str = ""
    covers_fr: str = ""
    covers_sv: str = ""
    source: str = ""
    is_computed: bool = False


class QuantityPart(_Part):
    """A number with its unit code, such as 18 `months`."""

    value: float | None = None
    unit: str = ""


class Text(_Part):
    status: str = "original"
    title: str = ""
    lead: str = ""
    summary: str = ""
    problem: str = ""
    what_worked: str = ""
    what_did_not: str = ""
    equity_notes: str = ""
    justice_distribution: str = ""
    justice_recognition: str = ""
    justice_procedure: str = ""
    justice_capability: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written in this language."""
        return not any(getattr(self, name) for name in TEXT_FIELDS)


TEXT_FIELDS = tuple(name for name in Text.model_fields if name != "status")


class EffectPart(_Part):
    """One result of a case; `measure`, `unit` and `baseline_unit` are names of the vocabularies.

    A baseline is in the unit of the result unless `baseline_unit` says otherwise.

    `key` names it within its case from its first save on, whatever else of it changes. `pilot` is
    the public id of the pilot it came of, whose marks (`PILOT_MARKS`) nobody takes off.
    """

    measure: str = ""
    qualifier: str = ""
    unit: str = ""
    value: float | None = None
    baseline: float | None = None
    baseline_unit: str | None = None
    baseline_year: Year | None = None
    baseline_source: str = ""
    is_baseline_computed: bool = False
    low: float | None = None
    high: float | None = None
    range_low: float | None = None
    range_high: float | None = None
    se: float | None = None
    se_rule: str | None = None
    n: int | None = None
    study: str = ""
    sample: str = ""
    period_start: Year | None = None
    period_end: Year | None = None
    design: str = ""
    direction: str = ""
    pool_exclusion: str | None = None
    is_main: bool = False
    has_late_plan: bool = False
    has_failed_check: bool = False
    has_deviation: bool = False
    pilot: str = ""
    check_again: str | None = None
    key: str = ""
    source: str = ""
    note: str = ""
    qualifier_fr: str = ""
    qualifier_sv: str = ""
    note_fr: str = ""
    note_sv: str = ""


LONGEST_KEY = 80
#: Measure, qualifier and key of a result.
Known = tuple[str, str, str]


def with_keys(
    document: CaseDocument, effects: Iterable[Known] = (), nulls: Iterable[Known] = ()
) -> CaseDocument:
    """The document with a key for each result that has none.

    `effects` and `nulls` are those of the same case as it was. One that tells the same measure of
    the same part keeps the key it had; another gets one made of these two.
    """
    return document.model_copy(
        update={
            "effects": _keyed(document.effects, effects, ""),
            "nulls": _keyed(document.nulls, nulls, "null "),
        }
    )


def _keyed(results: list[Any], known: Iterable[Known], prefix: str) -> list[Any]:
    keys = {result.key for result in results if result.key}
    before: dict[tuple[str, str], list[str]] = {}
    taken = set(keys)
    for measure, qualifier, key in known:
        taken.add(key)
        if key not in keys:
            before.setdefault((measure, qualifier), []).append(key)
    keyed = []
    for result in results:
        if not result.key:
            own = before.get((result.measure, result.qualifier))
            words = slug(f"{prefix}{result.measure} {result.qualifier}") or "result"
            key = own.pop(0) if own else next(key for key in _names(words) if key not in taken)
            taken.add(key)
            result = result.model_copy(update={"key": key})
        keyed.append(result)
    return keyed


def _names(words: str) -> Iterator[str]:
    """`words` as a key, then numbered from 2 on."""
    yield words[:LONGEST_KEY].strip("-")
    for number in count(2):
        yield f"{words[: LONGEST_KEY - 5].strip('-')}-{number}"


#: What weakens a result of a pilot.
PILOT_MARKS = ("has_late_plan", "has_failed_check", "has_deviation")


def with_pilot_marks(document: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """The plain document with what the pilot said of its results, as the document `before` has it.

    A result is the same one by its key, else by measure and part. Where one of a pilot is gone, the
    results that are new take over its marks: writing it anew loses none.
    """
    known = [effect for effect in before.get("effects", ()) if isinstance(effect, dict)]
    if not any(effect.get("pilot") for effect in known):
        return document
    left = list(known)
    effects: list[dict[str, Any]] = []
    new = []
    for effect in document["effects"]:
        same = next((was for was in left if _is_same_result(effect, was)), None)
        effects.append(effect | {"pilot": ""})
        if same is None:
            new.append(len(effects) - 1)
        else:
            left.remove(same)
            effects[-1] = _marked(effects[-1], same)
    for was in left:
        for at in new:
            effects[at] = _marked(effects[at], was)
    return document | {"effects": effects}


def _is_same_result(result: dict[str, Any], was: dict[str, Any]) -> bool:
    if result.get("key") and was.get("key"):
        return bool(result["key"] == was["key"])
    return all(result[name] == was.get(name, "") for name in ("measure", "qualifier"))


def _marked(effect: dict[str, Any], was: dict[str, Any]) -> dict[str, Any]:
    if not was.get("pilot"):
        return effect
    marks = {name: effect[name] or was.get(name, False) for name in PILOT_MARKS}
    return effect | marks | {"pilot": was["pilot"]}


#: The words of an effect and their translations.
EFFECT_WORDS = tuple(name for name in EffectPart.model_fields if name.startswith(("qual", "note")))


class NullPart(_Part):
    """A result that was measured and told as no difference, without a number.

    `measure` is a name of the vocabulary, `sentence` the whole of it in the language of the case,
    `source` the address that says so. No number stands for it, least of all 0.
    """

    measure: str = ""
    qualifier: str = ""
    sentence: str = ""
    design: str = ""
    period_start: Year | None = None
    period_end: Year | None = None
    source: str = ""
    is_main: bool = False
    key: str = ""
    sentence_fr: str = ""
    sentence_sv: str = ""


#: The sentence of such a result and its translations.
NULL_WORDS = tuple(name for name in NullPart.model_fields if name.startswith("sentence"))


class SourcePart(_Part):
    title: str = ""
    url: str = ""
    seen: str = ""
    kind: str = "unknown"
    independent: bool | None = None


class CaseDocument(_Part):
    """A case being written. Empty text and null mean "not recorded"."""

    outcome: str = ""
    reasons: list[str] = []
    solution: str = ""
    new_solution: NewSolution | None = None
    kind: str = ""
    place: Place = Place()
    is_masked: bool = False
    start_year: Year | None = None
    end_year: Year | None = None
    running: str = ""
    running_year: Year | None = None
    running_source: str = ""
    cost: CostPart | None = None
    staff_time: QuantityPart | None = None
    lead_time: QuantityPart | None = None
    lifetime: QuantityPart | None = None
    gained: list[str] = []
    paid: list[str] = []
    adapted_from: str | None = None
    adaptation_changes: str = ""
    topics: list[str] = []
    themes: list[str] = []
    sdg_targets: list[str] = []
    actors: list[str] = []
    check_again: list[str] = []
    checked_on: dt.date | None = Field(default=None, strict=False)
    original_language: str = ""
    review_by: dt.date | None = Field(default=None, strict=False)
    texts: dict[str, Text] = Field(default={}, max_length=3)
    effects: list[EffectPart] = Field(default=[], max_length=LONGEST_LIST)
    nulls: list[NullPart] = Field(default=[], max_length=LONGEST_LIST)
    amounts: list[CostPart] = Field(default=[], max_length=LONGEST_LIST)
    sources: list[SourcePart] = Field(default=[], max_length=LONGEST_LIST)

    @property
    def published_outcome(self) -> str:
        """The outcome that readers see: "worked" takes an effect that was measured."""
        is_measured = any(effect.design in MEASURED_DESIGNS for effect in self.effects)
        if self.outcome == Outcome.WORKED and not is_measured:
            return Outcome.REPORTED.value
        return self.outcome

    @property
    def written_texts(self) -> dict[str, Text]:
        """The texts that say anything, by language."""
        return {language: text for language, text in self.texts.items() if not text.is_empty}


def check_shape(content: Any, *, where: str = "case") -> CaseDocument:
    """The document that `content` holds, half-written or whole.

    Raises InvalidData naming each field of an unknown name or a wrong type.
    """
    try:
        return CaseDocument.model_validate(content)
    except ValidationError as error:
        raise InvalidData(shape_faults(error, where)) from error


def plain(document: CaseDocument) -> dict[str, Any]:
    """The document as JSON values, every key present."""
    return document.model_dump(mode="json")


def with_lead(document: CaseDocument) -> CaseDocument:
    """The document with the first sentence of its original summary as the lead, where it has none.

    Translations stay as they are, which would else count as edited.
    """
    text = document.texts.get(document.original_language)
    if text is None or text.lead:
        return document
    first = first_sentence(text.summary)
    lead = first if len(first) <= LONGEST_LEAD else ""
    texts = document.texts | {document.original_language: text.model_copy(update={"lead": lead})}
    return document.model_copy(update={"texts": texts})


def with_true_statuses(document: CaseDocument, case: CaseStudy | None) -> CaseDocument:
    """The document with each text told for what it is, whatever it says of itself.

    The text in the original language is the original. Another is a translation, and counts as
    reviewed only where it is, word for word, the one that somebody reviewed in `case`.
    """
    known = {text.language: text for text in case.texts.all()} if case else {}
    texts = {}
    for language, text in document.texts.items():
        present = known.get(language)
        if language == document.original_language:
            status = TextStatus.ORIGINAL.value
        elif present is not None and all(
            getattr(present, name) == getattr(text, name) for name in TEXT_FIELDS
        ):
            status = present.status
        else:
            status = TextStatus.TRANSLATED.value
        if status == TextStatus.ORIGINAL and language != document.original_language:
            # It was the original until this change named another.
            status = TextStatus.TRANSLATED.value
        texts[language] = text.model_copy(update={"status": status})
    return document.model_copy(update={"texts": texts})
