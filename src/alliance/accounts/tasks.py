"""Background jobs of this app: emails, and deleting data about people."""

from __future__ import annotations

import datetime as dt

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.mail import EmailMessage
from django.db.models import Exists, OuterRef
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from alliance.accounts.models import OneTimeLink, TypedText, User
from alliance.accounts.services import own_data as idle
from alliance.core import budgets, clock, throttle
from alliance.core.tasks import Periodic

UNCONFIRMED_RETENTION = dt.timedelta(days=30)
LINK_RETENTION = dt.timedelta(days=90)
TYPED_RETENTION = dt.timedelta(days=30)


@task
def send_letter(to: str, subject: str, body: str, headers: dict[str, str] | None = None) -> None:
    """Send an email. If the mail server does not answer, the job is retried."""
    EmailMessage(subject, body, None, [to], headers=headers).send()


@task
def forget_ended_sessions() -> int:
    """Delete network addresses and browsers of ended sessions; returns their number."""
    alive = Session.objects.filter(
        session_key=OuterRef("session_key"), expire_date__gte=clock.now()
    )
    ended = UserSession.objects.filter(~Exists(alive))
    return ended.delete()[0]


@task
def forget_unconfirmed_accounts() -> int:
    """Delete accounts whose address was not confirmed within 30 days; returns their number.

    Nobody has ever signed in to one of them.
    """
    confirmed = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
    accounts = User.objects.filter(
        ~Exists(confirmed), joined_at__lt=clock.now() - UNCONFIRMED_RETENTION, last_login=None
    )
    count = accounts.count()
    accounts.delete()
    return count


@task
def forget_old_counts() -> int:
    """Delete expired counts of attempts, one-time links and autosaved input."""
    at = clock.now()
    links, _ = OneTimeLink.objects.filter(expires_at__lt=at - LINK_RETENTION).delete()
    typed, _ = TypedText.objects.filter(at__lt=at - TYPED_RETENTION).delete()
    return links + typed + throttle.forget_old(at=at) + budgets.forget_old(at=at)


@task
def forget_idle_accounts() -> dict[str, int]:
    """Warn people who have long not signed in, and delete accounts a month after the warning."""
    warned, deleted = idle.forget_idle_accounts(at=clock.now())
    return {"warned": warned, "deleted": deleted}


@task
def forget_sent_letters() -> int:
    """Delete jobs of sent emails, whose texts contain names and links; returns their number."""
    sent = DBTaskResult.objects.filter(
        task_path=send_letter.module_path, status=TaskResultStatus.SUCCESSFUL
    )
    return sent.delete()[0]


PERIODIC = (
    Periodic(forget_sent_letters, every=dt.timedelta(hours=1)),
    Periodic(forget_idle_accounts, every=dt.timedelta(days=1)),
    Periodic(forget_ended_sessions, every=dt.timedelta(days=1)),
    Periodic(forget_unconfirmed_accounts, every=dt.timedelta(days=1)),
    Periodic(forget_old_counts, every=dt.timedelta(hours=1)),
)
