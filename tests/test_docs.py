"""Whatever people can set, type, call or open is documented. Undocumented means failing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import translation

from alliance.config import env
from alliance.config.cli import cli
from alliance.core.errors import SENTENCES
from alliance.core.tasks import declared_tasks

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
# The interface describes itself; its pages are listed in the OpenAPI document.
LANGUAGE = re.compile(r"^(en|fr|sv)/")
API = "api/v1/"


def reference(name: str) -> str:
    path = REFERENCE / name
    assert path.exists(), f"docs/reference/{name} is missing"
    return path.read_text(encoding="utf-8")


def in_code(text: str) -> set[str]:
    """What stands between single backquotes, outside of blocks of code."""
    return set(re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL)))


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from commands(found, f"{path} {name}")


def addresses(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    for entry in (resolver or get_resolver()).url_patterns:
        address = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield address
        else:
            yield from addresses(entry, address)


def fault_lines() -> list[str]:
    """The rows of the table of codes, as they must stand in the reference."""
    with translation.override("en"):
        texts = {code: str(text).replace("|", "\\|") for code, text in SENTENCES.items()}
    return [f"| `{code}` | {text} |" for code, text in sorted(texts.items())]


COMMANDS = dict(commands(cli, "alliance"))


def test_every_code_of_a_fault_stands_in_the_reference_with_its_sentence():
    table = [line for line in reference("faults.md").splitlines() if line.startswith("| `")]
    assert table == fault_lines()


@pytest.mark.parametrize("setting", env.SETTINGS, ids=lambda setting: setting.variable)
def test_setting_is_documented_with_its_default(setting: env.Setting):
    row = re.search(rf"^\| `{setting.variable}` \| ([^|]*) \| ", reference("settings.md"), re.M)
    assert row, f"{setting.variable} is not in the table of docs/reference/settings.md"
    assert row[1].strip() == (f"`{setting.default}`" if setting.default else "empty")


def test_no_setting_is_documented_that_does_not_exist():
    known = {setting.variable for setting in env.SETTINGS}
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    named = {
        name
        for page in pages
        for name in re.findall(r"\bALLIANCE_[A-Z_]+\b", page.read_text(encoding="utf-8"))
    }
    assert {name for name in named - known if not name.startswith("ALLIANCE_TEST_")} == set()


@pytest.mark.parametrize("path", sorted(COMMANDS))
def test_command_is_documented_with_its_options(path: str):
    page = reference("commands.md")
    section = re.search(rf"^#+ `{re.escape(path)}`\n(.*?)(?=^#|\Z)", page, re.M | re.DOTALL)
    assert section, f"docs/reference/commands.md has no heading for `{path}`"
    for parameter in COMMANDS[path].params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            name = max(parameter.opts, key=len)
            if name not in {"--help", "--version"}:
                assert f"`{name}" in section[1], f"{name} is missing under `{path}`"


def test_no_command_is_documented_that_does_not_exist():
    headings = re.findall(r"^#+ `(alliance[^`]*)`$", reference("commands.md"), re.M)
    assert set(headings) - set(COMMANDS) == set()


def test_every_script_is_documented():
    page = in_code(reference("commands.md"))
    scripts = {f"script/{path.name}" for path in (ROOT / "script").iterdir() if not path.suffix}
    assert scripts - page == set()


def test_every_task_is_documented():
    named = in_code(reference("tasks.md"))
    assert set(declared_tasks()) - named == set()
    assert {name for name in named if name.startswith("alliance.")} - set(declared_tasks()) == set()


def test_every_address_is_documented():
    page = in_code(reference("pages.md"))
    wanted = {
        "/" + LANGUAGE.sub("LANGUAGE/", address)
        for address in addresses()
        if not address.startswith(API)
    }
    assert wanted - page == set()


def test_every_operation_of_the_interface_is_described(client: Client):
    schema = client.get("/api/v1/openapi.json").json()
    bare = [
        f"{method.upper()} {path}"
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
        if not (operation.get("summary") and operation.get("description"))
    ]
    assert bare == []


@pytest.mark.parametrize(
    "page",
    sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")], key=lambda path: path.as_posix()),
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_links_of_a_page_lead_somewhere(page: Path):
    targets = [
        target.partition("#")[0]
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if "://" not in target and not target.startswith(("mailto:", "#"))
    ]
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_page_is_reached_from_the_index():
    docs = ROOT / "docs"
    linked = {target.partition("#")[0] for target in LINK.findall((docs / "README.md").read_text())}
    pages = {path.relative_to(docs).as_posix() for path in docs.rglob("*.md")} - {"README.md"}
    assert pages - linked == set()


def test_the_first_page_is_for_a_stranger():
    """How to start it and how to test it on the first screen, few ways on, two small pictures."""
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    first_screen = "\n".join(page.splitlines()[:20])
    assert "\nscript/server" in first_screen and "\nscript/test" in first_screen
    targets = LINK.findall(page)
    pictures = [ROOT / target for target in targets if target.endswith(".png")]
    assert len(pictures) == 2 and len(targets) <= 20
    assert all(picture.stat().st_size <= 150_000 for picture in pictures)
