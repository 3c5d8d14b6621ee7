"""A team of Umeå that writes a case."""

from __future__ import annotations

import pytest

from alliance.network.models import Organisation
from alliance.writing.models import Draft
from alliance.writing.services import drafts
from tests.factories.drafts import document
from tests.factories.knowledge import lay_ground
from tests.factories.people import NOW, acting, team
from tests.factories.writing import Writer


@pytest.fixture
def umea() -> Organisation:
    lay_ground()
    return team("umea")


@pytest.fixture
def elin(umea: Organisation) -> Writer:
    """An editor of the team, signed in."""
    return Writer("Elin Berg", umea, language="sv")


@pytest.fixture
def draft(umea: Organisation, elin: Writer) -> Draft:
    return drafts.start_draft(
        umea, language="sv", actor=acting(elin.user), at=NOW, content=document()
    )
