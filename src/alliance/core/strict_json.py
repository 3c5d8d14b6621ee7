"""JSON read strictly: nothing is lost or changed silently.

Python's own reader takes the last of two values of one key, NaN, numbers that overflow to infinity,
and lone surrogates, which can be written to no file.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from alliance.core.errors import Fault

#: Digits of the longest integer that is read: more than any that databases hold.
MOST_DIGITS = 19
#: Objects and lists in the largest uploaded file: each takes far more memory than its two
#: characters.
MOST_PARTS = 500_000
_SURROGATE = re.compile("[\ud800-\udfff]")


class NotJson(ValueError):
    """A text that is not JSON in UTF-8; the message says where or why."""


class _Repeated(dict[str, Any]):
    """An object with duplicate keys."""

    keys_repeated: tuple[str, ...] = ()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if len(plain) == len(pairs):
        return plain
    repeated = _Repeated(plain)
    counts = Counter(key for key, _value in pairs)
    repeated.keys_repeated = tuple(key for key, number in counts.items() if number > 1)
    return repeated


def _constant(name: str) -> NoReturn:
    raise NotJson(f"{name} is no number of JSON")


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise NotJson(f"{text[:40]} is beyond all numbers that can be kept")
    return value


def _int(text: str) -> int:
    if len(text.lstrip("-")) > MOST_DIGITS:
        raise NotJson(f"a whole number has more than {MOST_DIGITS} digits")
    return int(text)


def read(text: str | bytes, *, most_parts: int | None = None) -> Any:
    """Parse a JSON text. Objects remember their duplicate keys.

    Raises NotJson, also for NaN, numbers too large to store, unlimited nesting, and more objects
    and lists than `most_parts`, which are counted before any is created.
    """
    try:
        if most_parts is not None and _count(text, "{") + _count(text, "[") > most_parts:
            raise NotJson(f"more than {most_parts} objects and lists")
        return json.loads(
            text if isinstance(text, str) else text.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=_float,
            parse_int=_int,
        )
    except NotJson:
        raise
    except UnicodeDecodeError as error:
        raise NotJson(f"byte {error.start} is not UTF-8") from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise NotJson(str(error)) from error


def _count(text: str | bytes, sign: str) -> int:
    return text.count(sign) if isinstance(text, str) else text.count(sign.encode())


def keys_repeated(value: Any) -> tuple[str, ...]:
    """The duplicate keys of an object that `read` returned."""
    return value.keys_repeated if isinstance(value, _Repeated) else ()


def walk(data: Any) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every value in `data` with the keys and indexes that lead to it, in reading order."""
    yield (), data
    waiting: list[tuple[tuple[str | int, ...], Iterator[tuple[str | int, Any]]]] = [
        ((), _parts(data))
    ]
    while waiting:
        path, parts = waiting[-1]
        for key, part in parts:
            yield (*path, key), part
            if isinstance(part, dict | list):
                waiting.append(((*path, key), _parts(part)))
                break
        else:
            waiting.pop()


def _parts(value: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(value, dict):
        return iter(value.items())
    return iter(enumerate(value)) if isinstance(value, list) else iter(())


def path_text(path: tuple[str | int, ...]) -> str:
    """A path as in faults: `effects[0].value`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def storage_faults(data: Any) -> list[Fault]:
    """What prevents data that `read` returned from being stored as sent, each with its path.

    Duplicate keys, the character NUL, and lone surrogates.
    """
    # Imported here because the child process that reads uploaded files does without Django.
    from alliance.core.errors import Fault

    return [Fault(path, code) for path, code in odd_parts(data)]


def odd_parts(data: Any) -> Iterator[tuple[str, str]]:
    """The path and the code of each fault of `storage_faults`."""
    for path, value in walk(data):
        for key in keys_repeated(value):
            yield _printable((*path, key)), "key-repeated"
        for text in (value, *path[-1:]):
            if isinstance(text, str) and (code := _letter_fault(text)):
                yield _printable(path), code


def _letter_fault(text: str) -> str | None:
    if "\x00" in text:
        return "nul"
    if _SURROGATE.search(text):
        return "half-letter"
    return None


def _printable(path: tuple[str | int, ...]) -> str:
    """A path without lone surrogates, which no response could hold."""
    return path_text(path).encode("utf-8", "replace").decode()
