"""Every setting of the platform, with its default and its meaning.

`docs/reference/settings.md` lists the same settings, which a test checks.
"""

from __future__ import annotations

import difflib
import os
import secrets
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alliance.config import setting_values as values
from alliance.config import sign_in

PREFIX = "ALLIANCE_"
_PACKAGE = Path(__file__).resolve().parent.parent


class SettingError(ValueError):
    """A setting has an invalid value; the message names the setting and the rule."""


@dataclass(frozen=True)
class Setting:
    """An environment variable: its name after the prefix, default as text, and meaning."""

    name: str
    default: str
    meaning: str
    parse: Callable[[str], Any] = str

    @property
    def variable(self) -> str:
        return PREFIX + self.name

    @property
    def is_set(self) -> bool:
        return self.variable in os.environ

    def shown(self) -> str:
        """The value as text for display: secrets are hidden."""
        text = os.environ.get(self.variable, self.default)
        if self.name in {"SECRET_KEY", "OIDC_SECRET"} and text:
            return "(hidden)"
        if self.name == "HOME":
            return str(_home())
        if self.name.endswith("_URL"):
            try:
                self.parse(text)
            except ValueError:
                # It is unknown where in the value a password is.
                return "(hidden)"
        return values.covered(text)

    def read(self) -> Any:
        text = os.environ.get(self.variable, self.default)
        try:
            return self.parse(text)
        except ValueError as error:
            raise SettingError(f"{self.variable}: {error}") from error


def _price_year(text: str) -> int | None:
    if not text:
        return None
    from alliance.core.prices import load_price_table

    years = {year for _country, year in load_price_table().indices}
    year = values.digits(text)
    if year not in years:
        raise ValueError(
            f"expected a year of the shipped price tables, {min(years)} to {max(years)}, "
            f"not {text!r}"
        )
    return year


def _currency(text: str) -> str:
    """A currency with an exchange rate in the price year in which costs are compared."""
    from alliance.analysis.prices import EURO
    from alliance.core.prices import default_price_year, load_price_table

    code = text.strip().upper()
    table = load_price_table()
    known = {EURO, *(currency for currency, _year in table.rates)}
    if code not in known:
        raise ValueError(
            f"expected a currency of the shipped tables ({', '.join(sorted(known))}), not {text!r}"
        )
    try:
        year = get("TARGET_PRICE_YEAR") or default_price_year()
    except SettingError:
        return code  # an error is reported where that setting is read
    if table.rate(code, year) is None:
        raise ValueError(f"the shipped tables have no exchange rate of {code} for {year}")
    return code


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "HOME",
        "var",
        "Folder for the database, secret, index, briefs, reports, mail and backups. Not given: var "
        "in the folder of the project, or in that the command runs in where it is installed "
        "without one.",
        Path,
    ),
    Setting("BIND", "127.0.0.1:8000", "Address and port the server listens on.", values.bind),
    Setting(
        "BASE_URL",
        "",
        "Address readers use, such as https://alliance.example; the only one that emails, feeds, "
        "citations and the brief link to. Empty: made from ALLIANCE_BIND.",
        values.base_url,
    ),
    Setting(
        "MODE",
        "local",
        "local or production. Production refuses to start with a default secret, host or address, "
        "and sends secure cookies and HSTS.",
        values.mode,
    ),
    Setting("DEBUG", "no", "Show error details in the page. Refused in production.", values.flag),
    Setting(
        "SECRET_KEY",
        "",
        "Key that signs cookies, at least 40 characters. Empty: made once and kept in "
        "HOME/secret_key (mode 0600).",
        values.secret_key,
    ),
    Setting(
        "ALLOWED_HOSTS",
        "",
        "Host names the server answers to, separated by commas; .alliance.example stands for all "
        "below it. Production refuses *. Empty: this machine only.",
        values.items,
    ),
    Setting(
        "DATABASE_URL",
        "",
        "postgresql://user:password@host:port/name. Empty: SQLite in HOME/alliance.sqlite3.",
        values.database_url,
    ),
    Setting(
        "SQLITE_SYNCHRONOUS",
        "FULL",
        "FULL or NORMAL. With FULL what was answered as written survives a power cut; NORMAL "
        "writes faster and may lose the last seconds then.",
        values.synchronous,
    ),
    Setting("WEB_PROCESSES", "1", "Server processes.", values.whole(256)),
    Setting("WEB_THREADS", "8", "Threads a server process makes pages with.", values.whole(1_000)),
    Setting(
        "PAGE_CACHE_MB",
        "64",
        "Memory in which each server process keeps pages for visitors. 0: none is kept.",
        values.megabytes,
    ),
    Setting(
        "TASK_LEASE_SECONDS",
        "60",
        "Time after which a silent worker's job is taken up again.",
        values.whole(86_400),
    ),
    Setting(
        "TASK_ATTEMPTS",
        "3",
        "Tries a background job gets before it is marked failed.",
        values.whole(1_000),
    ),
    Setting(
        "FILE_AT_ONCE",
        "16000",
        "Bytes up to which an uploaded table in CSV, or data in JSON, is read where it arrives; "
        "larger ones, and all files of other kinds, are read by a process of their own.",
        values.at_least(0),
    ),
    Setting(
        "FILE_MEMORY_MB",
        "2500",
        "Memory that reading a file may take at most.",
        values.at_least(50),
    ),
    Setting(
        "FILE_SECONDS",
        "300",
        "Seconds of a processor that reading a file may take at most.",
        values.whole(86_400),
    ),
    Setting(
        "FILE_CELLS", "2000000", "Cells that a table may have at most.", values.whole(100_000_000)
    ),
    Setting(
        "FILE_UNPACKED_MB",
        "200",
        "Size to which an archive, such as a workbook, may unpack at most.",
        values.whole(100_000),
    ),
    Setting(
        "READ_PUBLISHERS",
        "no",
        "Let the worker ask publishers for figures at night. What is new or differs waits for the "
        "secretariat.",
        values.flag,
    ),
    Setting("LOAD_STARTER", "yes", "Load the starter network at the first start.", values.flag),
    Setting(
        "KEEP_STARTER",
        "no",
        "The starter network is kept on purpose: the desk no longer asks whether to remove it.",
        values.flag,
    ),
    Setting(
        "SEMANTIC", "no", "Add related records by meaning; needs the extra [semantic].", values.flag
    ),
    Setting("TARGET_CURRENCY", "EUR", "Currency that costs are compared in.", _currency),
    Setting(
        "TARGET_PRICE_YEAR",
        "",
        "Price year that costs are compared in. Empty: the latest year the shipped tables hold.",
        _price_year,
    ),
    Setting(
        "NETWORK_NAME", "Alliance for Urban Sustainability", "Name shown at the top of each page."
    ),
    Setting(
        "LOGO",
        "",
        "Logo shown beside the name: the path of a file in SVG or PNG, 200 kB at most. "
        "It stands on a dark ground in both colour schemes. Empty: ours.",
        values.logo,
    ),
    Setting(
        "PRIVACY_FLOOR",
        "10",
        "Counts of people with a trait that are smaller are hidden. 10 or more.",
        values.at_least(10),
    ),
    Setting(
        "TILE_URL",
        "",
        "Address of a tile server for the background of maps on which residents mark places, such "
        "as https://tiles.example.org/{z}/{x}/{y}.png. Empty: none, only our own outlines.",
        values.tile_url,
    ),
    Setting("TILE_ATTRIBUTION", "", "Whom the map says that its background comes from."),
    Setting(
        "GUESTS_PER_HOUR",
        "300",
        "How many people without an account may come into one process from one network address in "
        "an hour. 1 or more.",
        values.at_least(1),
    ),
    Setting(
        "SAVES_PER_HOUR",
        "2000",
        "How often one person or token may save in an hour. 1 or more.",
        values.at_least(1),
    ),
    Setting(
        "SENT_MB_PER_HOUR",
        "500",
        "How much one person or token may send with what is saved in an hour, in MB. 1 or more.",
        values.at_least(1),
    ),
    Setting(
        "FILES_PER_HOUR",
        "300",
        "How many files one person or token may send in an hour. 1 or more.",
        values.at_least(1),
    ),
    Setting(
        "TEAM_BUDGET",
        "5",
        "A team, with all its people and tokens, may write so many times as much as one of them. "
        "1 or more.",
        values.at_least(1),
    ),
    Setting("CONTACT_EMAIL", "", "Address shown on the privacy and accessibility pages."),
    Setting(
        "LEGAL_CHECKED",
        "",
        "The day on which those who run this last checked that the privacy and accessibility pages "
        "are true of it, such as 2026-11-29; shown there. The desk asks again after a year.",
        values.past_day,
    ),
    Setting(
        "TRUSTED_PROXIES",
        "0",
        "How many proxies of your own stand in front and add to X-Forwarded-For; limits on tries "
        "count by the address that they tell.",
        sign_in.proxies,
    ),
    Setting(
        "EMAIL_URL",
        "",
        "smtp://user:password@host:587 (with STARTTLS) or smtps://user:password@host:465. Empty: "
        "letters are written to files in HOME/mail.",
        sign_in.email_url,
    ),
    Setting(
        "EMAIL_FROM",
        "",
        "Sender of letters, such as Alliance <office@example.org>. Empty: ALLIANCE_CONTACT_EMAIL.",
    ),
    Setting(
        "OIDC_URL",
        "",
        "Address of an OpenID Connect provider that people may sign in with. Empty: none.",
        values.base_url,
    ),
    Setting("OIDC_NAME", "Single sign-on", "Name of the provider on the button."),
    Setting("OIDC_CLIENT_ID", "", "Id of this installation at the provider."),
    Setting("OIDC_SECRET", "", "Secret of this installation at the provider."),
    Setting(
        "OIDC_TRUST_EMAIL",
        "no",
        "Let who comes with an address that the provider has confirmed into the account that has "
        "this address.",
        values.flag,
    ),
    Setting(
        "CHECK_SOURCES",
        "no",
        "Let the worker ask at night whether the sources of cases are still there, and once a week "
        "keep what they say. It then contacts the servers that cases name.",
        values.flag,
    ),
    Setting(
        "ENGINE_URL",
        "",
        "Engine that lays releases of the indicators over the years: postgresql://…, "
        "spark://HOST:PORT, or spark+local://2 for Spark on this machine with two cores. Spark "
        "needs the extra [spark]. Empty: DuckDB, inside the process.",
        values.engine_url,
    ),
    Setting(
        "ENGINE_MEMORY_MB",
        "1500",
        "Most memory that DuckDB takes; what does not fit goes to files. 0: four fifths of what "
        "the machine has.",
        values.megabytes,
    ),
    Setting("LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR.", values.log_level),
)

BY_NAME = {setting.name: setting for setting in SETTINGS}
#: What production refuses to start with: a setting, a test of its value, and the rule.
_REFUSED_IN_PRODUCTION: tuple[tuple[str, Callable[[Any], Any], str], ...] = (
    ("DEBUG", bool, "must be no"),
    ("ALLOWED_HOSTS", lambda hosts: not hosts, "must name your host"),
    (
        "ALLOWED_HOSTS",
        lambda hosts: any(map(values.names_any_host, hosts)),
        "must name each host, without *",
    ),
    (
        "BASE_URL",
        lambda url: not url.startswith("https://"),
        "must be the address readers use, beginning with https://",
    ),
    (
        "SECRET_KEY",
        values.is_weak,
        "must be made by chance, or left empty: it repeats too much",
    ),
    (
        "TRUSTED_PROXIES",
        lambda _number: not BY_NAME["TRUSTED_PROXIES"].is_set,
        "must say how many proxies of yours stand in front, 0 for none",
    ),
    ("OIDC_URL", lambda url: url.startswith("http:"), "must begin with https"),
    (
        "OIDC_CLIENT_ID",
        lambda value: get("OIDC_URL") and not value,
        "must be given with ALLIANCE_OIDC_URL",
    ),
)


def get(name: str) -> Any:
    """The parsed value of a declared setting. Raises KeyError for an undeclared one."""
    return BY_NAME[name].read()


def faults() -> list[str]:
    """The errors in the values of all settings, a line each; creates the home folder."""
    errors = []
    for read in (*(setting.read for setting in SETTINGS), home):
        try:
            read()
        except SettingError as error:
            errors.append(str(error))
    return [*errors, *production_faults()]


def production_faults() -> list[str]:
    """The line in which production says why it does not start; none if it does, or is not on.

    Unreadable values are skipped, since reading them reports the error.
    """
    broken = []
    with suppress(SettingError):
        if get("MODE") == "production":
            for name, is_refused, rule in _REFUSED_IN_PRODUCTION:
                with suppress(SettingError):
                    if is_refused(get(name)):
                        broken.append(f"{BY_NAME[name].variable} {rule}")
    return ["Production refuses to start: " + "; ".join(broken)] if broken else []


def unknown_variables() -> list[str]:
    """Environment variables with the prefix that are no settings, such as misspelt ones."""
    known = {setting.variable for setting in SETTINGS}
    return sorted(
        name
        for name in os.environ
        if name.startswith(PREFIX) and name not in known and not name.startswith(f"{PREFIX}TEST_")
    )


def warnings_about_names() -> list[str]:
    """A warning for each of `unknown_variables`, with the most similar known name."""
    known = [setting.variable for setting in SETTINGS]
    lines = []
    for name in unknown_variables():
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.75)
        hint = f"; did you mean {near[0]}?" if near else ""
        lines.append(f"{name}: there is no such setting{hint}")
    return lines


def home() -> Path:
    """The data folder, created if missing. Raises SettingError if it is not writable."""
    path = _home()
    variable = BY_NAME["HOME"].variable
    try:
        # It contains people's addresses and unpublished data.
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        is_file = isinstance(error, FileExistsError)
        reason = "it is not a folder" if is_file else error.strerror
        raise SettingError(f"{variable}: cannot use {path}: {reason}") from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise SettingError(f"{variable}: {path} cannot be written to by this user")
    return path


def _home() -> Path:
    """The absolute path of the data folder."""
    configured = os.environ.get(BY_NAME["HOME"].variable)
    if configured:
        return Path(configured).expanduser().resolve()
    # In an installation from a checkout, a command run elsewhere must not create a second one.
    project = _PACKAGE.parent.parent
    in_checkout = _PACKAGE.parent.name == "src" and (project / "pyproject.toml").is_file()
    return ((project if in_checkout else Path()) / BY_NAME["HOME"].default).resolve()


def secret_key() -> str:
    """The configured key, or one generated once and readable by its owner only."""
    configured = get("SECRET_KEY")
    if configured:
        return str(configured)
    path = home() / "secret_key"
    try:
        return _stored_secret(path)
    except OSError as error:
        raise SettingError(f"{path} cannot be used: {error.strerror}") from error


def _stored_secret(path: Path) -> str:
    if not path.exists():
        # Atomic, also if the disk is full; of two processes that start at once one key remains.
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=".secret") as new:
            new.write(secrets.token_urlsafe(50))
            new.flush()
            os.fsync(new.fileno())
            with suppress(FileExistsError):
                os.link(new.name, path)
    key = path.read_text().strip()
    if not key:
        raise SettingError(f"{path} is empty. Delete it, and a new key is made at the next start.")
    return key
