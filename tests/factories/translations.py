"""Translations for tests, after `tests.factories.knowledge.lay_ground`."""

from __future__ import annotations

import datetime as dt
from typing import Any

from alliance.cases.models import Method
from alliance.cases.models.texts import LocalText
from alliance.cases.records import MethodRecord, MethodTextRecord
from alliance.core.audit import COMMAND_LINE, Actor
from alliance.writing.services import save_method
from alliance.writing.services.translations import save_translation
from alliance.writing.translation_fields import Translatable
from tests.factories.people import NOW

#: In Swedish what `tests.factories.knowledge.text` says.
SWEDISH = {
    "title": "Vägar med pris",
    "summary": "Bilister betalar per timme. Trafiken föll genast.",
    "problem": "Köer varje morgon.",
    "what_worked": "Ett prov kom före omröstningen.",
    "what_did_not": "Omfartsvägar fick mer trafik.",
}
HEARING = {
    "name": "Utfrågning",
    "description": "Folk blir hörda.",
    "strengths": "Snabb\nBillig",
    "duration": "en kväll",
}


def make_method(public_id: str = "hearing") -> Method:
    """A method in English with a list of strengths and a duration."""
    text = MethodTextRecord(
        "en", "Hearing", "People are heard.", strengths=("Quick", "Cheap"), duration="one evening"
    )
    record = MethodRecord(
        public_id, cost_level="low", iap2_level="consult", mode="in-person", texts=(text,)
    )
    return save_method(record, actor=COMMAND_LINE, at=NOW)


def translate(
    record: Translatable,
    actor: Actor,
    *,
    expected: int = 0,
    texts: dict[str, Any] | None = None,
    language: str = "sv",
    at: dt.datetime = NOW,
    **options: Any,
) -> LocalText:
    """Save a translation, by default of a case that `make_case` made, into Swedish."""
    return save_translation(
        record,
        language=language,
        texts=SWEDISH if texts is None else texts,
        expected_revision=expected,
        actor=actor,
        at=at,
        **options,
    )
