"""JSON read so that nothing in it is lost or bent without a word.

Python's own reader takes the last of two values of one key, NaN, numbers that become infinite, and
halves of letters that can be written to no file.
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

#: Digits of the longest whole number that is read: all that databases hold fit in.
MOST_DIGITS = 19
#: Objects and lists of the largest file of a stranger: each takes far more than its two signs.
MOST_PARTS = 500_000
_SURROGATE = re.compile("[\ud800-\udfff]")


class NotJson(ValueError):
    """A text that is no JSON in UTF-8; the message says where or why."""


class _Repeated(dict[str, Any]):
    """An object in which some keys stood more than once."""

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
    """The data of a JSON text. Objects remember which of their keys stood more than once.

    Raises NotJson, also for NaN, numbers too large to keep, nesting without end, and more objects
    and lists than `most_parts`, which are counted before any is made.
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
    """The keys that stood more than once in an object that `read` gave."""
    return value.keys_repeated if isinstance(value, _Repeated) else ()


def walk(data: Any) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every value in `data` with the keys and positions that lead to it, in reading order."""
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
    """A path as faults name it: `effects[0].value`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def storage_faults(data: Any) -> list[Fault]:
    """What keeps data that `read` gave from being kept as it was sent, each named by its path.

    Keys that stood more than once, the character NUL, and halves of letters.
    """
    # Not above: the child that reads strangers' files does without Django.
    from alliance.core.errors import Fault

    return [Fault(path, code) for path, code in odd_parts(data)]


def odd_parts(data: Any) -> Iterator[tuple[str, str]]:
    """The path and the code of each fault of `kept_faults`."""
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
    """A path without the halves of letters that no answer could hold."""
    return path_text(path).encode("utf-8", "replace").decode()
