"""The table of who gets in where: `expected.toml` beside this file, read and checked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from tests.integration.rights.ground import PROGRAMS, ROLES

FILE = Path(__file__).with_name("expected.toml")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

#: What may come of a try. "in" is everything but a refusal, so a fault in what was sent too.
IN, SIGN_IN, UNAUTHORISED, FORBIDDEN = "in", "sign-in", "unauthorised", "forbidden"
MISSING, METHOD = "missing", "no-method"
REFUSALS = frozenset({SIGN_IN, UNAUTHORISED, FORBIDDEN, MISSING, METHOD})
#: For addresses of libraries: anything but a failure of the server.
ANY = frozenset({IN}) | REFUSALS
_FREE = dict.fromkeys(METHODS, "any")


@dataclass(frozen=True)
class Table:
    """For a key, a method and a role: the outcomes that are right."""

    sets: Mapping[str, frozenset[str]]
    rows: Mapping[str, Mapping[str, Any]]
    groups: tuple[str, ...]

    def row(self, key: str) -> Mapping[str, Any] | None:
        """What is said of an address; that it may be tried freely, if it falls into a group."""
        if key in self.rows:
            return self.rows[key]
        return _FREE if any(fnmatchcase(key, glob) for glob in self.groups) else None

    def right(self, key: str, method: str, role: str, *, is_api: bool) -> frozenset[str]:
        """The outcomes that are right. A method that is not named lets nobody in."""
        row = self.row(key)
        assert row is not None, key
        rule = row.get(method)
        if rule is None:
            return REFUSALS
        if rule == "any":
            return ANY
        if isinstance(rule, str):
            rule = {"in": [rule]}
        for outcome in (IN, *REFUSALS):
            if role in self._members(rule.get(outcome, [])):
                return frozenset({outcome})
        # A page does not look at tokens: a program is a visitor there.
        if role == "visitor" or (role in PROGRAMS and not is_api):
            return frozenset({rule.get("visitor", UNAUTHORISED if is_api else SIGN_IN)})
        return frozenset({rule.get("others", MISSING)})

    def _members(self, names: str | list[str]) -> frozenset[str]:
        listed = [names] if isinstance(names, str) else names
        return frozenset().union(*(self.sets.get(name, {name}) for name in listed))


def read(kind: str) -> Table:
    """The table of "pages" or "operations". Words that mean nothing are refused."""
    content = tomllib.loads(FILE.read_text(encoding="utf-8"))
    sets = {name: frozenset(roles) for name, roles in content["sets"].items()}
    table = Table(sets, content[kind], tuple(content["groups"] if kind == "pages" else ()))
    roles, outcomes = set(ROLES) | set(sets), REFUSALS
    for key, row in table.rows.items():
        for method, rule in row.items():
            assert method in METHODS, f"{key}: {method} is no method"
            if rule == "any":
                continue
            given = {"in": rule} if isinstance(rule, str) else rule
            unknown = set(given) - {IN, "visitor", "others"} - REFUSALS
            assert not unknown, f"{key} {method}: {sorted(unknown)}"
            listed = [given[outcome] for outcome in (IN, *REFUSALS) if outcome in given]
            named = {name for one in listed for name in ([one] if isinstance(one, str) else one)}
            assert named <= roles, f"{key} {method}: {sorted(named - roles)}"
            said = {given.get("visitor", SIGN_IN), given.get("others", MISSING)}
            assert said <= outcomes, f"{key} {method}: {sorted(said)}"
    return table
