"""Background tasks of testbeds."""

from __future__ import annotations

import datetime as dt

from django_tasks import task

from alliance.core import clock
from alliance.core.tasks import Periodic, enqueue_once
from alliance.testbeds.enums import EvaluationState
from alliance.testbeds.models import Evaluation, Pilot
from alliance.testbeds.services.evaluations import work_out
from alliance.testbeds.services.simulation import simulate


@task
def work_out_evaluation(public_id: str) -> str:
    """Runs an analysis of a pilot and saves its result; returns its state."""
    rows = Evaluation.objects.select_related("pilot", "protocol", "measurement__pilot", "city")
    evaluation = rows.filter(public_id=public_id).first()
    if evaluation is None:
        return ""
    done = work_out(evaluation, at=clock.now())
    # The results of several cities may have requested the pooled analysis.
    enqueue_waiting(done.pilot)
    return done.state


@task
def simulate_power(public_id: str) -> str:
    """Simulates the power of a pilot's plan from the time before; returns its state."""
    pilot = Pilot.objects.filter(public_id=public_id).first()
    return str(simulate(pilot).simulation.get("state", "")) if pilot is not None else ""


def enqueue_simulation(pilot: Pilot) -> None:
    """Enqueues the simulation of a plan, once."""
    enqueue_once(simulate_power, f"power:{pilot.public_id}", public_id=pilot.public_id)


@task
def work_out_forgotten() -> int:
    """Enqueues waiting analyses whose job was lost; returns how many."""
    rows = Evaluation.objects.filter(
        state__in=[EvaluationState.WAITING, EvaluationState.RUNNING],
        asked_at__lt=clock.now() - dt.timedelta(minutes=10),
    )
    for evaluation in rows:
        _enqueue(evaluation)
    return len(rows)


def enqueue_waiting(pilot: Pilot) -> None:
    """Enqueues every waiting analysis of a pilot, once."""
    for evaluation in pilot.evaluations.filter(state=EvaluationState.WAITING):
        _enqueue(evaluation)


def _enqueue(evaluation: Evaluation) -> None:
    enqueue_once(
        work_out_evaluation, f"pilot:{evaluation.public_id}", public_id=evaluation.public_id
    )


PERIODIC = (Periodic(work_out_forgotten, every=dt.timedelta(minutes=10)),)
