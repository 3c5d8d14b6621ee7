"""Filters for money in budgets."""

from __future__ import annotations

from django import template

from alliance.budgeting import rules

register = template.Library()


@register.filter
def cost(minor: int | None, currency: str) -> str:
    """An amount in minor units, in full, with its currency; a dash if there is none."""
    return "–" if minor is None else rules.money(minor, currency)
