"""The API keeps what its own description promises, tried with made-up requests."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis.config import SchemathesisConfig

from alliance.config.api import document_json

MADE_UP = 15

config = SchemathesisConfig.from_dict(
    {
        # Which codes of a search exist is known to the index and not to the description, so a
        # well-formed code may still be refused.
        "operations": [
            {
                "include-operation-id": "search",
                "checks": {
                    "positive_data_acceptance": {"expected-statuses": ["2xx", "404", "422"]}
                },
            }
        ]
    }
)
schema = schemathesis.openapi.from_dict(json.loads(document_json()), config=config)
schema.app = get_wsgi_application()


@pytest.fixture
def connection_kept(network: None, db: None) -> Iterator[None]:
    """Requests leave the connection of the test open, as they do for Django's own test client."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.slow
@schema.parametrize()
@settings(
    max_examples=MADE_UP,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_the_description_holds(connection_kept: None, case: schemathesis.Case) -> None:
    # The client in process does not unpack what the server has packed.
    case.call_and_validate(headers={"Accept-Encoding": "identity"})
