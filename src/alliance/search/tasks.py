"""Background jobs of the search."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django_tasks import task

from alliance.core import clock, meaning
from alliance.core.tasks import Periodic
from alliance.search import semantic, services


@task
def refresh_index() -> int:
    """Take new and changed records into the search index; how many there were."""
    return services.refresh(at=clock.now()).records


@task
def embed_documents() -> int:
    """Compute vectors of meaning for new and changed records, where [semantic] is in use."""
    return semantic.embed_missing() if settings.SEMANTIC and meaning.is_available() else 0


PERIODIC = (
    Periodic(refresh_index, every=dt.timedelta(minutes=1)),
    Periodic(embed_documents, every=dt.timedelta(minutes=10)),
)
