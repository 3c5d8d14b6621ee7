"""What only a city knows about itself: its team answers once, for every solution."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed
from alliance.knowledge.enums import Language, Prerequisite
from alliance.network.models import City
from alliance.network.text_checks import choice_faults, text_faults
from alliance.testbeds.rules import may_answer_for_city

LONGEST_ANSWER = 500
LONGEST_SOURCE = 300
#: Subjects of the questions to a city.
ASKED = tuple(kind for kind in Prerequisite if kind != Prerequisite.OTHER)


def answer_for_city(
    city: City,
    *,
    answers: Mapping[str, Mapping[str, str]],
    language: str,
    actor: audit.Actor,
    at: dt.datetime,
) -> City:
    """Saves the answers of a city's team, replacing earlier ones.

    `answers` maps codes of `ASKED` to a `text` and its `source`; an empty text removes an answer.
    Unchanged answers keep their date. Raises InvalidData, NotAllowed.
    """
    if not may_answer_for_city(actor, city):
        raise NotAllowed(_("To answer for a city, you need to be an editor of its team."))
    faults = choice_faults("language", language, Language.values)
    for kind in ASKED:
        own = answers.get(kind, {})
        text, source = own.get("text", ""), own.get("source", "")
        faults += text_faults(f"{kind}.text", text, longest=LONGEST_ANSWER)
        faults += text_faults(
            f"{kind}.source", source, required=bool(text.strip()), longest=LONGEST_SOURCE
        )
        if source.strip() and not text.strip():
            faults.append(Fault(f"{kind}.text", "missing"))
    if faults:
        raise InvalidData(faults)
    with transaction.atomic():
        current = City.objects.select_for_update().get(pk=city.pk)
        before = {condition["kind"]: condition for condition in current.conditions}
        current.conditions = [
            _stored_answer(before.get(kind), kind.value, answers[kind], language, at.date())
            for kind in ASKED
            if answers.get(kind, {}).get("text", "").strip()
        ]
        current.save(update_fields=["conditions", "updated_at"])
        audit.record("city", current, "answer", actor=actor, at=at, language=language)
    return current


def _stored_answer(
    before: Mapping[str, str] | None,
    kind: str,
    answer: Mapping[str, str],
    language: str,
    on: dt.date,
) -> dict[str, str]:
    content = {"text": answer["text"].strip(), "source": answer["source"].strip()}
    if before is not None and all(before[key] == value for key, value in content.items()):
        return dict(before)
    return {"kind": kind, **content, "language": language, "on": on.isoformat()}
