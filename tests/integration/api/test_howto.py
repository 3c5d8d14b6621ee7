"""The examples of docs/howto/write-by-api.md answer as the page says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

from tests.integration.api.callers import TABLE, Caller, Network, table_of

PAGE = Path(__file__).parents[3] / "docs/howto/write-by-api.md"
FILES = {"report.csv": b"street;cars\nA;1\n", "cases.csv": table_of(TABLE)}


def examples() -> list[tuple[int, str]]:
    """(status, command) of each example, in the order of the page."""
    blocks = re.findall(r"```sh\n# (\d{3})\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return [(int(status), command.replace("\\\n", " ")) for status, command in blocks]


def run(caller: Caller, command: str, names: dict[str, str]) -> Any:
    """The answer to a command of the page, with a name for each $NAME."""
    for name, value in names.items():
        command = command.replace(f"${name}", value)
    words = iter(shlex.split(command))
    assert next(words) == "curl"
    method, path, body, form = "", "", None, {}
    headers: dict[str, str] = {}
    for word in words:
        if word == "-X":
            method = next(words).lower()
        elif word == "-H":
            name, _colon, value = next(words).partition(": ")
            headers[name.lower().replace("-", "_")] = value
        elif word == "-d":
            body = next(words).encode()
        elif word == "-F":
            name, _equal, value = next(words).partition("=")
            form[name] = value
        elif word != "-i":
            path = word.partition("/api/v1/")[2]
    if form:
        caller.headers = {"Authorization": headers["authorization"]}
        name = form.pop("file").removeprefix("@")
        return caller.upload(path, FILES[name], name, **form)
    return caller.ask(method or ("post" if body else "get"), path, body, **headers)


def test_the_examples_of_the_page(writers: Network, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    question = writers.session("citizen").post(
        "cases/lund/questions", {"text": "Did traffic move?", "language": "en"}
    )
    names = {
        "API": "https://network.example/api/v1",
        "TOKEN": writers.token().headers["Authorization"].removeprefix("Bearer "),
        "QUESTION": question.data["id"],
    }
    found = examples()
    assert len(found) > 10
    for status, command in found:
        answer = run(Caller(), command, names)
        assert answer.status_code == status, (command, answer.content)
        if status == 201 and "DRAFT" not in names:
            names["DRAFT"] = answer.data["id"]
            assert [fault["field"] for fault in answer.data["faults"]] == ["outcome"]
        if status == 201 and "take_over" in answer.data:
            names["TAKE_OVER"] = answer.data["take_over"]


def test_the_fault_that_the_page_shows_is_the_one_that_is_told(writers: Network) -> None:
    draft = writers.draft()
    answer = writers.token().put(
        f"drafts/{draft.public_id}", {"content": {"effects": [{"value": "ten"}]}}, if_match='"1"'
    )
    assert answer.data["errors"] == [
        {
            "field": "content.effects[0].value",
            "rule": "Enter a number.",
            "code": "not-a-number",
            "params": {},
        }
    ]
    assert '"code": "not-a-number"' in PAGE.read_text(encoding="utf-8")
