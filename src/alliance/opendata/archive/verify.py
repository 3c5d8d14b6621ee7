"""Verification that a folder is an unchanged archive."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

from alliance.core.errors import Fault, InvalidData
from alliance.opendata.archive.build import FACTS, FORMAT, SUMS
from alliance.opendata.archive.signing import SIGNATURE, bare, signer_of

_LINE = re.compile(r"^([0-9a-f]{64})  (\S.*)$")


def sums_of(folder: Path) -> dict[str, str]:
    """The expected digest of each file, by name.

    Raises InvalidData if the list is damaged or the archive has a newer format.
    """
    path = folder / SUMS
    if not path.is_file() or not (folder / FACTS).is_file():
        raise InvalidData([Fault(str(folder), "not-readable-archive")])
    try:
        form = json.loads((folder / FACTS).read_bytes())["format"]
    except (ValueError, TypeError, KeyError):
        form = FORMAT  # a changed line, which the digest of the list shows
    if form != FORMAT:
        raise InvalidData([Fault(FACTS, "newer-archive", {"format": form})])
    sums = {}
    for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), start=1):
        match = _LINE.match(line)
        if match is None or ".." in Path(match[2]).parts or match[2].startswith("/"):
            raise InvalidData([Fault(f"{SUMS}:{number}", "no-sum")])
        sums[match[2]] = match[1]
    return sums


def signer(folder: Path, expected: str = "") -> str:
    """The public key of the network that made an archive.

    Raises InvalidData if the list of digests has no valid signature, or not of the expected key.
    """
    signature = folder / SIGNATURE
    if not signature.is_file():
        raise InvalidData([Fault(SIGNATURE, "file-missing")])
    key = signer_of((folder / SUMS).read_bytes(), signature.read_bytes())
    if expected and key != bare(expected):
        raise InvalidData([Fault(SIGNATURE, "signed-by-another", {"key": key})])
    return key


def faults_of(folder: Path) -> Iterator[Fault]:
    """The files that are missing, changed or unexpected, by name.

    Raises InvalidData if the folder is not an archive.
    """
    sums = sums_of(folder)
    present = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_symlink() or not path.is_dir()
    }
    for name in sorted(sums.keys() | present - {SUMS, SIGNATURE}):
        if name not in sums:
            yield Fault(name, "foreign-file")
        elif name not in present:
            yield Fault(name, "file-missing")
        else:
            yield from _changed(folder / name, name, sums[name])


def _changed(path: Path, name: str, expected: str) -> Iterator[Fault]:
    # Links and devices point elsewhere and may never end, so neither is opened.
    if path.is_symlink() or not path.is_file():
        yield Fault(name, "file-changed")
        return
    try:
        with path.open("rb") as file:
            actual = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        yield Fault(name, "said", {"text": error.strerror or str(error)})
        return
    if actual != expected:
        yield Fault(name, "file-changed")
