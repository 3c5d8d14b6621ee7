"""Fills a new installation for browser tests, in one process; prints the people, as `alliance demo`
does. A test that writes does so as somebody of its own: what one starts is nobody else's."""

from __future__ import annotations

import django

#: Editors of Göteborg, by the test whose they are.
EDITORS = (
    *("keyboard", "contribute", "record", "every-step", "two-versions", "typing", "pilot"),
    *("campaign", "paper", "answers", "translate"),
)
MADE = ("accounts", "dialogue", "campaign", "budget", "survey", "text", "equity", "workshop")


def fill() -> None:
    from alliance.config import demo_people
    from alliance.config.demo_command import demo
    from alliance.network.enums import TeamRole

    own = [("forgetful", "")] + [(f"editor.{test}", demo_people.TEAM) for test in EDITORS]
    demo_people.PARTS += tuple(
        demo_people.Part(local, local, local, "sv", organisation=team, team_role=TeamRole.EDITOR)
        for local, team in own
    )
    for what in MADE:
        demo.main([what], standalone_mode=False)
    _publish_report()


def _publish_report() -> None:
    from alliance.core import clock
    from alliance.core.audit import COMMAND_LINE
    from alliance.reports.models import Report
    from alliance.reports.services import reports

    now = clock.now()
    by = {"actor": COMMAND_LINE, "at": now}
    made = reports.start(kind="city", city="goteborg", as_of=now.date(), language="sv", **by)
    Report.objects.filter(pk=made.pk).update(public_id="example-report")
    edition = made.editions.get()
    reports.build(edition.public_id)
    edition.refresh_from_db()
    reports.publish(edition, **by)


if __name__ == "__main__":
    django.setup()
    fill()
