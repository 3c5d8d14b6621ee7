"""Letters as files."""

from __future__ import annotations

from pathlib import Path

from django.core.mail import EmailMessage

from alliance.accounts.mail import EmailBackend


def test_only_their_owner_may_read_them(tmp_path: Path):
    folder = tmp_path / "mail"
    backend = EmailBackend(file_path=folder)
    backend.send_messages([EmailMessage("Hej", "En länk", "a@example.org", ["b@example.org"])])
    (file,) = folder.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert "Subject: Hej" in file.read_text()
