"""Background jobs of this room."""

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
    """Work an analysis of a pilot out and keep its result; the state it is in then."""
    rows = Evaluation.objects.select_related("pilot", "protocol", "measurement__pilot", "city")
    evaluation = rows.filter(public_id=public_id).first()
    if evaluation is None:
        return ""
    done = work_out(evaluation, at=clock.now())
    # Several cities' results may have called for the pooled one.
    enqueue_waiting(done.pilot)
    return done.state


@task
def simulate_power(public_id: str) -> str:
    """Simulate what the plan of a pilot can find, from the time before; the state it is in then."""
    pilot = Pilot.objects.filter(public_id=public_id).first()
    return str(simulate(pilot).simulation.get("state", "")) if pilot is not None else ""


def enqueue_simulation(pilot: Pilot) -> None:
    """Put the simulation of a plan in the queue, once."""
    enqueue_once(simulate_power, f"power:{pilot.public_id}", public_id=pilot.public_id)


@task
def work_out_forgotten() -> int:
    """Put analyses in the queue that were asked for but have no job any more; how many."""
    rows = Evaluation.objects.filter(
        state__in=[EvaluationState.WAITING, EvaluationState.RUNNING],
        asked_at__lt=clock.now() - dt.timedelta(minutes=10),
    )
    for evaluation in rows:
        _enqueue(evaluation)
    return len(rows)


def enqueue_waiting(pilot: Pilot) -> None:
    """Put every analysis of a pilot that waits in the queue, once."""
    for evaluation in pilot.evaluations.filter(state=EvaluationState.WAITING):
        _enqueue(evaluation)


def _enqueue(evaluation: Evaluation) -> None:
    enqueue_once(
        work_out_evaluation, f"pilot:{evaluation.public_id}", public_id=evaluation.public_id
    )


PERIODIC = (Periodic(work_out_forgotten, every=dt.timedelta(minutes=10)),)
