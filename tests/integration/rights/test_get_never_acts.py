"""Looking at a page changes nothing: mail programs and browsers open links by themselves."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from alliance.core import backups
from tests.factories.pages import status_alone
from tests.integration.rights.addresses import pages
from tests.integration.rights.ground import Ground
from tests.integration.rights.test_matrix import knock

#: What any page may write: who has signed in, how often something was tried, copies for speed.
ALLOWED = set(backups.LEFT_OUT)
_QUEUE = {"core_taskstate", "django_tasks_database_dbtaskresult"}
#: And these: a job that makes the file that was asked for; the row of an address that people whom
#: tests make lack.
ALSO = {
    "reports:case-brief": _QUEUE,
    "reports:solution-brief": _QUEUE,
    "account_email": {"account_emailaddress"},
}
_WRITES = re.compile(r'^\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|REPLACE\s+INTO)\s+"?(\w+)"?', re.I)


class Written:
    """The tables that statements write to."""

    def __init__(self) -> None:
        self.tables: set[str] = set()

    def __call__(self, execute: Callable[..., Any], sql: str, *more: Any) -> Any:
        if found := _WRITES.match(sql):
            self.tables.add(found[1])
        return execute(sql, *more)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(
    "role",
    [
        "visitor",
        pytest.param("editor", marks=pytest.mark.all),
        pytest.param("secretariat", marks=pytest.mark.all),
    ],
)
def test_no_page_acts_by_being_looked_at(ground: Ground, role: str) -> None:
    acting = {}
    for address in pages():
        path = address.path(ground.things(address.key)) + ground.queries.get(address.key, "")
        for method in ("GET", "HEAD"):
            written = Written()
            with connection.execute_wrapper(written), status_alone():
                knock(ground, address, role, method, path)
            if tables := written.tables - ALLOWED - ALSO.get(address.key, set()):
                acting[f"{method} {address.key}"] = sorted(tables)
    assert acting == {}
