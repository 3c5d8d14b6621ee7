"""The first page of the secretariat's dashboard: figures, and the most urgent tasks."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count, F, Func, Max, Min, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.accounts.enums import NetworkRole
from alliance.accounts.models import Grant, User
from alliance.cases.enums import CaseStatus, DraftState
from alliance.cases.models import CaseStudy
from alliance.cases.selectors.teams import has_team
from alliance.cases.sources import cited_addresses, gone
from alliance.core import backups
from alliance.core.models import AuditEvent
from alliance.core.waiting import Asked, items
from alliance.network.access import in_force, still_open
from alliance.network.enums import Origin, TeamRole
from alliance.network.models import City, Invitation, Membership, Organisation
from alliance.web.paging import page_of
from alliance.writing.models import Draft, Review
from alliance.writing.rules import REVIEWERS
from alliance.writing.selectors.reviews_queue import HELD
from alliance.writing.waiting import LATE

#: Roles that end within this time are listed.
SOON = dt.timedelta(days=30)
#: How long a successful restore test of a backup vouches for later backups.
TRUSTED_FOR = dt.timedelta(days=30)
#: The weekly restore test of the newest backup is overdue after this time.
TRIED_WITHIN = dt.timedelta(days=8)
#: How long a check of the legal pages is valid.
CHECKED_FOR = dt.timedelta(days=365)


OPEN = (DraftState.IN_REVIEW, DraftState.CHANGES_ASKED, DraftState.WRITING)
#: The tabs below the first one.
CONTENT, CITIES, SERVER = "content", "cities", "server"


@dataclass(frozen=True)
class Task:
    """A task of the secretariat. `since` is the longest wait, None without one.

    `tab` lists it, `action` is its button, `note` why it matters, `tag` what is wrong, and `how`
    what the operator sets or runs.
    """

    text: str
    n: int
    href: str
    since: dt.date | None = None
    tab: str = CONTENT
    action: str = ""
    note: str = ""
    tag: str = ""
    how: tuple[str, ...] = ()


def taking_part(at: dt.datetime) -> QuerySet[Organisation]:
    """Organisations with team members, or with cases or open drafts."""
    members = Membership.objects.filter(in_force(at), user__is_active=True)
    cases = CaseStudy.objects.filter(status=CaseStatus.PUBLISHED, owner__isnull=False)
    drafts = Draft.objects.filter(state__in=OPEN)
    # Subqueries without correlation are evaluated once, not for every organisation.
    return Organisation.objects.filter(
        Q(pk__in=members.values("organisation"))
        | Q(pk__in=cases.order_by().values("owner"))
        | Q(pk__in=drafts.order_by().values("organisation"))
    )


def with_editor(at: dt.datetime) -> QuerySet[Membership, int]:
    """The keys of the organisations that have an editor."""
    return (
        Membership.objects.filter(in_force(at), role=TeamRole.EDITOR, user__is_active=True)
        .order_by()
        .values_list("organisation", flat=True)
    )


def _waiting(at: dt.datetime) -> Iterator[Task]:
    """Overdue reviews and answers, drafts without a reviewer, failed emails. Four queries."""
    waiting_items = list(
        items(Asked(at), "review", "reviewer", "question", "email-failed", "join-request")
    )
    joining = [item for item in waiting_items if item.kind == "join-request"]
    drafts = {
        item.public_id: item for item in waiting_items if item.route == "knowledge:review"
    }.values()
    late = [item for item in drafts if item.is_late(at)]
    alone = [item for item in waiting_items if item.kind == "reviewer" and item.is_untaken]
    questions = [item for item in waiting_items if item.kind == "question" and item.is_late(at)]
    desk_waiting = reverse("knowledge:desk-waiting")
    for words, waiting, href, tab, action in (
        (
            ngettext(
                "%(n)s organisation has asked to join the network",
                "%(n)s organisations have asked to join the network",
                len(joining),
            ),
            joining,
            joining[0].url if len(joining) == 1 else reverse("network:join-requests"),
            CITIES,
            _("Decide"),
        ),
        (
            ngettext(
                "%(n)s draft has been waiting for review for more than %(days)s days",
                "%(n)s drafts have been waiting for review for more than %(days)s days",
                len(late),
            ),
            late,
            desk_waiting,
            CONTENT,
            "",
        ),
        (
            ngettext(
                "%(n)s submitted draft has no reviewer",
                "%(n)s submitted drafts have no reviewer",
                len(alone),
            ),
            alone,
            desk_waiting,
            CONTENT,
            _("Name a reviewer"),
        ),
        (
            ngettext(
                "%(n)s question has been unanswered for more than %(days)s days",
                "%(n)s questions have been unanswered for more than %(days)s days",
                len(questions),
            ),
            questions,
            reverse("knowledge:questions"),
            CONTENT,
            "",
        ),
    ):
        yield Task(
            words % {"n": len(waiting), "days": LATE.days},
            len(waiting),
            href,
            min((item.since.date() for item in waiting), default=None),
            tab,
            action,
        )
    for item in waiting_items:
        if item.kind == "email-failed":
            words = ngettext(
                "%(n)s email was not delivered", "%(n)s emails were not delivered", item.n
            )
            yield Task(words % {"n": item.n}, item.n, item.url, item.since.date(), SERVER)


def _stale(counts: dict[str, Any]) -> Iterator[Task]:
    href = reverse("knowledge:desk-stale")
    yield Task(
        ngettext(
            "%(n)s case is overdue for an update check but has no responsible team",
            "%(n)s cases are overdue for an update check but have no responsible team",
            counts["left"],
        )
        % {"n": counts["left"]},
        counts["left"],
        reverse("knowledge:desk-stale-cases") + "?team=none",
        counts["left_since"],
    )
    yield Task(
        ngettext(
            "%(n)s case with a responsible team is overdue for an update check",
            "%(n)s cases with a responsible team are overdue for an update check",
            counts["stale"],
        )
        % {"n": counts["stale"]},
        counts["stale"],
        href,
        counts["stale_since"],
    )


def _sources(n: int) -> Task:
    words = ngettext(
        "%(n)s source is no longer available",
        "%(n)s sources are no longer available",
        n,
    )
    return Task(words % {"n": n}, n, reverse("knowledge:desk-stale") + "#sources")


def _teams(n: int) -> Task:
    words = ngettext(
        "%(n)s participating organisation has no editor",
        "%(n)s participating organisations have no editor",
        n,
    )
    href = reverse("knowledge:desk-organisations") + "?show=no-editor"
    note = _("No one there can answer questions or write.")
    return Task(words % {"n": n}, n, href, tab=CITIES, action=_("Invite an editor"), note=note)


def _reviewers(n: int) -> Task:
    """Two people have to approve a case; without them nothing is published."""
    words = (
        _("No reviewers have been appointed yet; two must approve a case before it is published")
        if n == 0
        else _(
            "Only one reviewer has been appointed; two must approve a case before it is published"
        )
    )
    href = reverse("knowledge:desk-people")
    missing = max(0, REVIEWERS - n)
    return Task(words, missing, href, tab=CITIES, action=_("Appoint a reviewer"))


def _nobody_takes_part(n: int) -> Task:
    words = _("No organisations have joined yet: invite the first editor for a city")
    href = reverse("knowledge:desk-organisations")
    return Task(words, 0 if n else 1, href, tab=CITIES, action=_("Invite an editor"))


def _grants(ending: list[dt.datetime]) -> Task:
    words = ngettext(
        "%(n)s role in the network ends within %(days)s days",
        "%(n)s roles in the network end within %(days)s days",
        len(ending),
    )
    href = reverse("knowledge:desk-people") + "?role=ending"
    return Task(words % {"n": len(ending), "days": SOON.days}, len(ending), href, tab=CITIES)


def _case_counts(at: dt.datetime) -> dict[str, Any]:
    """Counts of published cases: all, starter content, overdue with and without a team. One
    query."""
    is_past = Q(review_by__lt=at.date())
    has_owner = Q(owner__isnull=False) | Q(present=True)
    return (
        CaseStudy.objects.filter(status=CaseStatus.PUBLISHED)
        .annotate(present=has_team())
        .order_by()
        .aggregate(
            n=Count("pk"),
            starter=Count("pk", filter=Q(origin=Origin.STARTER)),
            stale=Count("pk", filter=is_past & has_owner),
            stale_since=Min("review_by", filter=is_past & has_owner),
            left=Count("pk", filter=is_past & ~has_owner),
            left_since=Min("review_by", filter=is_past & ~has_owner),
        )
    )


def installation(at: dt.datetime, cases: dict[str, Any]) -> Iterator[Task]:
    """Tasks before others can rely on this installation. One query."""
    emails = reverse("knowledge:desk-emails")
    not_set, to_do = _("not set"), _("to do")

    def task(text: str, note: str, href: str, tag: str, *how: str, action: str = "") -> Task:
        return Task(text, 1, href, tab=SERVER, action=action, note=note, tag=tag, how=how)

    if not settings.EMAIL_HOST:
        note = _("They are saved as files on the server.")
        yield task(_("Emails reach no one"), note, emails, not_set, "ALLIANCE_EMAIL_URL")
    elif not AuditEvent.objects.filter(kind="email", verb="try").exists():
        words, action = _("Email has not been tested yet"), _("Send one to yourself")
        yield task(words, "", emails, to_do, action=action)
    if words := about_backups(Path(settings.HOME), at):
        note = _("Restore one on trial, so that you can rely on it.")
        how = "alliance backup", "alliance backup verify"
        yield task(words, note, reverse("status"), _("late"), *how)
    if not settings.CONTACT_EMAIL:
        note = _("The legal pages must show one.")
        href = reverse("web:privacy")
        yield task(_("No contact address"), note, href, not_set, "ALLIANCE_CONTACT_EMAIL")
    checked = settings.LEGAL_CHECKED
    if checked is None or checked < at.date() - CHECKED_FOR:
        yield task(
            _("The pages on privacy and accessibility have not been checked"),
            _("Read and correct them, then note the date."),
            reverse("web:privacy"),
            to_do,
            "ALLIANCE_LEGAL_CHECKED",
            action=_("Read them"),
        )
    if not settings.NETWORK_IS_NAMED:
        words = _("The network still has the name and logo that came with the software")
        note = _("They are shown on every page, email and PDF.")
        how = "ALLIANCE_NETWORK_NAME", "ALLIANCE_LOGO"
        yield task(words, note, "", to_do, *how)
    if cases["starter"] and cases["starter"] == cases["n"] and not settings.KEEP_STARTER:
        words = _("All cases were compiled by the editors")
        note = _("Keep them or remove them before the network opens.")
        how = "ALLIANCE_KEEP_STARTER", "alliance starter remove"
        yield task(words, note, "", _("to decide"), *how)


def about_backups(home: Path, at: dt.datetime) -> str:
    """The problem with the backups, as text; empty if they are reliable."""
    looks, newest = backups.looks(home), backups.look_at_newest(home)
    failed = [look for look in (newest, *looks[-1:]) if look and not look.is_whole]
    if failed:
        if failed[0] == newest:
            return _("The latest backup failed its restore test")
        file = failed[0].archive.name
        return _("The backup %(file)s failed its restore test") % {"file": file}
    if not any(look.is_whole and look.at >= at - TRUSTED_FOR for look in looks):
        words = _("No backup has passed a restore test in the last %(days)s days")
        return words % {"days": TRUSTED_FOR.days}
    made_at = backups.made_at(home)
    if newest is None and made_at and made_at < at - TRIED_WITHIN:
        return _("The latest backup has not had a restore test")
    return ""


def desk(*, at: dt.datetime) -> dict[str, Any]:
    """The tasks of the secretariat by urgency, and figures of the network. Eleven queries.

    A figure has a label, a number and the page that lists what was counted; none of them is zero.
    """
    cases = _case_counts(at)
    grants = list(
        Grant.objects.filter(in_force(at), user__is_active=True).values_list("role", "expires_at")
    )
    roles = Counter(role for role, _until in grants)
    ending = [until for _role, until in grants if until is not None and until <= at + SOON]
    teams = (
        taking_part(at)
        .order_by()
        .aggregate(n=Count("pk"), no_editor=Count("pk", filter=~Q(pk__in=with_editor(at))))
    )
    tasks = [
        _reviewers(roles[NetworkRole.REVIEWER]),
        _nobody_takes_part(teams["n"]),
        *_waiting(at),
        _teams(teams["no_editor"]),
        _grants(ending),
        *_stale(cases),
        _sources(len(cited_addresses(dead)) if (dead := gone()) else 0),
    ]
    # Both in a single query.
    invitations = Invitation.objects.filter(still_open(at)).order_by()
    n_invitations = invitations.annotate(n=Func(F("pk"), function="COUNT")).values("n")
    counts = City.objects.order_by().aggregate(
        cities=Count("pk", filter=Q(is_member=True)), invitations=Max(Subquery(n_invitations))
    )
    people = reverse("knowledge:desk-people")
    organisations = reverse("knowledge:desk-organisations")
    figures = (
        (_("People"), User.objects.filter(is_active=True).count(), people),
        (
            _("Reviewers"),
            roles[NetworkRole.REVIEWER],
            f"{people}?role={NetworkRole.REVIEWER}",
        ),
        (_("Participating organisations"), teams["n"], f"{organisations}?show=active"),
        (
            _("Member cities"),
            counts["cities"],
            reverse("knowledge:city-list"),
        ),
        (
            _("Open invitations"),
            counts["invitations"] or 0,
            f"{organisations}?show=invited",
        ),
        (_("Cases from members"), cases["n"] - cases["starter"], reverse("knowledge:desk-cities")),
        (_("Cases in the starter content"), cases["starter"], reverse("knowledge:data")),
    )
    todo = [task for task in tasks if task.n]
    before_others = list(installation(at, cases))
    of_tab = Counter(task.tab for task in (*todo, *before_others))
    return {
        "tasks": todo,
        "installation": before_others,
        "figures": [(label, n, href) for label, n, href in figures if n],
        "counts": {"desk": len(todo) + len(before_others), **of_tab},
    }


DRAFTS_PER_PAGE = 50


def held_reviews() -> Coalesce:
    """How many people review the current submission of a draft."""
    held = (
        Review.objects.filter(
            draft=OuterRef("pk"), submission=OuterRef("submission"), state__in=HELD
        )
        .order_by()
        .values("draft")
        .annotate(n=Count("pk"))
    )
    return Coalesce(Subquery(held.values("n")), 0)


def waiting(state: str, *, number: int, at: dt.datetime) -> dict[str, Any]:
    """The open drafts of a state, the longest waiting first, with the counts of all states.

    Drafts have `since` (submitted, or else last saved), the number `held` of reviewers of their
    current submission and the missing number `n_missing`; those from before `late` are overdue.
    Four queries. Raises Http404 for a missing page.
    """
    chosen = state if state in OPEN else DraftState.IN_REVIEW
    in_review = chosen == DraftState.IN_REVIEW
    counts = dict(
        Draft.objects.filter(state__in=OPEN).order_by().values_list("state").annotate(Count("pk"))
    )
    held = Review.objects.filter(state__in=HELD, submission=F("draft__submission")).order_by("id")
    rows = (
        Draft.objects.filter(state=chosen)
        .annotate(
            since=Coalesce("submitted_at", "saved_at") if in_review else F("saved_at"),
            n_missing=F("n_reviewers") - held_reviews(),
        )
        .select_related("organisation")
        .prefetch_related(Prefetch("reviews", queryset=held, to_attr="held"))
        .order_by("submitted_at" if in_review else "saved_at", "id")
    )
    return {
        "page": page_of(Paginator(rows, DRAFTS_PER_PAGE), number),
        "states": [
            (draft_state, DraftState(draft_state).label, counts.get(draft_state, 0))
            for draft_state in OPEN
            if draft_state == chosen or counts.get(draft_state)
        ],
        "in_review": in_review,
        "state": chosen,
        "at": at,
        "late": at - LATE,
    }
