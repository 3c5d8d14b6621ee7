"""Participatory budgets: residents propose and vote on projects; who won, and why."""
