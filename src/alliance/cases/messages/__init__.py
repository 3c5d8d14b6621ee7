"""What knowledge says: the sentences of its faults, and texts by noun."""

from __future__ import annotations

from alliance.cases.messages import faults as faults
