"""The start of every synthetic process: it decides nothing, and is labelled as synthetic."""

from __future__ import annotations

import datetime as dt

from alliance.core.audit import Actor
from alliance.network.models import Organisation
from alliance.participation.models import Process
from alliance.participation.services import processes

DAY = dt.timedelta(days=1)
#: What is decided, by whom, and what cannot be changed, by the language of the example.
_NOTHING = {
    "en": (
        "Nothing: synthetic example.",
        "nobody: synthetic example",
        "Everything: synthetic example.",
    ),
    "fr": (
        "Rien : exemple synthétique.",
        "personne : exemple synthétique",
        "Tout : exemple synthétique.",
    ),
    "sv": (
        "Ingenting: syntetiskt exempel.",
        "ingen: syntetiskt exempel",
        "Allt: syntetiskt exempel.",
    ),
}


def prepared(
    team: Organisation,
    question: processes.Question,
    ground: processes.Preparation,
    public_id: str,
    *,
    days: int = 60,
    actor: Actor,
    at: dt.datetime,
) -> Process:
    """A synthetic draft process with that id; decided after `days`, answered 30 days later."""
    process = processes.start(team, question, actor=actor, at=at)
    Process.objects.filter(pk=process.pk).update(is_synthetic=True, public_id=public_id)
    process.refresh_from_db()
    what, who, not_open = _NOTHING[question.language]
    pledge = processes.Pledge(
        decides_what=what,
        decides_who=who,
        decides_by=at.date() + days * DAY,
        answers_by=at.date() + (days + 30) * DAY,
        not_open=not_open,
    )
    process = processes.promise(process, pledge, actor=actor, at=at)
    return processes.prepare(process, ground, actor=actor, at=at)


def promises_in(language: str) -> dict[str, str]:
    """The same promise in another language, by the keys of `translating.translate`."""
    fields = ("decides_what", "decides_who", "not_open")
    pairs = zip(fields, _NOTHING[language], strict=True)
    return {f"process-{field}": text for field, text in pairs}
