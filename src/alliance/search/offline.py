"""The search of an archive: the index as script files, which browsers load without a server.

`records-LANGUAGE.js` names each record once, in that language or else in one that it has.
`words-XX.js` holds the words that begin with XX and which records have them, in whatever language,
as in the search of the site. `static/archive.js` reads both.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.text import Truncator

from alliance.core.text import fold
from alliance.search.analysis import SCALE
from alliance.search.labels import KIND_ORDER, code_label, facet_name, kind_name
from alliance.search.models import IndexedDocument
from alliance.search.selectors.hits import record_url
from alliance.search.stored import StoredDocument, all_facets, record_row
from alliance.search.tokens import STOP_WORDS

#: Facets that no page of an archive links to.
_LEFT_OUT = frozenset({"language", "grade", "goal"})
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
#: Weights of words in the script files: from 1 to this.
_HEAVIEST = 9
_LONGEST_SUMMARY = 240
_LETTERS_OF_A_FILE = 2


def _records() -> list[list[StoredDocument]]:
    """The documents of each record, in the order of the files."""
    rows = IndexedDocument.objects.filter(deleted=False).order_by("kind", "public_id", "language")
    values = rows.values_list("kind", "public_id", "language", "shown", "terms")
    grouped = groupby(values.iterator(chunk_size=500), key=lambda row: row[:2])
    records = [[StoredDocument(*row) for row in group] for _key, group in grouped]
    return sorted(records, key=lambda rows: KIND_ORDER.index(rows[0].kind))


def addresses() -> Iterator[str]:
    """The page of every record in every language of the site."""
    records = IndexedDocument.objects.filter(deleted=False).order_by("kind", "public_id")
    known = list(records.values_list("kind", "public_id").distinct())
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            yield from [record_url(kind, public_id) for kind, public_id in known]


def script_files(file_of: Callable[[str], str]) -> Iterator[tuple[str, bytes]]:
    """Names and contents. `file_of` gives the file of an address in the archive."""
    records = _records()
    words_of = sorted(_words(records).items())
    starts = [start for start, _words_there in words_of]
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            listed = [_listed(rows, language, file_of) for rows in records]
            names = _names(listed, language)
            payload = {"records": listed, "names": names, "starts": starts}
        # Left out of what is asked for, as in the search of the site.
        payload["small"] = " ".join(sorted(STOP_WORDS[language]))
        yield f"records-{language}.js", _call("archiveRecords", payload)
    for start, words in words_of:
        yield f"words-{start}.js", _call("archiveWords", start, dict(sorted(words.items())))


def _call(name: str, *values: Any) -> bytes:
    arguments = ",".join(
        json.dumps(argument, ensure_ascii=False, separators=(",", ":")) for argument in values
    )
    # Line separators of Unicode end a line of a script of old.
    return f"{name}({arguments});\n".replace("\u2028", " ").replace("\u2029", " ").encode()


def _listed(rows: list[StoredDocument], language: str, file_of: Callable[[str], str]) -> list[Any]:
    """One record: kind, file, title, summary, language where it is another one, facets."""
    row = next((row for row in rows if row.language == language), rows[0])
    shown = Truncator(row.shown["summary"]).chars(_LONGEST_SUMMARY)
    facets = {
        key: codes
        for key, codes in sorted(all_facets(rows).items())
        if key not in _LEFT_OUT and codes
    }
    own = "" if row.language == language else row.language
    return [row.kind, file_of(record_url(row.kind, row.public_id)), row.shown["title"], shown, own,
            facets]  # fmt: skip


def _names(listed: list[list[Any]], language: str) -> dict[str, dict[str, str]]:
    """What kinds, facets and their codes are called."""
    names: dict[str, dict[str, str]] = {
        "kind": {kind: kind_name(kind) for kind in KIND_ORDER},
        "one": {kind: kind_name(kind, 1) for kind in KIND_ORDER},
        "facet": {},
    }
    for record in listed:
        for key, codes in record[5].items():
            if key == "kind":
                continue
            names["facet"].setdefault(key, facet_name(key))
            known = names.setdefault(key, {})
            for code in codes:
                if code not in known:
                    known[code] = code_label(key, code, language) or code
    return {key: dict(sorted(known.items())) for key, known in sorted(names.items())}


def _words(records: list[list[StoredDocument]]) -> dict[str, dict[str, str]]:
    """By their first letters the words, each with the records that have it.

    A record stands as the distance to the one before, in base 36, and one digit for the weight.
    """
    postings: dict[str, list[str]] = defaultdict(list)
    last: dict[str, int] = defaultdict(int)
    for number, rows in enumerate(records):
        weights: dict[str, int] = {}
        for token, weight in record_row(rows).weights.items():
            namespace, _colon, word = token.partition(":")
            if namespace in {"w", "x", "n"} and word:
                plain = fold(word).lower()
                weights[plain] = max(weights.get(plain, 0), weight)
        for word, weight in weights.items():
            digit = max(1, round(weight * _HEAVIEST / SCALE))
            postings[word].append(f"{_base36(number - last[word])}{digit}")
            last[word] = number
    files: dict[str, dict[str, str]] = defaultdict(dict)
    for word, places in postings.items():
        files[file_start(word)][word] = " ".join(places)
    return files


def file_start(word: str) -> str:
    """The file of a word: its first letters, those beyond a to z and 0 to 9 as an underscore."""
    letters = word[:_LETTERS_OF_A_FILE]
    return "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in letters)


def _base36(number: int) -> str:
    digits = _DIGITS[number % 36]
    while number := number // 36:
        digits = _DIGITS[number % 36] + digits
    return digits
