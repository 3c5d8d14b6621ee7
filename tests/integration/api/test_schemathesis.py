"""The API keeps what its own description promises, tried by a visitor with made-up requests.

Each operation is tried on ids that are made up, in the starter network; before a change lands only
those that do not ask who calls, in a network of two cases.
"""

from __future__ import annotations

import pytest
import schemathesis

from tests.integration.api.made_up import RUNS_ALL, Operation, described

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def laid(request: pytest.FixtureRequest) -> None:
    """The network that is asked."""
    request.getfixturevalue("network" if RUNS_ALL else "few_for_all")


@pytest.mark.parametrize("operation", described() if RUNS_ALL else described(None), ids=str)
def test_the_description_holds(laid: None, in_process: None, operation: Operation) -> None:
    # The client in process does not unpack what the server has packed.
    @operation.try_with
    def test(case: schemathesis.Case) -> None:
        case.call_and_validate(headers={"Accept-Encoding": "identity"})
