"""What testbeds says: the sentences of its faults, and texts by noun."""

from __future__ import annotations

from alliance.testbeds.messages import faults as faults
