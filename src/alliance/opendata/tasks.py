"""Background jobs of open data."""

from __future__ import annotations

from django_tasks import task

from alliance.core.files import made
from alliance.opendata.about import state
from alliance.opendata.write import chunks_of


@task
def make_download(table: str, form: str, language: str) -> str:
    """Make a large download for the present state of the data and keep it; the name of its file."""
    what, now = f"{table}-{language}", state(table, form, language)
    path = made.path_of(what, now, form)
    if not path.exists():
        made.keep(what, now, form, chunks_of(table, form, language))
    return path.name
