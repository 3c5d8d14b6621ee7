"""Contents that no browser sends for people who mean well, made for whatever fields a form has."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import quote_plus

from tests.factories.pages import by_turn

URLENCODED = "application/x-www-form-urlencoded"
_BOUNDARY = "x-boundary"
_MULTIPART = f"multipart/form-data; boundary={_BOUNDARY}"
#: What all that is sent has in it, to be looked for afterwards.
MARKER = "zq7vqz"
MARKUP = f'"><img src=x onerror={MARKER}()><script>{MARKER}()</script>'
#: Names of fields, for addresses that take a form which stands on another page.
# fmt: off
USUAL_FIELDS = (
    "text", "title", "name", "reason", "note", "answer", "email", "password", "login", "code",
    "revision", "act", "go", "language", "team", "role", "url", "file", "ticket", "sure", "old",
    "new", "version", "next",
)
# fmt: on


class _Fields(HTMLParser):
    """The names in the forms of a page that are sent by POST, by the address they are sent to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, dict[str, str]] = {}
        self.own: dict[str, str] | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            is_post = given.get("method", "").lower() == "post"
            self.own = self.found.setdefault(given.get("action", ""), {}) if is_post else None
        elif (
            self.own is not None
            and tag in {"input", "textarea", "select", "button"}
            and given.get("name", "csrfmiddlewaretoken") != "csrfmiddlewaretoken"
        ):
            self.own.setdefault(given["name"], given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.own = None


def fields_for(html: str, path: str) -> dict[str, str]:
    """The fields, with a value that a browser could send, of the forms that are sent to `path`."""
    parser = _Fields()
    parser.feed(html)
    found: dict[str, str] = {}
    for action, fields in parser.found.items():
        if action.partition("?")[0] in {"", path}:
            found |= fields
    return found


@dataclass(frozen=True)
class Sending:
    """The body of a request. `is_unreadable`: nothing of it can be taken, so 400 is the answer."""

    name: str
    body: bytes
    content_type: str = URLENCODED
    is_unreadable: bool = False
    # Of signs that no text may hold: none of these may be kept.
    refused: tuple[str, ...] = ()


def _pairs(values: Sequence[tuple[str, bytes]]) -> bytes:
    return b"&".join(quote_plus(name).encode() + b"=" + value for name, value in values)


def _each(fields: Mapping[str, str], value: Callable[[str, str], str]) -> bytes:
    """Every field with what `value` makes of its name and the value it has."""
    return _pairs([(name, quote_plus(value(name, old)).encode()) for name, old in fields.items()])


def _multipart(parts: Sequence[tuple[str, str]]) -> bytes:
    head = f"--{_BOUNDARY}\r\nContent-Disposition: form-data; "
    lines = [f"{head}{what}\r\n\r\n{text}\r\n" for what, text in parts]
    return "".join([*lines, f"--{_BOUNDARY}--\r\n"]).encode()


_TEN_MEGABYTES = "x" * 10_000_000
_ODD_VALUES = ("NaN", "1e999", "-1", str(10**40), "٣", "0x10", "9999-99-99", "null", "[]", "{}")
_LONG = MARKER.encode() + b"%C3%A5" * 40_000
#: Fields that subjects, addresses or file names are made of.
_HEADER = re.compile(r"(?:^|[._-])(?:title|name|email|login)(?:$|[._-])")
_DIRECTION = "\u202e" + MARKER + "\u2066"
#: Whatever the fields are, nothing of these can be taken.
_UNREADABLE = tuple(
    Sending(name, body, content_type, is_unreadable=True)
    for name, body, content_type in (
        ("10 MB", f"text={_TEN_MEGABYTES}".encode(), URLENCODED),
        ("10 MB in parts", _multipart([('name="text"', _TEN_MEGABYTES)]), _MULTIPART),
        ("10,000 fields", b"&".join(b"f%d=1" % number for number in range(10_000)), URLENCODED),
        ("no boundary", b"--x\r\n", "multipart/form-data"),
        (
            "a file in broken base64",
            _multipart([('name="a"; filename="a"\r\nContent-Transfer-Encoding: base64', "%")]),
            _MULTIPART,
        ),
        ("another charset", "text=1".encode("utf-16"), f"{URLENCODED}; charset=utf-16"),
    )
)


def sendings(fields: Mapping[str, str], form: str) -> Iterator[Sending]:
    """Hostile bodies for a form of these fields. None of them is what the form is for.

    Before a change lands some are sent by turns, told by the name of the form: of what is refused
    whatever the fields are, a third; of values that are no good for any field, half.
    """
    names = list(fields)
    yield Sending("markup", _each(fields, lambda name, old: MARKUP))
    yield Sending("NUL", _each(fields, lambda name, old: f"{old}\x00{MARKER}"), refused=(MARKER,))
    yield Sending("direction", _each(fields, lambda name, old: old + _DIRECTION), refused=(MARKER,))
    if any(map(_HEADER.search, names)):
        line = f"\r\nBcc: {MARKER}@example.org"
        more = _each(fields, lambda name, old: (old or "x") + line if _HEADER.search(name) else old)
        # As text, and within JSON.
        kept = (f"\nBcc: {MARKER}", f"\\nBcc: {MARKER}")
        yield Sending("a header", more, refused=kept)
    several = [(name, quote_plus(odd).encode()) for name in names for odd in _ODD_VALUES]
    files = [(f'name="{name}"; filename="../../{MARKER}.html"', MARKUP) for name in names]
    no_good = [
        Sending("nothing", b""),
        Sending("no UTF-8", _pairs([(name, b"%ff%fe%ed%a0%80" + b"%c3%28") for name in names])),
        Sending("several values", _pairs(several)),
        Sending("long texts", _pairs([(name, _LONG) for name in names])),
        Sending("nested names", _pairs([(f"{name}[0][x]", b"1") for name in names])),
        *(
            Sending(f"the value {odd[:8]}", _pairs([(name, odd.encode()) for name in names]))
            for odd in _ODD_VALUES[:2]
        ),
        Sending("files in place of texts", _multipart(files), _MULTIPART),
        Sending("JSON", b'{"' + MARKER.encode() + b'": [', "application/json"),
    ]
    yield from by_turn(no_good, form, 4)
    yield from by_turn(_UNREADABLE, form, 2)
