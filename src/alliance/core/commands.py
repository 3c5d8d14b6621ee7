"""Commands for background jobs."""

from __future__ import annotations

import click


@click.command()
@click.option("--until-empty", is_flag=True, help="End when no job is waiting.")
@click.option("--parent", type=int, hidden=True, help="End when this process is gone.")
def worker(until_empty: bool, parent: int | None) -> None:
    """Run background jobs until Ctrl-C; a second Ctrl-C breaks the running one off."""
    import django

    django.setup()
    from alliance.core import instance_lock
    from alliance.core.tasks.worker import Interrupted, Worker

    instance_lock.share_database()
    process = Worker(until_empty=until_empty, parent=parent)
    process.listen_to_signals()
    try:
        process.run()
    except Interrupted:
        raise SystemExit(1) from None


@click.group()
def tasks() -> None:
    """Look at background jobs and steer them."""
    import django

    django.setup()


@tasks.command("list")
@click.option(
    "--status",
    type=click.Choice(["ready", "running", "failed", "successful"]),
    help="Only jobs in this state.",
)
@click.option("--limit", default=50, show_default=True, help="How many, newest first.")
def list_tasks(status: str | None, limit: int) -> None:
    """Show the newest jobs: id, state, attempts, times and, where it failed, why."""
    from django_tasks_db.models import DBTaskResult

    jobs = DBTaskResult.objects.select_related("state").order_by("-enqueued_at")
    if status:
        jobs = jobs.filter(status=status.upper())
    shown = list(jobs[:limit])
    for job in shown:
        state = getattr(job, "state", None)
        line = f"{job.id}  {job.status.lower():10}  {job.task_path}  put in {job.enqueued_at:%F %T}"
        if state is not None and state.attempts:
            line += f"  attempts {state.attempts}"
        click.echo(line)
        if job.traceback and job.status != "SUCCESSFUL":
            click.echo(f"    {job.traceback.strip().splitlines()[-1]}")
    if not shown:
        click.echo("No jobs.")


@tasks.command("retry")
@click.argument("job_id", type=click.UUID)
def retry_task(job_id: object) -> None:
    """Put a failed job in the queue again, with all its attempts."""
    from alliance.core import clock
    from alliance.core.errors import NotFound
    from alliance.core.tasks import queue

    if not queue.retry(str(job_id), at=clock.now()):
        raise NotFound("failed job", str(job_id))
    click.echo(f"{job_id} waits for a worker.")


@tasks.command("reap")
def reap_tasks() -> None:
    """Take jobs back whose worker has stopped answering. Workers do this by themselves."""
    from alliance.core import clock
    from alliance.core.tasks import queue

    click.echo(f"{queue.reap(at=clock.now())} jobs taken back")
