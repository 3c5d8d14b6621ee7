"""A group on equity with a lead in Umeå, and people of other teams."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from alliance.core import clock
from alliance.core.audit import COMMAND_LINE
from alliance.groups.enums import GroupRole
from alliance.network.services import save_city
from tests.factories.groups import make_group, take_in
from tests.factories.people import NOW, join, person, team


@pytest.fixture
def net(db: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Elin leads the group for Umeå; Lova edits for Lund; Cia is in no team."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    for city, name in (("lund", "Lund"), ("umea", "Umeå")):
        save_city(city, name=name, country="SE", actor=COMMAND_LINE, at=NOW)

    class Net:
        umea, lund = team("umea"), team("lund")
        lead, other = person("Elin Berg"), person("Lova Lund")
        secretary, citizen = person("Siv Secretary", "secretariat"), person("Cia Citizen")
        group = make_group()
        today: dt.date = NOW.date()

    join(Net.lead, Net.umea)
    join(Net.other, Net.lund)
    take_in(Net.group, Net.lead, Net.umea, GroupRole.LEAD)
    return Net
