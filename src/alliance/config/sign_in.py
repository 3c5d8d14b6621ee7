"""Settings of email and single sign-on, from their environment variables."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import formataddr
from typing import Any
from urllib.parse import unquote, urlsplit

PROVIDER_ID = "oidc"


def email_url(text: str) -> str:
    """The address of a mail server, unchanged; ValueError if it is invalid."""
    if not text:
        return text
    # The address may contain a password, and stays out of the message.
    parts = urlsplit(text)
    if parts.scheme not in {"smtp", "smtps"}:
        raise ValueError("expected smtp://HOST or smtps://HOST, perhaps with USER:PASSWORD@")
    try:
        port = parts.port
    except ValueError:
        port = 0
    if not parts.hostname or port == 0:
        raise ValueError("needs a host, and as port, if any, a number from 1 to 65535")
    return text


def proxies(text: str) -> int:
    """The number of proxies in front; ValueError for anything but a number up to nine."""
    if text.strip() not in set("0123456789"):
        raise ValueError(f"expected a whole number from 0 to 9, not {text!r}")
    return int(text)


@dataclass(frozen=True)
class MailServer:
    """How emails are sent: the backend of Django, and the server if there is one."""

    backend: str
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    use_tls: bool = False
    use_ssl: bool = False


def mail_server(url: str) -> MailServer:
    """The server of smtp://… (STARTTLS, except on this machine) or smtps://…; empty: files."""
    if not url:
        return MailServer("alliance.accounts.mail.EmailBackend")
    parts = urlsplit(url)
    use_ssl = parts.scheme == "smtps"
    host = parts.hostname or ""
    return MailServer(
        backend="django.core.mail.backends.smtp.EmailBackend",
        host=host,
        port=parts.port or (465 if use_ssl else 587),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_tls=not use_ssl and host not in {"localhost", "127.0.0.1", "::1"},
        use_ssl=use_ssl,
    )


def sender(configured: str, *, contact: str, network: str, base_url: str) -> str:
    """The sender of emails: the configured one, else the contact, else an address of this host."""
    if configured:
        return configured
    host = urlsplit(base_url).hostname or "localhost"
    return formataddr((network, contact or f"no-reply@{host}"))


def single_sign_on(
    url: str, *, name: str, client_id: str, secret: str, trust_email: bool
) -> dict[str, Any]:
    """SOCIALACCOUNT_PROVIDERS of allauth: one OpenID Connect provider, or none without a URL."""
    app = {
        "provider_id": PROVIDER_ID,
        "name": name,
        "client_id": client_id,
        "secret": secret,
        "settings": {"server_url": url.rstrip("/"), "email_authentication": trust_email},
    }
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app] if url else []}}
