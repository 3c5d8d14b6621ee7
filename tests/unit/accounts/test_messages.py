"""Every letter, message and fault that allauth can bring up has words of ours."""

from __future__ import annotations

import re
from pathlib import Path

import allauth
import pytest
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter

from alliance.accounts import messages
from alliance.accounts.templatetags.people import browser_name

TEMPLATES = Path(allauth.__file__).parent / "templates"
APPS = ("account", "mfa", "socialaccount", "usersessions")
# Of parts of allauth that are switched off.
UNUSED = re.compile(r"phone|login_code|code_message|password_reset_code|username|base_")


def names(folder: str, ending: str) -> set[str]:
    found = {
        path.relative_to(TEMPLATES).as_posix()
        for app in APPS
        for path in (TEMPLATES / app / folder).glob(f"*{ending}")
    }
    return {name for name in found if not UNUSED.search(name)}


def test_messages():
    assert names("messages", ".txt") == set(messages.MESSAGES)


def test_letters():
    prefixes = {name.removesuffix("_subject.txt") for name in names("email", "_subject.txt")}
    assert prefixes == set(messages.SUBJECTS) | set(messages.NOTICES)


@pytest.mark.parametrize(
    ("adapter", "ours", "unused"),
    [
        (
            DefaultAccountAdapter,
            messages.SIGN_IN_FAULTS,
            {
                "cannot_remove_primary_email",
                "max_email_addresses",
                "unknown_email",
                "unverified_primary_email",
                "select_only_one",
            },
        ),
        (DefaultMFAAdapter, messages.SECOND_FACTOR_FAULTS, {"add_email_blocked"}),
        (DefaultSocialAccountAdapter, messages.SINGLE_SIGN_ON_FAULTS, set()),
    ],
)
def test_faults(adapter: type, ours: dict, unused: set[str]):
    theirs = {code for code in adapter.error_messages if not UNUSED.search(code)}
    assert theirs - unused == set(ours)


def test_letters_have_a_text():
    folder = Path(messages.__file__).parent / "templates"
    for prefix in messages.SUBJECTS:
        assert (folder / f"{prefix}_message.txt").is_file(), prefix


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox, Linux",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, "
            "like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
            "Safari, iOS",
        ),
        (
            "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/138.0.0.0 Mobile Safari/537.36",
            "Chrome, Android",
        ),
        ("curl/8.14", "curl/8.14"),
        ("<script>", "script"),
        ("", "unknown browser"),
    ],
)
def test_browsers_in_words(agent: str, name: str):
    assert browser_name(agent) == name
