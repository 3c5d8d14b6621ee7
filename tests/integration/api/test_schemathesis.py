"""The API keeps what its own description promises, tried by a visitor with made-up requests.

Each operation is tried on ids that are made up, in the starter network.
"""

from __future__ import annotations

import pytest
import schemathesis

from tests.integration.api.made_up import described, made_up

EVERYTHING = described()


@pytest.mark.slow
@EVERYTHING.parametrize()
@made_up
def test_the_description_holds(network: None, in_process: None, case: schemathesis.Case) -> None:
    # The client in process does not unpack what the server has packed.
    case.call_and_validate(headers={"Accept-Encoding": "identity"})
