"""Who states what hangs together."""

from __future__ import annotations

from alliance.core.audit import Actor
from alliance.network import exchange_rules
from alliance.network import rules as network
from alliance.thread.models import Link, Step


def may_change(actor: Actor, told: Step | Link) -> bool:
    """Change or remove a step or a link: those who speak for its city, and the secretariat."""
    return exchange_rules.may_speak_for(actor, told.organisation) or network.is_secretariat(actor)
