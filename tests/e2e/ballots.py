"""Two more budgets that take ballots, by email and by code; prints a code."""

from __future__ import annotations

import datetime as dt

import django


def make() -> None:
    from alliance.budgeting.models import Budget
    from alliance.budgeting.services import voting
    from alliance.config import demo_budget
    from alliance.config.demo_people import demo_team
    from alliance.core import clock
    from alliance.participation.models import Process

    at = clock.now()
    team, actor = demo_team("demo budget", at=at)
    for voters in ("email", "code"):
        name = f"ballot-by-{voters}"
        if not Process.objects.filter(public_id=name).exists():
            title = f"Synthetic example: vote by {voters}"
            start = at - dt.timedelta(days=21)
            demo_budget._make(team, actor, name, title, start=start)
            Budget.objects.filter(process__public_id=name).update(voters=voters)
    print(*voting.make_codes(Process.objects.get(public_id=name), n=1, actor=actor, at=at))


if __name__ == "__main__":
    django.setup()
    make()
