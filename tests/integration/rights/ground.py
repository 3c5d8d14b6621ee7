"""A small network with somebody in every role, and a record of every kind to try rights on.

A new kind of record needs a line in `Ground.objects`: the word of the address that stands before
its id, and how to make one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from alliance.accounts.enums import LinkPurpose
from alliance.accounts.letters import off_token
from alliance.accounts.models import Elevation
from alliance.accounts.services import make_link
from alliance.cases.models import Method, Solution, SolutionCost, StoredCopy
from alliance.cases.records import MethodRecord, MethodTextRecord
from alliance.core import clock
from alliance.core.audit import COMMAND_LINE
from alliance.core.ids import secret_digest
from alliance.network.enums import Scope
from alliance.network.models import City, JoinRequest, Organisation, Webhook
from alliance.network.services import Invited, MadeToken, invite, make_token, save_city
from alliance.network.services.webhooks import make_webhook
from alliance.news.digest import stop_token
from alliance.opendata.models import UpstreamRecord
from alliance.search.services import rebuild
from alliance.writing.models import Attachment, CaseFile, Draft, Question, Review, ReviewComment
from alliance.writing.services import save_method
from alliance.writing.services.attachments import attach
from alliance.writing.services.case_imports import stage
from alliance.writing.services.drafts import start_draft, submit_draft
from alliance.writing.services.questions import ask
from alliance.writing.services.reviews import remark, take_review
from tests.factories.drafts import document
from tests.factories.knowledge import CITED, lay_ground, make_case
from tests.factories.people import acting, join, person, team
from tests.factories.upstream import followed
from tests.integration.rights.ground_challenges import ChallengeGround
from tests.integration.rights.ground_equity import EquityGround
from tests.integration.rights.ground_groups import GroupGround
from tests.integration.rights.ground_indicators import IndicatorGround
from tests.integration.rights.ground_needs_offers import NeedsOffersGround
from tests.integration.rights.ground_participation import ParticipationGround
from tests.integration.rights.ground_pilots import UPLOADS, PilotGround
from tests.integration.rights.ground_reports import ReportGround
from tests.integration.rights.ground_research import ResearchGround
from tests.integration.rights.ground_testbeds import TestbedGround
from tests.integration.rights.ground_thread import ThreadGround
from tests.integration.rights.ground_workshops import WorkshopGround
from tests.integration.rights.sessions import Caller, session_of

#: Everybody who may knock, in the order of the messages.
ROLES = (
    "visitor",
    "citizen",
    "member",
    "editor",
    "foreign-editor",
    "reviewer",
    "moderator",
    "secretariat",
    "operator",
    "elevated",
    "token",
    "foreign-token",
)
#: Programs with a token of a team: pages do not know them, only the API does.
JOIN_SECRET = "secret-of-a-request-to-join"
PROGRAMS = frozenset({"token", "foreign-token"})


class Ground(
    NeedsOffersGround,
    ThreadGround,
    PilotGround,
    TestbedGround,
    ChallengeGround,
    IndicatorGround,
    ParticipationGround,
    EquityGround,
    WorkshopGround,
    ResearchGround,
    GroupGround,
    ReportGround,
):
    """Lund's team owns what is tried on; Umeå's team is the foreign one."""

    def __init__(self) -> None:
        self.at = clock.now() - dt.timedelta(minutes=1)
        lay_ground()
        self.own, self.foreign = team("lund"), team("umea")
        save_city("arras", name="Arras", country="FR", actor=COMMAND_LINE, at=self.at)
        self.third = team("arras")
        self.people = {role: person(role) for role in ("citizen", "member", "editor", "leaver")}
        self.people["foreign-editor"] = person("foreign editor")
        for role in ("reviewer", "moderator", "secretariat", "operator"):
            self.people[role] = person(role, role)
        self.people["elevated"] = person("elevated", "operator")
        Elevation.objects.create(
            user=self.people["elevated"],
            reason="to try rights",
            at=self.at,
            expires_at=self.at + dt.timedelta(hours=1),
        )
        join(self.people["member"], self.own, "member")
        join(self.people["editor"], self.own)
        # With a second one, the first is not the last and may go.
        join(self.people["leaver"], self.own)
        join(self.people["foreign-editor"], self.foreign)
        City.objects.filter(public_id__in=["lund", "umea"]).update(is_member=True)
        make_case("Lund")
        self.case = make_case("Lund", outcome="mixed")
        StoredCopy.objects.create(
            url=CITED,
            due_at=clock.now(),
            fetched_at=clock.now(),
            digest="0" * 64,
            warc="0" * 64,
            text="Less traffic.",
        )

    @cached_property
    def callers(self) -> Mapping[str, Caller]:
        """Each role with what it sends along."""
        tokens = {
            "token": Caller(token=self._own_token.secret),
            "foreign-token": Caller(token=self._token(self.foreign).secret),
        }
        people = {
            role: Caller(session=session_of(self.people[role]))
            for role in ROLES
            if role in self.people
        }
        return {"visitor": Caller(), **people, **tokens}

    @property
    def queries(self) -> Mapping[str, str]:
        """What addresses need besides their path, by their key in the table."""
        return {
            **self.needs_offers_queries,
            **self.testbed_queries,
            **self.thread_queries,
            **self.challenge_queries,
            **self.participation_queries,
            **self.equity_queries,
            **self.workshop_queries,
            "knowledge:case-version-diff": "?old=1&new=2",
            "research:ask": f"?team={self.own.public_id}",
            "knowledge:desk-stale-cases": "?team=none",
            "/api/v1/indicators/{id}/comparison": "?city=lund&city=umea",
            "/api/v1/cases/{id}/fit": "?city=umea",
            "/api/v1/solutions/{id}/fit": "?city=umea",
        }

    @property
    def posts(self) -> Mapping[str, Mapping[str, Any]]:
        """What is sent where an empty form would ask for nothing, by the key in the table.

        With the method before the key it is for that method alone.
        """
        text, withdrawal = (
            {"text": "Why?", "language": "en"},
            {"reason": "Wrong.", "language": "en"},
        )
        written = {"content": document(start_year=2020)}
        return {
            **self.needs_offers_posts,
            **self.thread_posts,
            **self.pilot_posts,
            **self.testbed_posts,
            **self.challenge_posts,
            **self.participation_posts,
            **self.workshop_posts,
            **self.research_posts,
            "knowledge:review": {"act": "take"},
            "knowledge:desk-network-record": {"kind": "case", "theirs": "no"},
            "/api/v1/teams/{id}/observations": {
                "observations": [{"indicator": "GREEN", "period": "2024", "value": 1.0}],
                "source": {
                    "title": "Lund",
                    "publisher": "Lund",
                    "method_class": "register",
                    "population": "residents",
                },
            },
            "/api/v1/drafts": {"team": self.own.public_id, "language": "sv"},
            "/api/v1/drafts/{id}": written,
            "/api/v1/drafts/{id}/remarks": {"text": "Why?"},
            "PUT /api/v1/drafts/{id}/reviews/mine": {"criteria": {}},
            "POST /api/v1/drafts/{id}/reviews/mine": {"approve": True, "no_conflict": True},
            "/api/v1/cases/{id}/questions": text,
            "/api/v1/questions/{id}/answer": text,
            "/api/v1/questions/{id}/hide": {"reason": "Rude."},
            "/api/v1/cases/{id}/withdraw": withdrawal,
            "/api/v1/teams/{id}/members/{member_id}": {"role": "editor"},
            "/api/v1/teams/{id}/invitations": {"role": "member"},
            "/api/v1/people/{id}/roles": {"role": "moderator"},
            "/api/v1/teams/{id}/webhooks": {
                "url": "https://example.org/other",
                "events": ["case.published"],
            },
            **{
                f"/api/v1/{kind}/{{id}}/translations/{{language}}{act}": body
                for kind in ("cases", "solutions", "methods")
                for act, body in (("", {"texts": {}}), ("/confirm", {"source_revision": 1}))
            },
        }

    @property
    def uploads(self) -> frozenset[str]:
        """Operations that take a file, by their key in the table."""
        return frozenset({"/api/v1/drafts/{id}/files", "/api/v1/teams/{id}/imports"}) | UPLOADS

    def things(self, key: str) -> Mapping[tuple[str, str], Callable[[], object]]:
        """`objects` for the address of that key: reviews are of a draft that was handed in."""
        if "follow-up" in key:
            return {**self.objects, **self.reported}
        if special := self.special_workshop_objects(key):
            return {**self.objects, **special}
        if special := self.special_participation_objects(key):
            return {**self.objects, **special}
        if special := (
            self.special_pilot_objects(key)
            or self.special_challenge_objects(key)
            or self.special_research_objects(key)
        ):
            return {**self.objects, **special}
        if not key.startswith("/api/v1/drafts/{id}/reviews"):
            return self.objects
        return {**self.objects, ("drafts", "id"): lambda: self._handed_in.public_id}

    @cached_property
    def objects(self) -> Mapping[tuple[str, str], Callable[[], object]]:
        """By the last word before it in an address, and its name there: a thing of Lund's team."""
        case, own = self.case.public_id, self.own.public_id
        return {
            **self.needs_offers_objects,
            **self.thread_objects,
            **self.pilot_objects,
            **self.testbed_objects,
            **self.challenge_objects,
            **self.indicator_objects,
            **self.participation_objects,
            **self.equity_objects,
            **self.workshop_objects,
            **self.group_objects,
            **self.report_objects,
            **self.research_objects,
            ("cases", "public_id"): lambda: case,
            ("cases", "id"): lambda: case,
            ("cite", "code"): lambda: "case",
            ("cite", "public_id"): lambda: case,
            ("cite", "form"): lambda: "bib",
            ("citations", "kind"): lambda: "case",
            ("citations", "id"): lambda: case,
            ("measures", "slug"): lambda: "traffic-volume",
            ("units", "code"): lambda: "cars-per-day",
            ("versions", "number"): lambda: 1,
            ("sources", "position"): lambda: self.case.sources.get().position,
            ("costs", "position"): lambda: self._cost.position,
            ("sources", "number"): lambda: StoredCopy.objects.get().pk,
            ("sources", "copy_number"): lambda: StoredCopy.objects.get().pk,
            ("solutions", "public_id"): lambda: "road-pricing",
            ("solutions", "id"): lambda: "road-pricing",
            ("topics", "code"): lambda: "equity",
            ("problems", "code"): lambda: "car-traffic",
            ("cities", "public_id"): lambda: "lund",
            ("cities", "id"): lambda: "lund",
            ("organisations", "public_id"): lambda: own,
            ("organisations", "id"): lambda: own,
            ("methods", "public_id"): lambda: self._method.public_id,
            ("methods", "id"): lambda: self._method.public_id,
            ("feeds", "kind"): lambda: "new",
            ("map", "form"): lambda: "csv",
            ("related", "kind"): lambda: "case",
            ("related", "public_id"): lambda: case,
            ("export", "table"): lambda: "cases",
            ("export", "format"): lambda: "csv",
            ("members", "member_id"): lambda: self.people["member"].public_id,
            ("invitations", "invitation_id"): lambda: self._invited.invitation.public_id,
            ("invitations", "secret"): lambda: self._invited.secret,
            ("join", "secret"): lambda: JOIN_SECRET,
            ("join-requests", "public_id"): lambda: self._join_request.group,
            ("webhooks", "webhook_id"): lambda: self._webhook.public_id,
            ("networks", "public_id"): lambda: self._followed.subscription.public_id,
            ("networks", "verb"): lambda: "pause",
            ("records", "record"): lambda: self._followed.public_id,
            ("tokens", "token_id"): lambda: self._own_token.token.public_id,
            ("people", "id"): lambda: self.people["reviewer"].public_id,
            ("people", "public_id"): lambda: self.people["reviewer"].public_id,
            ("people", "person_id"): lambda: self.people["reviewer"].public_id,
            ("roles", "role"): lambda: "reviewer",
            ("stop", "token"): lambda: stop_token(self.people["member"].public_id),
            ("off", "token"): lambda: off_token(self.people["member"], "question"),
            ("first", "secret"): lambda: self._first_link,
            ("confirm", "secret"): lambda: self._confirm_link,
            ("confirm", "key"): lambda: "none",
            ("reset", "uidb36"): lambda: "1",
            ("reset", "key"): lambda: "none",
            ("passkeys", "pk"): lambda: 1,
            ("single-sign-on", "provider_id"): lambda: "none",
            ("write", "public_id"): lambda: self._draft.public_id,
            ("review", "public_id"): lambda: self._handed_in.public_id,
            ("questions", "public_id"): lambda: self._question.public_id,
            ("questions", "id"): lambda: self._question.public_id,
            ("drafts", "id"): lambda: self._draft.public_id,
            ("revisions", "number"): lambda: 1,
            ("remarks", "number"): lambda: self._remark.pk,
            ("reviews", "number"): lambda: self._review.pk,
            ("teams", "id"): lambda: own,
            ("team", "public_id"): lambda: own,
            ("imports", "ticket"): lambda: self._table.public_id,
            ("import", "public_id"): lambda: self._table.public_id,
            ("translations", "language"): lambda: "sv",
            ("translate", "to"): lambda: "sv",
            ("write", "step"): lambda: "place",
            ("remarks", "remark"): lambda: self._remark.pk,
            ("files", "file_id"): lambda: self._file.public_id,
            ("files", "published_id"): lambda: self._published_file.public_id,
        }

    def prepare(self) -> None:
        """Make everything now: what is made within a try is taken back with it."""
        assert set(self.callers) == set(ROLES)
        for make in self.objects.values():
            make()
        assert self._reported.pk
        self.prepare_pilots()
        self.prepare_challenges()
        self.prepare_research()
        assert self._prepared.pk
        assert self._dialogue.pk
        assert self._plan.pk and self._survey.pk and self._prepared_survey.pk
        assert self._campaign_before.pk and self._prepared_workshop.pk
        rebuild(at=self.at)

    @cached_property
    def _method(self) -> Method:
        texts = (MethodTextRecord("en", "Hearing", "People are heard."),)
        words = {"cost_level": "low", "iap2_level": "consult", "mode": "in-person"}
        record = MethodRecord("hearing", texts=texts, **words)
        return save_method(record, actor=COMMAND_LINE, at=self.at)

    @cached_property
    def _cost(self) -> SolutionCost:
        solution = Solution.objects.get(public_id="road-pricing")
        named = {"source_title": "Report", "source_url": CITED, "read": "full-text"}
        return SolutionCost.objects.create(solution=solution, position=1, **named)

    @cached_property
    def _invited(self) -> Invited:
        return invite(self.own, role="member", actor=acting(self.people["editor"]), at=self.at)

    @cached_property
    def _join_request(self) -> JoinRequest:
        one = JoinRequest(
            name="Volta", kind="business", country="SE", place="Lund", person="Vera Volt",
            email="vera@volta.example", language="sv", purpose="Answer a challenge",
            secret_digest=secret_digest(JOIN_SECRET), sent_at=self.at, confirmed_at=self.at,
            expires_at=self.at + dt.timedelta(days=3),
        )  # fmt: skip
        one.group = one.public_id
        one.save()
        return one

    def _token(self, organisation: Organisation) -> MadeToken:
        return make_token(
            organisation,
            name="program",
            scopes=Scope.values,
            expires_at=self.at + dt.timedelta(days=1),
            actor=COMMAND_LINE,
            at=self.at,
        )

    @cached_property
    def _own_token(self) -> MadeToken:
        return self._token(self.own)

    @cached_property
    def _followed(self) -> UpstreamRecord:
        """A record of another network that waits for a choice."""
        return followed(self.case.public_id)

    @cached_property
    def _webhook(self) -> Webhook:
        return make_webhook(
            self.own,
            url="https://example.org/hook",
            events=["case.published"],
            actor=COMMAND_LINE,
            at=self.at,
        )

    @cached_property
    def _first_link(self) -> str:
        a_day = dt.timedelta(days=1)
        return make_link(purpose=LinkPurpose.FIRST_ACCOUNT, lasts=a_day, at=self.at)

    @cached_property
    def _confirm_link(self) -> str:
        return make_link(
            purpose=LinkPurpose.CONFIRM_RECORD,
            lasts=dt.timedelta(days=1),
            at=self.at,
            user=self.people["editor"],
            record_kind="case",
            record_id=self.case.public_id,
        )

    def _start_draft(self) -> Draft:
        return start_draft(
            self.own,
            language="sv",
            content=document(),
            actor=acting(self.people["editor"]),
            at=self.at,
        )

    @cached_property
    def _draft(self) -> Draft:
        return self._start_draft()

    @cached_property
    def _handed_in(self) -> Draft:
        draft = self._start_draft()
        by = acting(self.people["editor"])
        return submit_draft(draft, expected_revision=draft.revision, actor=by, at=self.at)

    @cached_property
    def _question(self) -> Question:
        return ask(
            self.case,
            text="Did traffic move to other streets?",
            language="en",
            show_name=True,
            actor=acting(self.people["citizen"]),
            at=self.at,
        )

    @cached_property
    def _remark(self) -> ReviewComment:
        by = acting(self.people["editor"])
        return remark(self._draft, field="", text="What of winter?", actor=by, at=self.at)

    @cached_property
    def _review(self) -> Review:
        return take_review(self._handed_in, actor=acting(self.people["reviewer"]), at=self.at)

    @cached_property
    def _file(self) -> Attachment:
        return attach(
            self._draft,
            title="Report",
            name="report.txt",
            content=b"What came of it.\n",
            actor=acting(self.people["editor"]),
            at=self.at,
        )

    @cached_property
    def _table(self) -> CaseFile:
        return stage(
            b"id,outcome\na,mixed\n",
            "cases.csv",
            organisation=self.own,
            actor=acting(self.people["editor"]),
            at=self.at,
        )

    @cached_property
    def _published_file(self) -> Attachment:
        return Attachment.objects.create(
            case=self.case,
            title="Report",
            file_name="report.txt",
            media_type="text/plain",
            size=16,
            sha256="0" * 64,
            added_at=self.at,
            published_at=self.at,
        )
