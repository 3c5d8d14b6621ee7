"""Every setting of the platform, with its default and its meaning.

`docs/reference/settings.md` lists what stands here and a test keeps both in step.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PREFIX = "ALLIANCE_"


class SettingError(ValueError):
    """A setting has a value that cannot be used; the text names the setting and the rule."""


@dataclass(frozen=True)
class Setting:
    """One environment variable: its name after the prefix, default as text, and meaning."""

    name: str
    default: str
    meaning: str
    parse: Callable[[str], Any] = str

    @property
    def variable(self) -> str:
        return PREFIX + self.name

    @property
    def is_given(self) -> bool:
        return self.variable in os.environ

    def shown(self) -> str:
        """The text of the value as it may be shown: secrets are covered."""
        text = os.environ.get(self.variable, self.default)
        if self.name == "SECRET_KEY" and text:
            return "(hidden)"
        return re.sub(r"(?<=://)([^:/@]*):[^@]*@", r"\1:(hidden)@", text)

    def read(self) -> Any:
        text = os.environ.get(self.variable, self.default)
        try:
            return self.parse(text)
        except ValueError as error:
            raise SettingError(f"{self.variable}: {error}") from error


def _flag(text: str) -> bool:
    value = text.strip().lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"", "0", "false", "no", "off"}:
        return False
    raise ValueError(f"expected yes or no, not {text!r}")


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ValueError(f"expected a whole number of at least 1, not {text!r}")
    return value


def _items(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]


def _mode(text: str) -> str:
    if text not in {"local", "production"}:
        raise ValueError(f"expected local or production, not {text!r}")
    return text


def _bind(text: str) -> str:
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError(f"expected HOST:PORT, not {text!r}")
    return text


def _year_or_none(text: str) -> int | None:
    return int(text) if text else None


SETTINGS: tuple[Setting, ...] = (
    Setting("HOME", "var", "Folder for the database, secret, index, briefs, mail and logs.", Path),
    Setting("BIND", "127.0.0.1:8000", "Address and port the server listens on.", _bind),
    Setting(
        "BASE_URL",
        "",
        "Address readers use, such as https://alliance.example; used in feeds, citations and the "
        "brief. Empty: made from ALLIANCE_BIND.",
    ),
    Setting(
        "MODE",
        "local",
        "local or production. Production refuses to start with a default secret, host or address, "
        "and sends secure cookies and HSTS.",
        _mode,
    ),
    Setting("DEBUG", "no", "Show error details in the page. Refused in production.", _flag),
    Setting(
        "SECRET_KEY",
        "",
        "Key that signs cookies. Empty: made once and kept in HOME/secret_key (mode 0600).",
    ),
    Setting(
        "ALLOWED_HOSTS",
        "",
        "Host names the server answers to, separated by commas. Empty: this machine only.",
        _items,
    ),
    Setting(
        "DATABASE_URL",
        "",
        "postgresql://user:password@host:port/name. Empty: SQLite in HOME/alliance.sqlite3.",
    ),
    Setting("WEB_PROCESSES", "1", "Server processes.", _positive),
    Setting("WEB_THREADS", "4", "Threads a server process answers with.", _positive),
    Setting(
        "TASK_LEASE_SECONDS",
        "60",
        "Time after which a silent worker's job is taken up again.",
        _positive,
    ),
    Setting(
        "TASK_ATTEMPTS", "3", "Tries a background job gets before it is marked failed.", _positive
    ),
    Setting("LOAD_STARTER", "yes", "Load the starter network at the first start.", _flag),
    Setting("SEMANTIC", "no", "Add related records by meaning; needs the extra [semantic].", _flag),
    Setting("TARGET_CURRENCY", "EUR", "Currency that costs are compared in."),
    Setting(
        "TARGET_PRICE_YEAR",
        "",
        "Price year that costs are compared in. Empty: the latest year the shipped tables hold.",
        _year_or_none,
    ),
    Setting(
        "NETWORK_NAME", "Alliance for Urban Sustainability", "Name shown at the top of each page."
    ),
    Setting("CONTACT_EMAIL", "", "Address shown on the privacy and accessibility pages."),
    Setting("LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR."),
)

BY_NAME = {setting.name: setting for setting in SETTINGS}


def get(name: str) -> Any:
    """The parsed value of a declared setting. Raises KeyError for one that is not declared."""
    return BY_NAME[name].read()


def unknown_variables() -> list[str]:
    """Environment variables that look like settings but are none, such as misspelt ones."""
    known = {setting.variable for setting in SETTINGS}
    return sorted(
        name
        for name in os.environ
        if name.startswith(PREFIX) and name not in known and not name.startswith(f"{PREFIX}TEST_")
    )


def home() -> Path:
    """The data folder, made if missing. Relative paths are taken from the working folder."""
    path = Path(get("HOME")).expanduser().resolve()
    path.mkdir(parents=True, exist_ok=True)
    return path


def secret_key() -> str:
    """The configured key, or one made once and readable by its owner only."""
    configured = get("SECRET_KEY")
    if configured:
        return str(configured)
    path = home() / "secret_key"
    if not path.exists():
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            # Another process of the same start was first; its key is the one to use.
            return path.read_text().strip()
        with os.fdopen(descriptor, "w") as handle:
            handle.write(secrets.token_urlsafe(50))
    return path.read_text().strip()
