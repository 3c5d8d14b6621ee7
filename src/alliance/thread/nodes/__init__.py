"""The kinds of things on a thread: how each is read, shown, and where its page is."""

from __future__ import annotations

from alliance.thread.nodes.indicators import INDICATOR
from alliance.thread.nodes.kind import NodeKind
from alliance.thread.nodes.knowledge import CASE, SOLUTION
from alliance.thread.nodes.network import AGREEMENT, NEED, OFFER, PEER_REVIEW
from alliance.thread.nodes.steps import DECISION, PROPOSAL, WORKSHOP
from alliance.thread.nodes.testbeds import PILOT

#: In the order in which a thread is told.
KINDS: tuple[NodeKind, ...] = (
    PROPOSAL, DECISION, NEED, OFFER, SOLUTION, AGREEMENT, PILOT, INDICATOR, CASE, PEER_REVIEW,
    WORKSHOP,
)  # fmt: skip
BY_CODE: dict[str, NodeKind] = {str(one.code): one for one in KINDS}

__all__ = ["BY_CODE", "KINDS", "NodeKind"]
