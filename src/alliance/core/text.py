"""Text: canonical JSON, values as cells of a table, letters without accents, and the check that
input is plain text."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from alliance.core.errors import Fault

# An opening, closing or comment tag; "p < 0.05" and "5 <6" are plain text.
_MARKUP = re.compile(r"<\s*/?\s*[a-zA-Z!?]|javascript\s*:", re.IGNORECASE)
# Also lone surrogates, which no file can hold.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# They let a text be displayed in another order than it is stored. The marks U+200E, U+200F and
# U+061C only join scripts and are accepted.
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
#: A text of only these looks empty: blanks, soft hyphens, characters of no width.
_UNSEEN = re.compile("[\\s\u00ad\u200b-\u200d\u2060\ufeff]+")

#: Blanks and line ends, without the no-break spaces that French sets before punctuation.
_BLANKS = re.compile(r"[^\S\u00a0\u202f]+")

# Fields that end up in headers of emails and downloads are single-line, in every app.
_SINGLE_LINE = re.compile(r"(?:^|[-._\] ])(?:title|name|email)(?=$|[-._\[])")

# Spreadsheets read a cell that begins with one of these as a formula, unless the sign is alone.
_FORMULA = re.compile(r"[=+\-@\t\r\n].", re.DOTALL)
LIST_SEPARATOR = "|"
#: Tables are written in chunks of about this many bytes.
CHUNK = 64 * 1024

# Letters that do not decompose into a base letter and a mark.
_FOLDED_WHOLE = str.maketrans(
    {
        "ø": "o",
        "Ø": "O",
        "æ": "ae",
        "Æ": "Ae",
        "œ": "oe",
        "Œ": "Oe",
        "ß": "ss",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ı": "i",
        "þ": "th",
        "Þ": "Th",
    }
)


def single_line(text: str) -> str:
    """`text` on one line with single blanks; no-break spaces stay."""
    return _BLANKS.sub(" ", text).strip()


_BEYOND_ASCII = re.compile("[^\x00-\x7f]+")


def fold(text: str) -> str:
    """`text` without accents, in the same case: "Göteborg" -> "Goteborg", "Œuvre" -> "Oeuvre"."""
    return _BEYOND_ASCII.sub(_fold_letters, text)


def _fold_letters(match: re.Match[str]) -> str:
    decomposed = unicodedata.normalize("NFKD", match[0].translate(_FOLDED_WHOLE))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def canonical_json(value: Any) -> str:
    """JSON with sorted keys and no spaces: equal values give equal bytes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(value: Any) -> str:
    """SHA-256, in hex, of the canonical JSON of `value`."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def markup_fault(where: str, text: str) -> Fault | None:
    """The fault of a `text` that is not plain, or None. Markup is refused, never repaired, and so
    are line breaks in titles, names and email addresses, which are recognised by the name of the
    field."""
    # Commands and child processes that use this module for tables load no Django.
    from alliance.core.errors import Fault

    match = _DIRECTION.search(text)
    if match:
        return Fault(where, "turns-direction", {"sign": f"U+{ord(match[0]):04X}"})
    if _MARKUP.search(text):
        return Fault(where, "markup")
    if _CONTROL.search(text) or (text.strip() and _UNSEEN.fullmatch(text)):
        return Fault(where, "control-characters")
    if _SINGLE_LINE.search(where) and len(text.strip().splitlines()) > 1:
        return Fault(where, "line-break")
    return None


def plain(value: Any) -> str | int | float | bool | None:
    """A value as JSON or a spreadsheet can hold it: dates and times in ISO 8601, in UTC."""
    if isinstance(value, dt.datetime):
        return f"{value.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list):
        return LIST_SEPARATOR.join(value) or None
    if isinstance(value, str):
        # Also converts members of an enumeration.
        return str(value)
    return cast("int | float | bool | None", value)


def csv_cell(value: Any) -> str:
    """A value as the text of a CSV cell. Text that a spreadsheet would run gets an apostrophe."""
    # Most cells are empty or text already.
    if value is not None and type(value) is not str:
        value = plain(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{value}" if _FORMULA.match(value) else value
    return repr(value)


def from_csv_cell(text: str) -> str:
    """The text of a cell that `csv_cell` wrote, without its apostrophe."""
    return text[1:] if text[:1] == "'" and _FORMULA.match(text, 1) else text


def jsonable(value: Any) -> Any:
    """A row as JSON can hold it: lists and objects stay lists and objects."""
    if isinstance(value, list):
        return [jsonable(item) for item in value]
    if isinstance(value, dict):
        return {name: jsonable(item) for name, item in value.items()}
    return plain(value)


def csv_chunks(columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> Iterator[bytes]:
    """A table in chunks: RFC 4180 in UTF-8 without byte order mark, with a header row."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(map(csv_cell, columns))
    for row in rows:
        writer.writerow(map(csv_cell, row))
        if buffer.tell() > CHUNK:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


# A full stop after these ends no sentence.
_ABBREVIATIONS = ("St.", "Dr.", "No.", "e.g.", "i.e.", "approx.", "ca.", "bl.a.", "t.ex.", "env.")


def first_sentence(text: str) -> str:
    """The first sentence of `text`; all of it where no end of a sentence is found."""
    words = text.split(" ")
    for number, word in enumerate(words[:-1]):
        following = words[number + 1].lstrip("“«\"'(")
        ends = word.endswith((".", "!", "?", ".”", ".»", '."', ".)"))
        # "J. Smith": an initial is no end either.
        if (
            ends
            and word not in _ABBREVIATIONS
            and not (len(word) == 2 and word[0].isupper())
            and following[:1]
            and (following[0].isupper() or following[0].isdigit())
        ):
            return " ".join(words[: number + 1])
    return text
