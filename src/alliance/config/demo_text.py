"""A fictitious plan with comments and a changed version, labelled as such."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from alliance.config.demo_people import demo_team
from alliance.config.demo_process import DAY, prepared
from alliance.participation.enums import Channel, PhaseKind, ProcessKind
from alliance.participation.models import Process
from alliance.participation.services import processes
from alliance.plans.services.texts import enter_comments, set_text

TITLE = "Synthetic example: rules for the park"
NOTE = "Made up for the demonstration: no rules of the city, and nobody’s comments."
PUBLIC_ID = "synthetic-text"
FIRST = """The park is open from six in the morning until ten in the evening.

There are twenty benches. Half of them have arm rests.

Dogs are on a lead everywhere in the park.

Music may be played on the meadow until eight in the evening."""
SECOND = """The park is open from six in the morning until midnight in summer.

There are thirty benches. All of them have arm rests.

Dogs are on a lead everywhere in the park, except on the meadow behind the pond.

Music may be played on the meadow until eight in the evening.

Bicycles are walked on the path along the pond."""
COMMENTS = (
    ((1, "In summer it is light much longer."), (2, "Arm rests on all of them, please.")),
    ((3, "There should be one place where dogs can run."),),
    ((2, "More benches in the shade."), (4, "Eight is right: children sleep then.")),
)


def make_demo_text(*, at: dt.datetime) -> Process:
    """Create it if it is missing, in the name of the demo editor of Göteborg; deterministic.

    Raises InvalidData in production, or if the demo accounts are missing.
    """
    team, actor = demo_team("demo text", at=at)
    present = Process.objects.filter(public_id=PUBLIC_ID).first()
    if present is not None:
        return present
    with transaction.atomic():
        summary = f"{NOTE} It shows how residents comment a text."
        question = processes.Question(ProcessKind.TEXT, TITLE, "en", summary)
        phase = processes.PhaseData(PhaseKind.BOTH, at - DAY, at + 30 * DAY)
        ground = processes.Preparation(background=NOTE, phases=[phase])
        process = prepared(team, question, ground, PUBLIC_ID, actor=actor, at=at)
        set_text(process, FIRST, actor=actor, at=at)
        process = processes.open_process(process, actor=actor, at=at)
        for comments in COMMENTS:
            enter_comments(
                process, comments, language="en", channel=Channel.DESK, actor=actor, at=at
            )
        set_text(process, SECOND, note=f"What was asked for. {NOTE}", actor=actor, at=at)
    return process
