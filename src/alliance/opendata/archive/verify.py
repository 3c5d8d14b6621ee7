"""Whether a folder is the archive that was written."""

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
    """The sum that each file should have, by name.

    Raises InvalidData where the list is damaged, or the archive is of a newer version.
    """
    path = folder / SUMS
    if not path.is_file() or not (folder / FACTS).is_file():
        raise InvalidData([Fault(str(folder), "not-readable-archive")])
    try:
        form = json.loads((folder / FACTS).read_bytes())["format"]
    except (ValueError, TypeError, KeyError):
        form = FORMAT  # it was changed, which its sum tells
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
    """The key of the network that made an archive.

    Raises InvalidData where its list of sums was not signed so, or not by the key that is expected.
    """
    signature = folder / SIGNATURE
    if not signature.is_file():
        raise InvalidData([Fault(SIGNATURE, "file-missing")])
    key = signer_of((folder / SUMS).read_bytes(), signature.read_bytes())
    if expected and key != bare(expected):
        raise InvalidData([Fault(SIGNATURE, "signed-by-another", {"key": key})])
    return key


def faults_of(folder: Path) -> Iterator[Fault]:
    """Each file that is missing, has changed, or does not belong there, by name.

    Raises InvalidData where the folder is no archive.
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
    # A link or a device leads elsewhere, and may never come to an end: neither is opened.
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
