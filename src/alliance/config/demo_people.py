"""Demo accounts: one person for each role, marked as demo."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from alliance.accounts import selectors
from alliance.accounts.enums import GrantReason, NetworkRole
from alliance.accounts.models import User
from alliance.accounts.services import give_role, make_person
from alliance.core.audit import COMMAND_LINE, Actor
from alliance.core.errors import Fault, InvalidData
from alliance.network.access import actor_for
from alliance.network.enums import TeamRole
from alliance.network.models import Organisation
from alliance.network.services import give_membership

DOMAIN = "demo.example"
TEAM, EDITOR = "goteborgs-stad", "editor.goteborg"


@dataclass(frozen=True)
class Part:
    """A demo person's description, team and role."""

    local: str
    name: str
    what: str
    language: str
    role: NetworkRole | None = None
    organisation: str = ""
    team_role: TeamRole = TeamRole.MEMBER

    @property
    def email(self) -> str:
        return f"{self.local}@{DOMAIN}"


PARTS = (
    Part("citizen", "Alva Citizen", "citizen: signed in, in no team", "en"),
    Part("member", "Nils Member", "member of the team of Göteborg", "sv", None, "goteborgs-stad"),
    Part(
        "editor.goteborg",
        "Maja Editor",
        "city editor of Göteborg",
        "sv",
        organisation="goteborgs-stad",
        team_role=TeamRole.EDITOR,
    ),
    Part(
        "editor.grenoble",
        "Louise Editor",
        "city editor of Grenoble",
        "fr",
        organisation="ville-de-grenoble",
        team_role=TeamRole.EDITOR,
    ),
    Part("reviewer.one", "Erik Reviewer", "reviewer", "en", NetworkRole.REVIEWER),
    Part("reviewer.two", "Claire Reviewer", "second reviewer", "fr", NetworkRole.REVIEWER),
    Part("moderator", "Samir Moderator", "moderator", "fr", NetworkRole.MODERATOR),
    Part("secretariat", "Karin Secretariat", "secretariat", "en", NetworkRole.SECRETARIAT),
    Part("operator", "Oskar Operator", "operator", "en", NetworkRole.OPERATOR),
)


@dataclass(frozen=True)
class DemoPerson:
    """The credentials and the description of a demo person."""

    email: str
    password: str
    what: str


def make_demo_people(*, at: dt.datetime) -> list[DemoPerson]:
    """Create the missing people, and set every password to what is returned.

    Raises InvalidData in production, or if a city of the starter network is missing.
    """
    if settings.PRODUCTION:
        raise InvalidData([Fault("demo accounts", "not-in-production")])
    wanted = {part.organisation for part in PARTS if part.organisation}
    teams = {
        organisation.public_id: organisation
        for organisation in Organisation.objects.filter(public_id__in=wanted)
    }
    if missing := sorted(wanted - teams.keys()):
        raise InvalidData(
            Fault(public_id, "run-first", {"commands": ["alliance starter load"]})
            for public_id in missing
        )
    with transaction.atomic():
        return [_make(part, teams, at) for part in PARTS]


def make_demo_person(local: str, name: str, *, at: dt.datetime) -> DemoPerson:
    """Create another demo person, in no team. Raises InvalidData for a real account."""
    return _make(Part(local, name, "", "en"), {}, at)


def _make(part: Part, teams: dict[str, Organisation], at: dt.datetime) -> DemoPerson:
    password = _password(part.email)
    user = User.objects.filter(email=part.email).first()
    if user is None:
        user = make_person(
            actor=COMMAND_LINE,
            email=part.email,
            name=f"{part.name} (demo)",
            password=password,
            language=part.language,
            at=at,
            is_demo=True,
        )
    elif not user.is_demo:
        raise InvalidData([Fault(part.email, "real-account")])
    elif not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])
    if part.role and not user.grants.filter(selectors.in_force(at), role=part.role).exists():
        give_role(
            actor=COMMAND_LINE, user=user, role=part.role, at=at, reason=GrantReason.DEMONSTRATION
        )
    if part.organisation:
        give_membership(
            teams[part.organisation], user=user, role=part.team_role, actor=COMMAND_LINE, at=at
        )
    return DemoPerson(part.email, password, part.what)


def demo_team(what: str, *, at: dt.datetime) -> tuple[Organisation, Actor]:
    """The team of Göteborg and its demo editor, in whose name examples are created.

    Raises InvalidData in production, or if the demo accounts are missing.
    """
    if settings.PRODUCTION:
        raise InvalidData([Fault(what, "not-in-production")])
    editor = User.objects.filter(email=f"{EDITOR}@{DOMAIN}", is_demo=True).first()
    team = Organisation.objects.filter(public_id=TEAM, city__isnull=False).first()
    if editor is None or team is None:
        commands = ["alliance starter load", "alliance demo accounts"]
        raise InvalidData([Fault(EDITOR, "run-first", {"commands": commands})])
    return team, actor_for(editor, at=at)


def _password(email: str) -> str:
    """A password that is the same in each run on this installation, and different on any other."""
    digest = hmac.new(settings.SECRET_KEY.encode(), f"demo:{email}".encode(), hashlib.sha256)
    letters = base64.b32encode(digest.digest()).decode().lower()
    return "-".join(letters[start : start + 4] for start in (0, 4, 8, 12))
