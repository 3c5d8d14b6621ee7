"""Background jobs of this room."""

from __future__ import annotations

from django.core.mail import send_mail
from django_tasks import task


@task
def send_letter(to: str, subject: str, body: str) -> None:
    """Send one letter. A mail server that does not answer is asked again, as any job is."""
    send_mail(subject, body, None, [to])
