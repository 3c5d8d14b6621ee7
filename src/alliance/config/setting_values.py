"""Parsers of settings: each function returns the value, or raises an error with its rule."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

SHORTEST_SECRET = 40
#: Forty random characters have more distinct ones, even of digits and a to f alone.
FEWEST_CHARACTERS = 10
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


def covered(text: str) -> str:
    """An address for display: without its password, and without the values of its parameters."""
    text = re.sub(
        r"(?<=://)([^:/@]*):.*@" if "://" in text else r"^([^:@]*):.*@", r"\1:(hidden)@", text
    )
    return re.sub(r"(?<==)[^&=]*(?=&|$)", "(hidden)", text) if "?" in text else text


def flag(text: str) -> bool:
    """Yes or no. Raises ValueError."""
    value = text.strip().lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"", "0", "false", "no", "off"}:
        return False
    raise ValueError(f"expected yes or no, not {text!r}")


def whole(most: int) -> Callable[[str], int]:
    """A parser of whole numbers from 1 to `most`."""

    def parse(text: str) -> int:
        number = digits(text)
        if number is None or not 1 <= number <= most:
            raise ValueError(f"expected a whole number from 1 to {most}, not {text!r}")
        return number

    return parse


def at_least(least: int) -> Callable[[str], int]:
    """A parser of whole numbers from `least` on."""

    def parse(text: str) -> int:
        number = digits(text)
        if number is None or number < least:
            raise ValueError(f"expected a whole number, {least} or more, not {text!r}")
        return number

    return parse


def digits(text: str) -> int | None:
    """A whole number of at most nine digits, None for anything else."""
    plain = text.strip()
    return int(plain) if re.fullmatch("[0-9]{1,9}", plain) else None


def megabytes(text: str) -> int:
    """A whole number including 0. Raises ValueError."""
    number = digits(text)
    if number is None:
        raise ValueError(f"expected a whole number of megabytes, 0 for none, not {text!r}")
    return number


def past_day(text: str) -> dt.date | None:
    """A date that is not in the future, None if empty. Raises ValueError."""
    if not text.strip():
        return None
    try:
        day = dt.date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"expected a day such as 2026-11-29, not {text!r}") from None
    # In the operator's time zone, it may be tomorrow already.
    if day > dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1):
        raise ValueError(f"expected a day that is not to come, not {text!r}")
    return day


def items(text: str) -> list[str]:
    """Comma-separated texts."""
    return [item.strip() for item in text.split(",") if item.strip()]


def names_any_host(pattern: str) -> bool:
    """Whether a pattern of host names is too wide: `*`, or a whole top-level domain."""
    return "*" in pattern or (pattern.startswith(".") and "." not in pattern.strip("."))


def mode(text: str) -> str:
    """The mode of the platform. Raises ValueError."""
    if text not in {"local", "production"}:
        raise ValueError(f"expected local or production, not {text!r}")
    return text


def bind(text: str) -> str:
    """A host and a port. Raises ValueError."""
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError(f"expected HOST:PORT, not {text!r}")
    return text


def database_url(text: str) -> str:
    """The address of a PostgreSQL server, or empty. Raises ValueError."""
    if not text:
        return text
    # The address may contain a password, and stays out of the message.
    parts = urlsplit(text)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ValueError(f"expected postgresql://…, not {parts.scheme}://…")
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise ValueError("the port after the host must be a number from 1 to 65535")
    return text


def synchronous(text: str) -> str:
    """When SQLite waits for the disk. Raises ValueError."""
    if text not in {"FULL", "NORMAL"}:
        raise ValueError(f"expected FULL or NORMAL, not {text!r}")
    return text


def base_url(text: str) -> str:
    """The public address of the platform, or empty. Raises ValueError."""
    parts = urlsplit(text)
    plain = parts.hostname and "@" not in parts.netloc
    if text and (parts.scheme not in {"http", "https"} or not plain):
        raise ValueError(f"expected https://HOST or http://HOST, not {covered(text)!r}")
    return text


def secret_key(text: str) -> str:
    """A key that is long enough, or empty. Raises ValueError."""
    if 0 < len(text) < SHORTEST_SECRET:
        raise ValueError(
            f"must have at least {SHORTEST_SECRET} characters, or be left empty; it has {len(text)}"
        )
    return text


def is_weak(key: str) -> bool:
    """Whether a configured key has few distinct characters, as one typed by hand does."""
    return bool(key) and len(set(key)) < FEWEST_CHARACTERS


def engine_url(text: str) -> str:
    """The address of an engine: PostgreSQL or Spark, or empty. Raises ValueError."""
    if text.startswith(("spark://", "spark+local://")):
        return text
    try:
        return database_url(text)
    except ValueError:
        raise ValueError(
            "expected postgresql://…, spark://HOST:PORT or spark+local://CORES"
        ) from None


def log_level(text: str) -> str:
    """A level of the log. Raises ValueError."""
    level = text.strip().upper()
    if level not in LOG_LEVELS:
        raise ValueError(f"expected one of {', '.join(LOG_LEVELS)}, not {text!r}")
    return level


_LARGEST_LOGO = 200_000


def logo(text: str) -> Path | None:
    """The file of a logo. Raises ValueError if it is not a supported picture."""
    if not text:
        return None
    path = Path(text)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from error
    is_kind = {
        ".svg": b"<svg" in content[:2_000] and b"<script" not in content.lower(),
        ".png": content.startswith(b"\x89PNG"),
    }
    if not is_kind.get(path.suffix.lower()):
        raise ValueError("must be a picture in SVG, without scripts, or in PNG")
    if len(content) > _LARGEST_LOGO:
        raise ValueError(f"must not have more than {_LARGEST_LOGO // 1_000} kB")
    return path


def tile_url(text: str) -> str:
    """The address of map tiles with placeholders for zoom, column and row, or empty. Raises
    ValueError."""
    url = text.strip()
    parts = urlsplit(url)
    named = all(part in url for part in ("{z}", "{x}", "{y}"))
    plain = re.fullmatch(r"[A-Za-z0-9.:-]+", parts.netloc)
    if url and not (parts.scheme == "https" and plain and named):
        raise ValueError(f"expected https://HOST/…{{z}}…{{x}}…{{y}}…, not {covered(text)!r}")
    return url


def origins(*urls: str) -> list[str]:
    """Scheme and host of addresses, for a content security policy; empty ones are skipped."""
    parts = [urlsplit(url) for url in urls if url]
    return [f"{part.scheme}://{part.netloc}" for part in parts]
